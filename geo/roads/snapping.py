"""From a position to the nearest street and how far along it, many at once.

A net of cells (80 m high, less wide towards the poles) lies over the streets; each cell knows the segments that
touch it. Looking at the cells around a point is exact as far as the looked-at cells reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.crs import Position
from geo.roads.graph import STREET_KEY, Floats, Graph, Ints
from geo.roads.lengths import metres_per_degree

#: whoever is farther from every street than this is off the map
MAX_SNAP_M = 150.0

_DEGREE = 10_000_000
#: side of a cell in ten millionths of a degree
_CELL = 7_200
_ROW = 1 << 32
_NORTH_M_PER_CELL = _CELL / _DEGREE * 110_570


@dataclass(frozen=True)
class Snaps:
    """Per position: the street (-1: off the map), how far along it (0 to 1), metres from the position to it."""

    street: Ints
    fraction: Floats
    gap_m: Floats

    def __len__(self) -> int:
        return len(self.street)

    @property
    def on(self) -> NDArray[np.bool_]:
        return self.street >= 0

    def pick(self, which: Any) -> Snaps:
        return Snaps(self.street[which], self.fraction[which], self.gap_m[which])


def lay_net(x: Ints, y: Ints, start: Ints) -> tuple[NDArray[np.int64], Ints, Ints]:
    """(keys of the cells that are not empty, where each one's segments begin, the segments): a segment is the number
    of its first point."""
    first = np.ones(len(x), dtype=bool)
    first[start[1:] - 1] = False
    segments = np.flatnonzero(first)
    x0, y0 = x[segments].astype(np.int64), y[segments].astype(np.int64)
    x1, y1 = x[segments + 1].astype(np.int64), y[segments + 1].astype(np.int64)
    # pieces no longer than a cell, each entered into every cell that its box touches: at most four
    pieces = np.maximum(np.maximum(abs(x1 - x0), abs(y1 - y0)) // _CELL + 1, 1)
    of = np.repeat(np.arange(len(segments)), pieces)
    n = pieces[of]
    k = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    ax, bx = x0[of] + (x1 - x0)[of] * k // n, x0[of] + -(-(x1 - x0)[of] * (k + 1) // n)
    ay, by = y0[of] + (y1 - y0)[of] * k // n, y0[of] + -(-(y1 - y0)[of] * (k + 1) // n)
    corners = [_key(cx // _CELL, cy // _CELL) for cx in (ax, bx) for cy in (ay, by)]
    keys, owners = np.concatenate(corners), np.tile(segments[of], 4)
    order = np.lexsort((owners, keys))
    keys, owners = keys[order], owners[order]
    new = np.ones(len(keys), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    keys, owners = keys[new], owners[new]
    cells, begins = np.unique(keys, return_index=True)
    return cells, np.append(begins, len(keys)).astype(np.int32), owners.astype(np.int32)


def snap(graph: Graph, positions: Sequence[Position], *, within_m: float = MAX_SNAP_M) -> Snaps:
    """The nearest street of each position by metres over the ground, if there is one ``within_m``."""
    count = len(positions)
    lon = np.fromiter((p.lon for p in positions), dtype=np.float64, count=count)
    lat = np.fromiter((p.lat for p in positions), dtype=np.float64, count=count)
    found = Snaps(np.full(count, -1, dtype=np.int32), np.zeros(count), np.full(count, np.inf))
    if not count or not graph.streets:
        return found
    east_m = float(metres_per_degree(np.abs(lat).max())[0]) * _CELL / _DEGREE
    reach_m = min(east_m, _NORTH_M_PER_CELL)
    # most stand beside a street: the cells around suffice for them, and are few
    left = _look(graph, lon, lat, np.arange(count), 1, min(reach_m, within_m), found)
    rings = min(math.ceil(within_m / max(reach_m, 1.0)), 100)
    if rings > 1 and len(left):
        _look(graph, lon, lat, left, rings, within_m, found)
    return found


def locate(graph: Graph, street: NDArray[Any], fraction: Floats) -> tuple[Floats, Floats]:
    """(lon, lat) of the points so far along those streets."""
    along = fraction * graph.metres[street]
    segment = np.searchsorted(graph.shape_key, street * STREET_KEY + along, side="right") - 1
    segment = np.clip(segment, graph.shape_start[street], graph.shape_start[street + 1] - 2)
    low, high = graph.shape_m[segment].astype(np.float64), graph.shape_m[segment + 1].astype(np.float64)
    share = np.clip((along - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
    x0, y0 = graph.shape_x[segment].astype(np.float64), graph.shape_y[segment].astype(np.float64)
    x1, y1 = graph.shape_x[segment + 1].astype(np.float64), graph.shape_y[segment + 1].astype(np.float64)
    return (x0 + (x1 - x0) * share) / _DEGREE, (y0 + (y1 - y0) * share) / _DEGREE


def _look(
    graph: Graph, lon: Floats, lat: Floats, which: NDArray[Any], rings: int, within_m: float, found: Snaps
) -> NDArray[Any]:
    """Fill in ``found`` for those with a street ``within_m`` in so many rings of cells; the others' numbers."""
    steps = np.arange(-rings, rings + 1)
    dx, dy = (grid.ravel() for grid in np.meshgrid(steps, steps))
    cx = np.floor(lon[which] * _DEGREE / _CELL).astype(np.int64)[:, None] + dx
    cy = np.floor(lat[which] * _DEGREE / _CELL).astype(np.int64)[:, None] + dy
    wanted = _key(cx, cy).ravel()
    cell = np.minimum(np.searchsorted(graph.cell_key, wanted), len(graph.cell_key) - 1)
    there = graph.cell_key[cell] == wanted
    cell, asked = cell[there], np.repeat(which, len(dx))[there]
    counts = graph.cell_start[cell + 1] - graph.cell_start[cell]
    asked = np.repeat(asked, counts)
    begin = np.repeat(graph.cell_start[cell] - (np.cumsum(counts) - counts), counts)
    segment = graph.cell_segment[begin + np.arange(len(asked))]
    good = graph.snappable[graph.segment_street[segment]]
    segment, asked = segment[good], asked[good]

    share, gap = _measure(graph, segment, lon[asked], lat[asked])
    near = gap <= within_m
    segment, asked, share, gap = segment[near], asked[near], share[near], gap[near]
    # the nearest first; of equally near ones the first in the file, so that the answer never varies
    order = np.lexsort((segment, gap, asked))
    asked = asked[order]
    best = order[np.concatenate([[True], asked[1:] != asked[:-1]])] if len(asked) else order
    chosen, street = segment[best], graph.segment_street[segment[best]]
    whom = np.unique(asked)
    along = graph.shape_m[chosen] + share[best] * (graph.shape_m[chosen + 1] - graph.shape_m[chosen])
    found.street[whom], found.gap_m[whom] = street, gap[best]
    found.fraction[whom] = np.clip(along / graph.metres[street], 0.0, 1.0)
    left: NDArray[Any] = which[found.street[which] < 0]
    return left


def _measure(graph: Graph, segment: Ints, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """(share along the segment, metres from it) of the point of each segment that is nearest to a position."""
    east, north = metres_per_degree(lat)
    ax = (graph.shape_x[segment] / _DEGREE - lon) * east
    ay = (graph.shape_y[segment] / _DEGREE - lat) * north
    bx = (graph.shape_x[segment + 1] / _DEGREE - lon) * east
    by = (graph.shape_y[segment + 1] / _DEGREE - lat) * north
    ux, uy = bx - ax, by - ay
    length2 = ux * ux + uy * uy
    share = np.clip(-(ax * ux + ay * uy) / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
    return share, np.hypot(ax + share * ux, ay + share * uy)


def _key(cx: Any, cy: Any) -> Any:
    return cy * _ROW + (cx + _ROW // 2)
