"""From ways to the arrays of a network. All in NumPy: a city of 250 000 crossings takes seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.roads.access import NodeRules
from geo.roads.graph import NETWORKS, Graph, Pace
from geo.roads.lengths import metres_along
from geo.roads.osm import DEGREE, Turn, Way
from geo.roads.snapping import lay_net
from geo.roads.speeds import BICYCLE_MPS, GATE_S, JUNCTION_S, PUSHED_MPS, SIGNAL_S, STEPS_MPS, WALK_MPS
from geo.roads.turns import NO_TURNS, Ends, find_turns

#: A part that is cut off from the rest by a gap in the map (a courtyard, a clipped one-way street) is not snapped
#: to unless it has as many crossings as this, or is the largest.
SMALLEST_PART = 500
_SHORTEST_M = 0.01
#: nodes that are neighbours on the ground become neighbours in memory: about 1 km
_BLOCK = DEGREE // 100

Array = NDArray[Any]


def build_graph(
    ways: Sequence[Way], nodes: Mapping[int, NodeRules], network: str, *, turns: Sequence[Turn] = ()
) -> Graph:
    """The network ``walk`` or ``drive`` of those ways; ``Graph.way`` counts in ``ways``."""
    cars = network == "drive"
    chosen = [number for number, way in enumerate(ways) if (way.rules.car if cars else way.rules.foot)]
    own = [ways[number] for number in chosen]
    counts = np.array([len(way.nodes) for way in own], dtype=np.int64)
    of_way = np.repeat(np.arange(len(own)), counts)
    refs = _join([way.nodes for way in own], np.int64)
    x, y = _join([way.lons for way in own], np.int32), _join([way.lats for way in own], np.int32)
    ids, at = np.unique(refs, return_inverse=True)

    first = np.cumsum(counts) - counts
    breaks = np.bincount(at, minlength=len(ids))[at] > 1
    breaks[first] = breaks[first + counts - 1] = True
    marked = {number: rules for number, rules in ((n, nodes.get(n)) for n in ids.tolist()) if rules is not None}
    special = np.zeros(len(ids), dtype=bool)
    special[np.searchsorted(ids, np.fromiter(marked, dtype=np.int64, count=len(marked)))] = True
    if cars:
        # whoever must not turn somewhere has to come to a corner there
        special[_find(ids, [turn.node for turn in turns])] = True
    breaks |= special[at]

    cut = np.flatnonzero(breaks)
    same = of_way[cut[:-1]] == of_way[cut[1:]]
    begin, end = cut[:-1][same], cut[1:][same]
    u, v = at[begin].astype(np.int64), at[end].astype(np.int64)
    own_ids = np.array([way.osm_id for way in own], dtype=np.int64)
    ends = Ends(way=own_ids[of_way[begin]], u=ids[u], v=ids[v])
    if cars:
        blocked = np.zeros(len(ids), dtype=bool)
        blocked[np.searchsorted(ids, [n for n, rules in marked.items() if rules.blocks_cars])] = True
        # each street ends at a bollard of its own, so that no two of them meet there
        u = np.where(blocked[u], len(ids) + 2 * np.arange(len(u)), u)
        v = np.where(blocked[v], len(ids) + 2 * np.arange(len(v)) + 1, v)

    shape_start, points = _ranges(begin, end)
    lon, lat = x[points] / DEGREE, y[points] / DEGREE
    shape_m = _metres_within(lon, lat, shape_start)
    metres = np.maximum(shape_m[shape_start[1:] - 1], _SHORTEST_M)

    used, places = np.unique(np.concatenate([u, v]), return_inverse=True)
    where = np.empty(len(used), dtype=np.int64)
    where[places] = np.concatenate([begin, end])
    order = np.lexsort((x[where], x[where] // _BLOCK, y[where] // _BLOCK))
    rank = np.empty(len(used), dtype=np.int32)
    rank[order] = np.arange(len(used), dtype=np.int32)
    u, v = rank[places[: len(u)]], rank[places[len(u) :]]
    where, used = where[order], used[order]
    rules = [marked.get(int(ids[n])) if n < len(ids) else None for n in used.tolist()] if marked else []
    arms = np.bincount(u, minlength=len(used)) + np.bincount(v, minlength=len(used))

    street_way = of_way[begin]
    paces = {means: _pace(own, street_way, metres, rules, arms, means) for means in NETWORKS[network]}
    part, snappable = _parts(u, v, paces[NETWORKS[network][0]], len(used))
    forbidden = find_turns(turns, ends, u, v, paces["car"]) if cars else NO_TURNS
    xs, ys, starts = x[points], y[points], shape_start.astype(np.int32)
    keys, cell_start, segments = lay_net(xs, ys, starts)
    return Graph(
        node_x=x[where],
        node_y=y[where],
        u=u,
        v=v,
        metres=metres.astype(np.float32),
        way=np.array(chosen, dtype=np.int32)[street_way] if chosen else np.zeros(0, dtype=np.int32),
        part=part,
        snappable=snappable,
        shape_start=starts,
        shape_x=xs,
        shape_y=ys,
        shape_m=shape_m.astype(np.float32),
        cell_key=keys,
        cell_start=cell_start,
        cell_segment=segments,
        turn_in=forbidden[0],
        turn_node=forbidden[1],
        turn_out=forbidden[2],
        paces=paces,
    )


def _find(ids: Array, wanted: Sequence[int]) -> Array:
    """Where those of ``wanted`` that are there stand in the ascending ``ids``."""
    numbers = np.unique(np.array(wanted, dtype=np.int64))
    at = np.searchsorted(ids, numbers)
    there = at < len(ids)
    there[there] = ids[at[there]] == numbers[there]
    found: Array = at[there]
    return found


def _join(pieces: Sequence[Any], dtype: Any) -> Array:
    return np.concatenate([np.frombuffer(piece, dtype=dtype) for piece in pieces]) if pieces else np.zeros(0, dtype)


def _ranges(begin: Array, end: Array) -> tuple[Array, Array]:
    """The numbers from each ``begin`` to its ``end``, both included, one after the other, and where each starts."""
    counts = end - begin + 1
    start = np.concatenate([[0], np.cumsum(counts)])
    points = np.arange(start[-1]) - np.repeat(start[:-1] - begin, counts)
    return start, points


def _metres_within(lon: Array, lat: Array, start: Array) -> Array:
    """For each point, metres from the beginning of its own street."""
    if not len(lon):
        return np.zeros(0)
    steps = np.concatenate([[0.0], metres_along(lon, lat)])
    # between the last point of a street and the first of the next nobody walks
    steps[start[:-1]] = 0.0
    total = np.cumsum(steps)
    within: Array = total - np.repeat(total[start[:-1]], np.diff(start))
    return within


def _pace(
    ways: Sequence[Way], of_way: Array, metres: Array, rules: Sequence[NodeRules | None], arms: Array, means: str
) -> Pace:
    forward, backward = _speeds(ways, means)
    delay = np.where(arms >= 3, JUNCTION_S[means], 0.0)
    for node, found in enumerate(rules):
        if found is not None:
            delay[node] = max(delay[node], SIGNAL_S[means] * found.signals, GATE_S[means] * found.gate)
    with np.errstate(divide="ignore"):
        return Pace(
            forward=(metres / forward[of_way]).astype(np.float32),
            backward=(metres / backward[of_way]).astype(np.float32),
            delay=delay.astype(np.float32),
        )


def _speeds(ways: Sequence[Way], means: str) -> tuple[Array, Array]:
    """m/s per way and direction; 0: closed."""
    if means == "car":
        mps = np.array([way.rules.kmh for way in ways]) / 3.6
        there = np.array([way.rules.forward for way in ways], dtype=bool)
        back = np.array([way.rules.backward for way in ways], dtype=bool)
        return mps * there, mps * back
    level, steps = (WALK_MPS, STEPS_MPS) if means == "foot" else (BICYCLE_MPS, PUSHED_MPS)
    mps = np.array([steps if way.kind == "steps" else level for way in ways])
    return mps, mps


def _parts(u: Array, v: Array, pace: Pace, nodes: int) -> tuple[Array, Array]:
    """The part of each node, and the streets that one may be snapped to."""
    there, back = np.isfinite(pace.forward), np.isfinite(pace.backward)
    rows, columns = np.concatenate([u[there], v[back]]), np.concatenate([v[there], u[back]])
    matrix = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(nodes, nodes))
    _, part = connected_components(matrix, directed=True, connection="strong")
    sizes = np.bincount(part, minlength=1)
    large = (sizes >= SMALLEST_PART) | (sizes == sizes.max(initial=0))
    return part.astype(np.int32), (part[u] == part[v]) & large[part[u]]
