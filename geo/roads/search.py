"""Shortest times: from many to one, or from one to everywhere, by one bounded Dijkstra over SciPy's arrays.

``seconds[n]`` of a search towards a place is the time from having passed node n (its delay paid) to the place; of a
search away from places it is the time until node n is passed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.roads.graph import Floats, Graph, Ints
from geo.roads.snapping import Snaps
from geo.roads.turning import Arcs, Turning

#: steps between two looks whether everybody has arrived
_STRIDE = 16
#: room for so many ways out of the places where a search starts, two per place; more is made when needed
_SEEDS = 1024


@dataclass(frozen=True, eq=False)
class Reach:
    """What a search found. ``before``: the node from which each was reached; ``Net.origin`` beside the start."""

    seconds: Floats
    before: Ints


class Net:
    """The adjacency of one means in one direction, with the copies of ``turning`` and one node more: where the search
    starts.

    Its row is the last one, so that starting elsewhere rewrites the end of the arrays and copies nothing. SciPy holds
    the interpreter's lock while it searches, so the lock here costs nobody anything.
    """

    def __init__(self, graph: Graph, means: str, *, towards: bool) -> None:
        self.graph, self.means, self.towards = graph, means, towards
        pace = graph.paces[means]
        number = np.arange(graph.streets, dtype=np.int64)
        there, back = np.isfinite(pace.forward), np.isfinite(pace.backward)
        head = np.concatenate([graph.v[there], graph.u[back]]).astype(np.int64)
        self.turning = Turning(graph, cars=means == "car")
        arcs = self.turning.expand(
            Arcs(
                tail=np.concatenate([graph.u[there], graph.v[back]]).astype(np.int64),
                head=head,
                seconds=np.concatenate([pace.forward[there], pace.backward[back]]).astype(np.float64)
                + pace.delay[head],
                street=np.concatenate([number[there], number[back]]),
            )
        )
        seconds, street = arcs.seconds, arcs.street
        row, column = (arcs.head, arcs.tail) if towards else (arcs.tail, arcs.head)
        # of two streets between the same corners the faster one counts
        order = np.lexsort((street, seconds, column, row))
        row, column = row[order], column[order]
        keep = row != column
        keep[1:] &= (row[1:] != row[:-1]) | (column[1:] != column[:-1])
        row, column, order = row[keep], column[keep], order[keep]
        #: beside the corners and their copies
        self.origin = graph.nodes + self.turning.copies
        #: by row, then column: to find the street of a step again
        self._key = row * (self.origin + 1) + column
        self._street = street[order].astype(np.int32)
        self._entries = len(row)
        self._starts = np.searchsorted(row, np.arange(self.origin + 2)).astype(np.int32)
        self._indices = np.concatenate([column, np.zeros(_SEEDS, dtype=np.int64)]).astype(np.int32)
        self._data = np.concatenate([seconds[order], np.zeros(_SEEDS)])
        self._lock = threading.Lock()

    def search(self, nodes: NDArray[Any], seconds: NDArray[Any], *, limit_s: float) -> Reach:
        """From the origin, which is so many seconds from each of ``nodes``, to all within ``limit_s``."""
        good = np.isfinite(seconds) & (seconds <= limit_s)
        nodes, seconds = nodes[good], seconds[good]
        size = self._entries + len(nodes)
        with self._lock:
            if size > len(self._data):
                more = size - len(self._data)
                self._indices = np.concatenate([self._indices, np.zeros(more, dtype=np.int32)])
                self._data = np.concatenate([self._data, np.zeros(more)])
            self._indices[self._entries : size] = nodes
            self._data[self._entries : size] = seconds
            self._starts[-1] = size
            side = self.origin + 1
            matrix = csr_array((self._data[:size], self._indices[:size], self._starts), shape=(side, side))
            found, before = dijkstra(matrix, indices=self.origin, limit=limit_s, return_predecessors=True)
        return Reach(seconds=found[:-1], before=before[:-1])

    def streets_of(self, one: NDArray[Any], next_: NDArray[Any]) -> Ints:
        """The street of each step of a search from node ``one`` to ``next_``; there must be one."""
        at = np.searchsorted(self._key[: self._entries], one.astype(np.int64) * (self.origin + 1) + next_)
        streets: Ints = self._street[at]
        return streets


@dataclass(frozen=True, eq=False)
class Seeds:
    """Nodes beside snapped places: seconds and metres between the two (inf: against a one-way), and of which place."""

    nodes: NDArray[Any]
    seconds: Floats
    metres: Floats
    of: NDArray[Any]


def seeds_towards(net: Net, target: Snaps) -> Seeds:
    """The nodes from which the snapped places are the next."""
    graph, pace, e = net.graph, net.graph.paces[net.means], target.street
    seconds = np.concatenate([_share(target.fraction, pace.forward[e]), _share(1 - target.fraction, pace.backward[e])])
    metres = np.concatenate([target.fraction, 1 - target.fraction]) * np.concatenate([graph.metres[e]] * 2)
    nodes, pair = net.turning.onto(np.concatenate([e, e]), np.concatenate([graph.u[e], graph.v[e]]))
    return Seeds(nodes=nodes, seconds=seconds[pair], metres=metres[pair], of=pair % max(1, len(e)))


def seeds_away(net: Net, origin: Snaps) -> Seeds:
    """The nodes that one passes first from the snapped places, their delay paid."""
    graph, pace, e = net.graph, net.graph.paces[net.means], origin.street
    corners = np.concatenate([graph.v[e], graph.u[e]])
    seconds = np.concatenate([_share(1 - origin.fraction, pace.forward[e]), _share(origin.fraction, pace.backward[e])])
    metres = np.concatenate([1 - origin.fraction, origin.fraction]) * np.concatenate([graph.metres[e]] * 2)
    nodes = net.turning.come(np.concatenate([e, e]), corners)
    each = np.arange(len(e))
    return Seeds(nodes=nodes, seconds=seconds + pace.delay[corners], metres=metres, of=np.concatenate([each, each]))


@dataclass(frozen=True, eq=False)
class Ways:
    """Per origin: seconds and metres to the target (inf: not within the limit), and the first corner on the way
    (-1: none, the way stays on the street)."""

    seconds: Floats
    metres: Floats
    corner: Ints


def many_to_one(net: Net, origins: Snaps, target: Snaps, *, limit_s: float) -> tuple[Ways, Reach]:
    """From each snapped origin to the one snapped target; all of them on the map. ``net`` leads towards it."""
    graph, means = net.graph, net.means
    pace, e = graph.paces[means], origins.street
    ends = seeds_towards(net, target)
    reach = net.search(ends.nodes, ends.seconds, limit_s=limit_s)
    starts = seeds_away(net, origins)
    over = (starts.seconds + reach.seconds[starts.nodes]).reshape(2, -1)
    side = np.argmin(over, axis=0)
    each = np.arange(len(origins))
    seconds, corner = over[side, each], starts.nodes.reshape(2, -1)[side, each]
    first_m = starts.metres.reshape(2, -1)[side, each]
    metres = first_m + _metres_on(net, corner, np.isfinite(seconds), reach, _best_ends(ends))

    # on one and the same street nobody needs a corner
    ahead = target.fraction[0] - origins.fraction
    direct = np.where(ahead >= 0, _share(ahead, pace.forward[e]), _share(-ahead, pace.backward[e]))
    direct = np.where(e == target.street[0], direct, np.inf)
    shorter = direct <= seconds
    seconds = np.where(shorter, direct, seconds)
    metres = np.where(shorter, np.abs(ahead) * graph.metres[e], metres)
    corner = np.where(shorter, -1, corner).astype(np.int32)
    late = ~(seconds <= limit_s)
    seconds[late], metres[late] = np.inf, np.inf
    return Ways(seconds=seconds, metres=metres, corner=corner), reach


def corners_to_origin(net: Net, corner: int, reach: Reach) -> list[int]:
    """The corners from ``corner``, which was reached, to the last one before the place where the search began."""
    path = [corner]
    while (before := int(reach.before[path[-1]])) != net.origin:
        path.append(before)
    return path


def _best_ends(ends: Seeds) -> dict[int, float]:
    """Metres of the last bit, by the node from which it starts."""
    best: dict[int, tuple[float, float]] = {}
    for node, time, length in zip(ends.nodes.tolist(), ends.seconds.tolist(), ends.metres.tolist(), strict=True):
        if np.isfinite(time) and (node not in best or time < best[node][0]):
            best[node] = (time, length)
    return {node: length for node, (_, length) in best.items()}


def _metres_on(net: Net, corner: NDArray[Any], good: NDArray[np.bool_], reach: Reach, ends: dict[int, float]) -> Floats:
    """Metres from each corner along the found ways.

    All walk in step; the length of each step is looked up once, however many pass it.
    """
    metres = np.full(len(corner), np.inf)
    if not good.any():
        return metres
    origin = net.origin
    before = np.append(reach.before, np.int32(origin))
    rows = [corner[good].astype(np.int32)]
    while (rows[-1] != origin).any():
        for _ in range(_STRIDE):
            rows.append(before[rows[-1]])
    steps = np.stack(rows)
    passed = np.zeros(origin + 1, dtype=bool)
    passed[steps] = True
    nodes = np.flatnonzero(passed[:origin])
    inner = nodes[before[nodes] != origin]
    length = np.zeros(origin + 1)
    length[inner] = net.graph.metres[net.streets_of(before[inner], inner)]
    for node, last_m in ends.items():
        if before[node] == origin:
            length[node] = last_m
    metres[good] = length[steps].sum(axis=0)
    return metres


def _share(share: Any, seconds: Any) -> Floats:
    """A part of a street's seconds; inf for a closed one, unless one stands at its end already."""
    with np.errstate(invalid="ignore"):
        return np.where(share > 0, share * seconds.astype(np.float64), 0.0)
