"""Files of OpenStreetMap (.osm, .osm.pbf and their packed forms): the ways that people and cars use."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium

from geo.roads.access import NodeRules, Rules, judge_node, judge_way
from geo.roads.errors import RoadsRefused
from kit.errors import Fault

#: OpenStreetMap counts in ten millionths of a degree
DEGREE = 10_000_000
_UNDEFINED = 2**31 - 1
_NULL_ISLAND = DEGREE // 10
_TOLD_EVERY = 5_000
_MAX_FAULTS = 10_000
#: who is excepted from a restriction: our cars are motor cars on an emergency call
_NOT_FOR_US = frozenset({"motorcar", "motor_vehicle", "emergency"})

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Way:
    """A way that somebody may use. ``lons``, ``lats``: ten millionths of a degree, WGS-84, per node.

    ``piece``: a way that was cut goes on as several.
    """

    osm_id: int
    piece: int
    kind: str
    name: str | None
    rules: Rules
    bridge: bool
    tunnel: bool
    nodes: array[int]
    lons: array[int]
    lats: array[int]


@dataclass(frozen=True)
class Turn:
    """A restriction at one node, by the numbers of OpenStreetMap: from ``way`` one must not turn into ``to``; with
    ``only`` into nothing else."""

    way: int
    node: int
    to: int
    only: bool


@dataclass
class Roads:
    """What a file holds. ``nodes``: those that delay or stop somebody. ``turns``: restrictions for cars;
    ``restrictions``: those that are not understood (by way of another way, without a part); ``cut``: ways that lost
    nodes because the file ends there."""

    ways: list[Way] = field(default_factory=list)
    nodes: dict[int, NodeRules] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    restrictions: int = 0
    cut: int = 0


def read_roads(path: Path, *, clipped: bool = False, progress: Progress = lambda stage, done: None) -> Roads:
    """Every way that is open to somebody, whole.

    ``clipped``: the file was cut out of a larger one, so a way whose nodes are missing ends where they end. Without it
    such a way is a fault. Raises RoadsRefused with one fault for each faulty element, in Chinese.
    """
    reader = _Reader(clipped, progress)
    try:
        source = osmium.FileProcessor(str(path)).with_locations()
        for element in source.with_filter(osmium.filter.KeyFilter("highway", "barrier", "restriction")):
            reader.take(element)
    except (RuntimeError, osmium.InvalidLocationError) as wrong:
        raise RoadsRefused(faults=(_fault("file", 0, "unreadable", f"文件无法读取（{wrong}）"),)) from None
    if not reader.roads.ways and not reader.faults:
        reader.faults.append(_fault("file", 0, "missing", "文件中没有任何可以通行的道路"))
    if reader.faults:
        raise RoadsRefused(faults=tuple(reader.faults))
    return reader.roads


class _Reader:
    def __init__(self, clipped: bool, progress: Progress) -> None:
        self.roads = Roads()
        self.faults: list[Fault] = []
        self._clipped = clipped
        self._progress = progress
        self._seen: set[int] = set()

    def take(self, element: Any) -> None:
        if element.is_node():
            rules = judge_node(element.tags)
            if rules is not None:
                self.roads.nodes[element.id] = rules
        elif element.is_way():
            if "highway" in element.tags:
                self._take_way(element)
        elif "restriction" in element.tags:
            self._take_restriction(element)

    def _take_restriction(self, relation: Any) -> None:
        if relation.tags.get("type", "restriction") != "restriction" or not _NOT_FOR_US.isdisjoint(
            relation.tags.get("except", "").replace(";", " ").split()
        ):
            return
        found = judge_turn(relation.tags["restriction"], [(m.role, m.type, m.ref) for m in relation.members])
        if found is None:
            self.roads.restrictions += 1
        else:
            self.roads.turns += found

    def _take_way(self, element: Any) -> None:
        tags: Mapping[str, str] = dict(element.tags)
        rules = judge_way(tags)
        if rules is None or len(self.faults) >= _MAX_FAULTS:
            return
        way_id: int = element.id
        if way_id in self._seen:
            self._refuse(way_id, "duplicate-way", "文件中有两条同一编号的道路")
            return
        self._seen.add(way_id)
        refs = [(node.ref, node.x, node.y) for node in element.nodes]
        missing = sum(x == _UNDEFINED for _, x, _ in refs)
        if missing and not self._clipped:
            first = next(ref for ref, x, _ in refs if x == _UNDEFINED)
            self._refuse(way_id, "node-missing", f"文件中没有它的 {missing} 个节点（如 {first}）")
            return
        if (wrong := _find_wrong_place(refs)) is not None:
            self._refuse(way_id, "coordinate-out-of-range", f"节点 {wrong} 的坐标有误")
            return
        pieces = _cut(refs) if missing else [refs]
        self.roads.cut += bool(missing)
        if not missing and len(refs) < 2:
            self._refuse(way_id, "too-short", "节点少于两个")
            return
        for number, piece in enumerate(pieces):
            if len(piece) > 1:
                self.roads.ways.append(_make_way(way_id, number, tags, rules, piece))
        if len(self.roads.ways) % _TOLD_EVERY == 0:
            self._progress("reading ways", len(self.roads.ways))

    def _refuse(self, way_id: int, code: str, message: str) -> None:
        self.faults.append(_fault("way", way_id, code, message))


def judge_turn(kind: str, members: Sequence[tuple[str, str, int]]) -> list[Turn] | None:
    """What a relation forbids; None: it is not understood. ``members``: role, kind (n, w, r) and number."""
    only = kind.startswith("only_")
    if not only and not kind.startswith("no_"):
        return None
    ways = {role: [ref for own, type_, ref in members if own == role and type_ == "w"] for role in ("from", "to")}
    via = [(type_, ref) for own, type_, ref in members if own == "via"]
    if not ways["from"] or not ways["to"] or len(via) != 1 or via[0][0] != "n" or (only and len(ways["to"]) > 1):
        return None
    return [Turn(way=one, node=via[0][1], to=to, only=only) for one in ways["from"] for to in ways["to"]]


def _make_way(way_id: int, piece: int, tags: Mapping[str, str], rules: Rules, refs: list[tuple[int, int, int]]) -> Way:
    name = " ".join((tags.get("name") or tags.get("ref") or "").split())
    return Way(
        osm_id=way_id,
        piece=piece,
        kind=tags["highway"],
        name=name[:200] or None,
        rules=rules,
        bridge=tags.get("bridge", "no") != "no",
        tunnel=tags.get("tunnel", "no") != "no",
        nodes=array("q", (ref for ref, _, _ in refs)),
        lons=array("i", (x for _, x, _ in refs)),
        lats=array("i", (y for _, _, y in refs)),
    )


def _find_wrong_place(refs: list[tuple[int, int, int]]) -> int | None:
    """The first node that is nowhere on earth, or at 0/0, where nobody lives."""
    for ref, x, y in refs:
        if x == _UNDEFINED:
            continue
        off = abs(x) > 180 * DEGREE or abs(y) > 90 * DEGREE
        if off or (abs(x) < _NULL_ISLAND and abs(y) < _NULL_ISLAND):
            return ref
    return None


def _cut(refs: list[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """The runs of nodes that are there."""
    pieces: list[list[tuple[int, int, int]]] = [[]]
    for ref in refs:
        if ref[1] == _UNDEFINED:
            pieces.append([])
        else:
            pieces[-1].append(ref)
    return pieces


def _fault(kind: str, number: int, code: str, message: str) -> Fault:
    where = f"道路 {number}：" if kind == "way" else ""
    return Fault(pointer=f"/{kind}/{number}" if number else f"/{kind}", code=code, message=f"{where}{message}")
