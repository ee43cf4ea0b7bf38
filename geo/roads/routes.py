"""The way itself, for a screen: a line, how far, how long, along which streets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.roads.graph import Graph
from geo.roads.hours import factor_at
from geo.roads.network import Network
from geo.roads.search import Net, Ways, corners_to_origin, many_to_one
from geo.roads.snapping import Snaps, locate, snap
from geo.roads.speeds import YARD_MPS
from geo.roads.store import STORE, RoadStore
from geo.roads.times import list_limits
from geo.travel import Basis, StraightLine

_DEGREE = 10_000_000


@dataclass(frozen=True)
class Route:
    """``line``: (lon, lat) from the start to the end. ``streets``: their names, in order."""

    line: Sequence[tuple[float, float]]
    metres: float
    seconds: float
    streets: Sequence[str]
    basis: Basis


def find_route(
    session: Session,
    start: Position,
    end: Position,
    *,
    means: str,
    at: datetime | None = None,
    store: RoadStore = STORE,
) -> Route:
    """The fastest way by road; the straight line where there are no roads, and ``basis`` says so."""
    network = store.find(session)
    found = route_on(network, start, end, means=means, at=at) if network is not None else None
    return found or straight_route(start, end, means=means)


def straight_route(start: Position, end: Position, *, means: str) -> Route:
    """Through the air, with the time that streets would take."""
    (travel,) = StraightLine().estimate(None, [start], end, [means])
    line = ((start.lon, start.lat), (end.lon, end.lat))
    return Route(line=line, metres=travel.metres, seconds=travel.seconds, streets=(), basis="straight_line")


def route_on(
    network: Network, start: Position, end: Position, *, means: str, at: datetime | None = None
) -> Route | None:
    """None: one of the two is off the map, or there is no way within an hour. Reads no database."""
    graph = network.graph_of(means)
    origin, target = snap(graph, [start]), snap(graph, [end])
    if not (origin.on[0] and target.on[0]):
        return None
    net, factor = network.net(means, towards=True), factor_at(network.hours, means, at)
    direct = StraightLine().estimate(None, [start], end, [means])[0].seconds
    for limit_s in list_limits(direct, factor):
        ways, reach = many_to_one(net, origin, target, limit_s=limit_s)
        if np.isfinite(ways.seconds[0]):
            break
    else:
        return None
    corners = corners_to_origin(net, int(ways.corner[0]), reach) if ways.corner[0] >= 0 else []
    line, streets = _draw(net, origin, target, ways, corners)
    gaps = (float(origin.gap_m[0]), float(target.gap_m[0]))
    return Route(
        line=_tidy([(start.lon, start.lat), *line, (end.lon, end.lat)]),
        metres=float(ways.metres[0]) + sum(gaps),
        seconds=float(ways.seconds[0]) * factor + gaps[0] / YARD_MPS[means] + gaps[1] / YARD_MPS["foot"],
        streets=_names(network, graph, streets),
        basis="road",
    )


def _draw(
    net: Net, origin: Snaps, target: Snaps, ways: Ways, corners: Sequence[int]
) -> tuple[list[tuple[float, float]], list[int]]:
    """The points from street to street, and the streets."""
    graph = net.graph
    first, last = int(origin.street[0]), int(target.street[0])
    if not corners:
        return _stretch(graph, first, float(origin.fraction[0]), float(target.fraction[0])), [first]
    steps = np.array(corners)
    middle = net.streets_of(steps[1:], steps[:-1]).tolist()
    corners = net.turning.base(steps).tolist()
    line = _stretch(graph, first, float(origin.fraction[0]), _end_towards(net, origin, corners[0], leaving=True))
    for street, node in zip(middle, corners[1:], strict=True):
        backwards = int(graph.v[street]) != node
        line += _stretch(graph, street, 1.0 if backwards else 0.0, 0.0 if backwards else 1.0)
    line += _stretch(graph, last, _end_towards(net, target, corners[-1], leaving=False), float(target.fraction[0]))
    return line, [first, *middle, last]


def _end_towards(net: Net, snaps: Snaps, corner: int, *, leaving: bool) -> float:
    """0 for the beginning of the snapped street, 1 for its end: the one that is ``corner``. A street that begins and
    ends at one corner is gone along by the quicker side."""
    street, fraction = int(snaps.street[0]), float(snaps.fraction[0])
    pace = net.graph.paces[net.means]
    at_u, at_v = int(net.graph.u[street]) == corner, int(net.graph.v[street]) == corner
    if not (at_u and at_v):
        return 1.0 if at_v else 0.0
    by_v, by_u = float(pace.forward[street]), float(pace.backward[street])
    if not leaving:
        by_v, by_u = by_u, by_v
    costs = ((1 - fraction) * by_v if np.isfinite(by_v) else np.inf, fraction * by_u if np.isfinite(by_u) else np.inf)
    return 1.0 if costs[0] <= costs[1] else 0.0


def _stretch(graph: Graph, street: int, begin: float, end: float) -> list[tuple[float, float]]:
    """The points of a street from one share of it to another, either way round."""
    low, high = min(begin, end), max(begin, end)
    one, two = locate(graph, np.array([street, street]), np.array([low, high]))
    a, b = int(graph.shape_start[street]), int(graph.shape_start[street + 1])
    metres = graph.shape_m[a:b] / max(float(graph.metres[street]), 1e-9)
    inner = a + np.flatnonzero((metres > low) & (metres < high))
    middle = zip((graph.shape_x[inner] / _DEGREE).tolist(), (graph.shape_y[inner] / _DEGREE).tolist(), strict=True)
    points = [(float(one[0]), float(two[0])), *middle, (float(one[1]), float(two[1]))]
    return points if begin <= end else points[::-1]


def _tidy(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Seven digits, which is a centimetre, and no point twice in a row; never fewer than two."""
    rounded = [(round(lon, 7), round(lat, 7)) for lon, lat in points]
    line = [rounded[0]]
    line += [point for before, point in pairwise(rounded) if point != before]
    return line if len(line) > 1 else [*line, rounded[-1]]


def _names(network: Network, graph: Graph, streets: Sequence[int]) -> list[str]:
    """Each name once where it begins; streets without one are left out."""
    names: list[str] = []
    for street in streets:
        name = network.names[int(graph.way[street])]
        if name and (not names or names[-1] != name):
            names.append(name)
    return names
