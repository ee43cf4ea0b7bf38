"""The demo town's streets: a schematic grid with real street names, and walking along it.

The names are those of 吴泾; the geometry is drawn by hand and says nothing about the real streets.
All positions are (longitude, latitude) in degrees, WGS-84; lengths in metres on a local plane, exact to
about a metre in a town of five kilometres.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

Lonlat = tuple[float, float]
Node = tuple[int, int]

METRES_PER_DEGREE_LAT = 111_132.0
CENTRE: Lonlat = (121.4525, 31.0468)

#: north to south, with the latitude at their western end
WEST_EAST: tuple[tuple[str, float], ...] = (
    ("元江路", 31.0575),
    ("银春路", 31.0532),
    ("放鹤路", 31.0491),
    ("尚义路", 31.0452),
    ("剑川路", 31.0411),
    ("紫星路", 31.0368),
)
#: west to east, with the longitude at their northern end
NORTH_SOUTH: tuple[tuple[str, float], ...] = (
    ("虹梅南路", 121.4362),
    ("莲花南路", 121.4431),
    ("景东路", 121.4497),
    ("永德路", 121.4560),
    ("宝秀路", 121.4622),
    ("龙吴路", 121.4687),
)
#: the grid leans: streets that run east fall a little to the south, streets that run south drift to the east
_LEAN_LAT, _LEAN_LON = -0.00035, 0.00055


def metres(a: Lonlat, b: Lonlat) -> float:
    """Length of the straight line from ``a`` to ``b``."""
    dx = (b[0] - a[0]) * METRES_PER_DEGREE_LAT * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(dx, (b[1] - a[1]) * METRES_PER_DEGREE_LAT)


def between(a: Lonlat, b: Lonlat, share: float) -> Lonlat:
    """The point ``share`` (0–1) of the way from ``a`` to ``b``."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def crossing(node: Node) -> Lonlat:
    """Where the street ``node[0]`` (from the north) meets the street ``node[1]`` (from the west)."""
    row, column = node
    return (NORTH_SOUTH[column][1] + row * _LEAN_LON, WEST_EAST[row][1] + column * _LEAN_LAT)


NODES: tuple[Node, ...] = tuple((r, c) for r in range(len(WEST_EAST)) for c in range(len(NORTH_SOUTH)))


def neighbours(node: Node) -> list[Node]:
    row, column = node
    around = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
    return [n for n in around if 0 <= n[0] < len(WEST_EAST) and 0 <= n[1] < len(NORTH_SOUTH)]


def streets() -> list[tuple[str, list[Lonlat]]]:
    """Every street with its line."""
    west_east = [
        (name, [crossing((row, column)) for column in range(len(NORTH_SOUTH))])
        for row, (name, _) in enumerate(WEST_EAST)
    ]
    north_south = [
        (name, [crossing((row, column)) for row in range(len(WEST_EAST))])
        for column, (name, _) in enumerate(NORTH_SOUTH)
    ]
    return west_east + north_south


_STREETS = streets()
#: who is this near to a street stands on it
_STREET_M = 60.0


def along(line: Sequence[Lonlat], share: float) -> Lonlat:
    """The point ``share`` (0–1) of the way along ``line``."""
    legs = [metres(a, b) for a, b in pairwise(line)]
    left = share * sum(legs)
    for (a, b), leg in zip(pairwise(line), legs, strict=True):
        if left <= leg:
            return between(a, b, left / leg if leg else 0.0)
        left -= leg
    return line[-1]


@lru_cache(maxsize=4096)
def _shortest(start: Node, goal: Node) -> tuple[Node, ...]:
    queue: list[tuple[float, Node, tuple[Node, ...]]] = [(0.0, start, (start,))]
    seen: set[Node] = set()
    while queue:
        length, node, path = heapq.heappop(queue)
        if node == goal:
            return path
        if node in seen:
            continue
        seen.add(node)
        for step in neighbours(node):
            if step not in seen:
                extra = metres(crossing(node), crossing(step))
                heapq.heappush(queue, (length + extra, step, (*path, step)))
    raise ValueError("the grid is one piece")


def route(start: Lonlat, goal: Lonlat) -> list[Lonlat]:
    """A walk from ``start`` to ``goal``: straight when near or along one street, else over the crossings."""
    if metres(start, goal) < 150 or _are_on_one_street(start, goal):
        return [start, goal]
    first, last = _around(start), _around(goal)
    pairs = ((a, b) for a in first for b in last)
    a, b = min(
        pairs,
        key=lambda ends: metres(start, crossing(ends[0])) + _length_m(*ends) + metres(crossing(ends[1]), goal),
    )
    return [start, *(crossing(node) for node in _shortest(a, b)), goal]


def _around(position: Lonlat) -> list[Node]:
    return heapq.nsmallest(4, NODES, key=lambda node: metres(position, crossing(node)))


@lru_cache(maxsize=4096)
def _length_m(start: Node, goal: Node) -> float:
    return sum(metres(crossing(a), crossing(b)) for a, b in pairwise(_shortest(start, goal)))


def _are_on_one_street(a: Lonlat, b: Lonlat) -> bool:
    return any(_beside_m(line, a) < _STREET_M and _beside_m(line, b) < _STREET_M for _, line in _STREETS)


def _beside_m(line: Sequence[Lonlat], point: Lonlat) -> float:
    """How far ``point`` is from the straight street ``line``."""
    (ax, ay), (bx, by) = line[0], line[-1]
    squeeze = math.cos(math.radians(ay))
    dx, dy = (bx - ax) * squeeze, by - ay
    px, py = (point[0] - ax) * squeeze, point[1] - ay
    share = min(1.0, max(0.0, (px * dx + py * dy) / (dx * dx + dy * dy)))
    return math.hypot(px - share * dx, py - share * dy) * METRES_PER_DEGREE_LAT


@dataclass(frozen=True)
class Walk:
    """Somebody on his way along ``line`` at ``speed_mps`` since ``started_s`` (any clock in seconds)."""

    line: tuple[Lonlat, ...]
    speed_mps: float
    started_s: float

    @property
    def length_m(self) -> float:
        return sum(metres(a, b) for a, b in pairwise(self.line))

    def at(self, now_s: float) -> Lonlat:
        """Where he is at ``now_s``; at the end he stays there."""
        length = self.length_m
        if length == 0:
            return self.line[-1]
        return along(self.line, min(1.0, max(0.0, (now_s - self.started_s) * self.speed_mps / length)))

    def done(self, now_s: float) -> bool:
        return (now_s - self.started_s) * self.speed_mps >= self.length_m
