"""Roads: taken from a file, all or nothing, in the place of those before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from geo.roads import network as files
from geo.roads import repository
from geo.roads.build import build_graph
from geo.roads.graph import NETWORKS
from geo.roads.hours import DEFAULT_HOURS, Hours
from geo.roads.model import RoadNetwork
from geo.roads.network import Network
from geo.roads.osm import Progress, Roads
from kit import record
from kit.actor import Actor
from kit.ids import new_id

#: of OpenStreetMap's licence, the ODbL: to be shown wherever its roads are
ATTRIBUTION = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Imported:
    """What the import did. ``changed``: False when the very same network was there."""

    network: RoadNetwork | None
    changed: bool
    digest: str


def build(roads: Roads, *, hours: Hours = DEFAULT_HOURS, progress: Progress = lambda stage, done: None) -> Network:
    """The networks of what was read."""
    graphs = {}
    for name in NETWORKS:
        progress(f"building the {name} network", 0)
        graphs[name] = build_graph(roads.ways, roads.nodes, name, turns=roads.turns)
    return Network(graphs=graphs, names=[way.name or "" for way in roads.ways], hours=hours)


def import_roads(
    session: Session,
    *,
    roads: Roads,
    network: Network,
    folder: Path,
    source: str,
    actor: Actor,
    at: datetime,
    attribution: str = ATTRIBUTION,
    demo: bool = False,
    progress: Progress = lambda stage, done: None,
) -> Imported:
    """Make ``network`` the current one: its file first, then one transaction that names it.

    Readers see the former network until the caller commits, and the new one from then on. The same network again
    only writes the file, if it is missing on this machine.
    """
    progress("writing the arrays", 0)
    content = files.pack(network)
    # before the lock another import might sweep the file away
    repository.lock(session)
    digest = files.write(folder, content)
    former = repository.find_current_digest(session)
    if former == digest:
        return Imported(network=None, changed=False, digest=digest)
    walk, drive = network.graphs["walk"], network.graphs["drive"]
    row = RoadNetwork(
        id=new_id(),
        imported_at=at,
        source=source,
        attribution=attribution,
        file_digest=digest,
        current=True,
        ways=len(roads.ways),
        walk_nodes=walk.nodes,
        walk_streets=walk.streets,
        drive_nodes=drive.nodes,
        drive_streets=drive.streets,
        demo=demo,
    )
    progress("writing the ways into the database", len(roads.ways))
    repository.replace(session, row, roads.ways)
    record.write(
        session,
        "roads.imported",
        actor=actor,
        at=at,
        subject_kind="road_network",
        subject_id=row.id,
        ways=row.ways,
        digest=digest,
    )
    # the former stays: until the commit it is the current one, and a process may be just loading it
    files.sweep(folder, keep=[name for name in (digest, former) if name])
    return Imported(network=row, changed=True, digest=digest)
