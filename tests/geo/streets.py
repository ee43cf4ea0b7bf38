"""Small towns of streets: as ways in memory, or as a file of OpenStreetMap."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from geo.crs import Position
from geo.roads.access import NodeRules, judge_node, judge_way
from geo.roads.graph import Graph
from geo.roads.hours import DEFAULT_HOURS
from geo.roads.network import Network
from geo.roads.osm import DEGREE, Roads, Turn, Way, judge_turn
from geo.roads.service import build

#: the corner of the invented streets: far from where other tests put their people
LON, LAT = 121.8, 31.3
#: metres in degrees at that latitude, to four digits
EAST, NORTH = 1 / 95_207.0, 1 / 110_863.0

Place = tuple[float, float]


def at(east_m: float, north_m: float) -> Position:
    """So many metres from the corner."""
    return Position(LON + east_m * EAST, LAT + north_m * NORTH)


class Town:
    """Nodes in metres from the corner, ways by the numbers of their nodes."""

    def __init__(self, nodes: Mapping[int, Place]) -> None:
        self.nodes = dict(nodes)
        self.node_tags: dict[int, dict[str, str]] = {}
        self.ways: list[tuple[list[int], dict[str, str]]] = []
        self.turns: list[tuple[str, int, int, int, dict[str, str]]] = []

    def way(self, *nodes: int, highway: str = "residential", **tags: str) -> Town:
        self.ways.append((list(nodes), {"highway": highway, **tags}))
        return self

    def tag(self, node: int, **tags: str) -> Town:
        self.node_tags[node] = tags
        return self

    def turn(self, kind: str, way: int, node: int, to: int, **tags: str) -> Town:
        """A restriction from the way of that number (from 1) at a node into a way."""
        self.turns.append((kind, way, node, to, tags))
        return self

    def osm(self) -> str:
        """The file."""
        lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
        for number, place in self.nodes.items():
            position = at(*place)
            inner = _tags(self.node_tags.get(number, {}))
            lines.append(f'<node id="{number}" lon="{position.lon:.7f}" lat="{position.lat:.7f}">{inner}</node>')
        for number, (nodes, tags) in enumerate(self.ways, start=1):
            refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{number}">{refs}{_tags(tags)}</way>')
        for number, (kind, one, node, to, tags) in enumerate(self.turns, start=1):
            members = f'<member type="way" ref="{one}" role="from"/><member type="node" ref="{node}" role="via"/>'
            members += f'<member type="way" ref="{to}" role="to"/>'
            own = _tags({"type": "restriction", "restriction": kind, **tags})
            lines.append(f'<relation id="{number}">{members}{own}</relation>')
        return "\n".join([*lines, "</osm>"])

    def roads(self) -> Roads:
        """As the reader gives them."""
        rules: dict[int, NodeRules] = {}
        for number, tags in self.node_tags.items():
            found = judge_node(tags)
            if found is not None:
                rules[number] = found
        ways = [self._way(number, nodes, tags) for number, (nodes, tags) in enumerate(self.ways, start=1)]
        turns: list[Turn] = []
        for kind, one, node, to, _ in self.turns:
            turns += judge_turn(kind, [("from", "w", one), ("via", "n", node), ("to", "w", to)]) or []
        return Roads(ways=[way for way in ways if way is not None], nodes=rules, turns=turns)

    def network(self) -> Network:
        return build(self.roads(), hours=DEFAULT_HOURS)

    def graph(self, network: str) -> Graph:
        return self.network().graphs[network]

    def _way(self, number: int, nodes: Sequence[int], tags: Mapping[str, str]) -> Way | None:
        rules = judge_way(tags)
        if rules is None:
            return None
        places = [at(*self.nodes[node]) for node in nodes]
        return Way(
            osm_id=number,
            piece=0,
            kind=tags["highway"],
            name=tags.get("name"),
            rules=rules,
            bridge=False,
            tunnel=False,
            nodes=array("q", nodes),
            lons=array("i", (round(place.lon * DEGREE) for place in places)),
            lats=array("i", (round(place.lat * DEGREE) for place in places)),
        )


def grid(side: int, metres: float = 100.0, **tags: str) -> Town:
    """``side`` × ``side`` crossings; rows are ``第n路``, columns ``第n街``."""
    town = Town({row * side + column: (column * metres, row * metres) for row in range(side) for column in range(side)})
    for n in range(side):
        town.way(*(n * side + k for k in range(side)), name=f"第{n}路", **tags)
        town.way(*(k * side + n for k in range(side)), name=f"第{n}街", **tags)
    return town


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())
