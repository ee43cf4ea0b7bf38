"""What the doctor finds of the roads."""

from __future__ import annotations

from sqlalchemy.orm import Session

from cli.finding import Finding, State
from geo.roads import network as files
from geo.roads.errors import NetworkDamaged
from geo.roads.queries import find_network
from geo.roads.store import roads_folder
from kit.cluster import Cluster
from kit.database import make_engine
from kit.migrate import find_current, find_head
from kit.settings import Settings, default_home, resolve_settings


def road_file() -> Finding:
    """Whether the arrays of the current network are on this machine, and are those that were imported."""
    if not Settings().database_url and not Cluster(default_home()).is_running():
        return Finding("roads", State.OK, "the database is not running")
    url = resolve_settings().database_url
    if find_current(url) != find_head():
        return Finding("roads", State.OK, "see migrations")
    engine = make_engine(url, pool_size=1, application="doctor")
    try:
        with Session(engine) as session:
            network = find_network(session)
    finally:
        engine.dispose()
    if network is None:
        return Finding(
            "roads", State.NOTE, "none; travel times are straight lines", "Run: ./pingan import roads FILE"
        )  # fmt: skip
    try:
        files.read(roads_folder(), network.file_digest)
    except NetworkDamaged as damaged:
        return Finding(
            "roads",
            State.BROKEN,
            f"travel times are straight lines here: {damaged.detail}",
            f"Run: ./pingan import roads FILE with the same file ({network.source}).",
        )
    return Finding("roads", State.OK, f"{network.ways} ways of {network.source}")
