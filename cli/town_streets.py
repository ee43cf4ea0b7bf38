"""The streets of a demo town as a road network, so that its map shows them and its people find their way on them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from geo.roads.access import judge_way
from geo.roads.osm import DEGREE, Roads, Way
from geo.roads.queries import find_network
from geo.roads.service import build, import_roads
from kit.actor import SYSTEM
from kit.clock import Clock
from simulation.people.town import StreetSpec

#: shown wherever these streets are
ATTRIBUTION = "演示路网（示意，非实测）"


def lay(session: Session, streets: Sequence[StreetSpec], folder: Path, *, clock: Clock) -> bool:
    """Make these the roads, unless there are roads: imported ones are never replaced. Whether they were laid."""
    if not streets or find_network(session) is not None:
        return False
    roads = as_roads(streets)
    import_roads(
        session,
        roads=roads,
        network=build(roads),
        folder=folder,
        source="demo town",
        actor=SYSTEM,
        at=clock.now(),
        attribution=ATTRIBUTION,
        demo=True,
    )
    return True


def as_roads(streets: Sequence[StreetSpec]) -> Roads:
    """As the reader of map files gives them."""
    return Roads(ways=[_way(number, street) for number, street in enumerate(streets, start=1)])


def _way(number: int, street: StreetSpec) -> Way:
    rules = judge_way({"highway": street.kind, "oneway": "no", "foot": "yes"})
    assert rules is not None, f"{street.kind} is open to somebody"
    return Way(
        osm_id=number,
        piece=0,
        kind=street.kind,
        name=street.name,
        rules=rules,
        bridge=False,
        tunnel=False,
        nodes=array("q", (node for node, _ in street.nodes)),
        lons=array("i", (round(lon * DEGREE) for _, (lon, _) in street.nodes)),
        lats=array("i", (round(lat * DEGREE) for _, (_, lat) in street.nodes)),
    )
