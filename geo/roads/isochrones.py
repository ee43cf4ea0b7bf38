"""Who gets where in so many minutes: the streets that are reached, made into areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from scipy.ndimage import binary_dilation
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.roads.graph import Floats, Graph, Ints
from geo.roads.hours import factor_at
from geo.roads.lengths import metres_per_degree
from geo.roads.network import Network
from geo.roads.search import Net, seeds_away, seeds_towards
from geo.roads.snapping import Snaps, locate, snap
from geo.roads.speeds import YARD_MPS
from geo.roads.store import STORE, RoadStore
from geo.travel import DETOUR_FACTOR, SPEED_MPS, Basis

#: to each side of a reached street: the houses along it
SIDE_M = 40.0
#: The picture is painted in squares of 20 m, of more when it is large, then outlined.
_SQUARE_M, _MOST_SQUARES = 20.0, 1000
#: a block in the middle of reached streets is reached, a park or a lake is not
_HOLE_M2 = 20_000.0
#: six digits: a tenth of a metre
_GRID_DEG = 1e-6


@dataclass(frozen=True)
class Area:
    """A MultiPolygon in WGS-84 (may be empty). ``basis`` is ``road`` when everybody was on the map."""

    minutes: float
    geometry: Any
    basis: Basis


def list_areas(
    session: Session,
    places: Sequence[tuple[Position, str]],
    minutes: Sequence[float],
    *,
    towards: bool,
    at: datetime | None = None,
    store: RoadStore = STORE,
) -> list[Area]:
    """One area for each of ``minutes``, the smaller inside the larger. ``places``: with the means of each.

    ``towards``: from where one is at one of the places in that time; else where somebody from there is. Without
    streets, or off them: circles, as wide as the straight line with its detour allows.
    """
    network = store.find(session) if places else None
    return areas_on(network, places, minutes, towards=towards, at=at)


def areas_on(
    network: Network | None,
    places: Sequence[tuple[Position, str]],
    minutes: Sequence[float],
    *,
    towards: bool,
    at: datetime | None = None,
) -> list[Area]:
    """As ``list_areas``; reads no database."""
    if not places:
        return [Area(minutes=m, geometry=shapely.MultiPolygon(), basis="straight_line") for m in sorted(minutes)]
    plane = _Plane(places)
    shapes: dict[float, list[Any]] = {m: [] for m in minutes}
    basis: Basis = "road"
    for means in sorted({own for _, own in places}):
        positions = [position for position, own in places if own == means]
        snaps = _snap(network, means, positions)
        off = [position for position, on in zip(positions, snaps.on.tolist(), strict=True) if not on]
        if off:
            basis = "straight_line"
            for m in minutes:
                shapes[m] += [plane.circle(position, m * 60 * SPEED_MPS[means] / DETOUR_FACTOR) for position in off]
        if network is not None and snaps.on.any():
            factor = factor_at(network.hours, means, at)
            limits = {m: m * 60 / factor for m in minutes}
            for m, spans in _reached(network, means, snaps.pick(snaps.on), limits, towards).items():
                shapes[m].append(plane.paint(network.graph_of(means), *spans))
    areas: list[Area] = []
    whole: Any = shapely.MultiPolygon()
    for m in sorted(minutes):
        whole = shapely.union_all([whole, *shapes[m]])
        areas.append(Area(minutes=m, geometry=plane.to_wgs84(_fill(whole)), basis=basis))
    return areas


def _snap(network: Network | None, means: str, positions: Sequence[Position]) -> Snaps:
    if network is None:
        count = len(positions)
        return Snaps(np.full(count, -1, dtype=np.int32), np.zeros(count), np.zeros(count))
    return snap(network.graph_of(means), positions)


def _reached(
    network: Network, means: str, snaps: Snaps, limits: Mapping[float, float], towards: bool
) -> dict[float, tuple[Ints, Floats, Floats]]:
    """Per number of minutes, the stretches of streets that are reached: (street, share from, share to)."""
    graph = network.graph_of(means)
    net = network.net(means, towards=towards)
    seeds = (seeds_towards if towards else seeds_away)(net, snaps)
    yard_s = snaps.gap_m / YARD_MPS["foot" if towards else means]
    reach = net.search(seeds.nodes, seeds.seconds + yard_s[seeds.of], limit_s=max(limits.values()))
    pace = graph.paces[means]
    # seconds of a street when the reached stretch grows from its beginning, and from its end
    by_u, by_v = (pace.backward, pace.forward) if towards else (pace.forward, pace.backward)
    at_u, at_v = (_at_end(net, reach.seconds, corner, towards) for corner in (graph.u, graph.v))
    near = np.flatnonzero(np.isfinite(at_u) | np.isfinite(at_v)).astype(np.int32)
    own, fraction = snaps.street, snaps.fraction
    found = {}
    for m, limit_s in limits.items():
        from_u = _share_of(limit_s - at_u[near], by_u[near])
        from_v = _share_of(limit_s - at_v[near], by_v[near])
        ahead = _share_of(limit_s - yard_s, by_u[own])
        back = _share_of(limit_s - yard_s, by_v[own])
        street = np.concatenate([near, near, own])
        low = np.concatenate([np.zeros(len(near)), 1 - from_v, np.maximum(fraction - back, 0.0)])
        high = np.concatenate([from_u, np.ones(len(near)), np.minimum(fraction + ahead, 1.0)])
        some = high > low
        found[m] = (street[some], low[some], high[some])
    return found


def _at_end(net: Net, seconds: Floats, corner: Ints, towards: bool) -> Floats:
    """Per street the seconds with which one goes on from that end of it, or into it from there."""
    street = np.arange(net.graph.streets, dtype=np.int64)
    if towards:
        found: Floats = seconds[net.turning.come(street, corner)] + net.graph.paces[net.means].delay[corner]
        return found
    return net.turning.least_onto(seconds, street, corner)


def _share_of(left_s: Floats, whole_s: Any) -> Floats:
    """How much of a street is done in the seconds left, 0 to 1; nothing of a closed one."""
    with np.errstate(invalid="ignore"):
        share: Floats = np.clip(np.nan_to_num(left_s, neginf=0.0) / whole_s, 0.0, 1.0)
    return share


def _fill(shape: Any) -> Any:
    """Without the blocks inside."""
    filled = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area > _HOLE_M2])
        for part in shapely.get_parts(shape)
        if not part.is_empty
    ]
    return shapely.union_all(filled)


class _Plane:
    """Metres around the middle of the places: exact to a thousandth within a district, good enough for a picture."""

    def __init__(self, places: Sequence[tuple[Position, str]]) -> None:
        self._lon = float(np.mean([position.lon for position, _ in places]))
        self._lat = float(np.mean([position.lat for position, _ in places]))
        self._east, self._north = (float(m) for m in metres_per_degree(self._lat))

    def circle(self, position: Position, radius_m: float) -> Any:
        centre = shapely.Point((position.lon - self._lon) * self._east, (position.lat - self._lat) * self._north)
        return centre.buffer(radius_m, quad_segs=16)

    def paint(self, graph: Graph, street: Ints, low: Floats, high: Floats) -> Any:
        """The ground within SIDE_M of those stretches of streets."""
        steps = np.maximum((graph.metres[street] * (high - low) / _SQUARE_M).astype(np.int64), 1) + 1
        of = np.repeat(np.arange(len(street)), steps)
        if not len(of):
            return shapely.Polygon()
        k = np.arange(len(of)) - np.repeat(np.cumsum(steps) - steps, steps)
        lon, lat = locate(graph, street[of], low[of] + (high - low)[of] * k / (steps[of] - 1))
        x, y = (lon - self._lon) * self._east, (lat - self._lat) * self._north
        square = max(_SQUARE_M, float(max(np.ptp(x), np.ptp(y))) / _MOST_SQUARES)
        side = max(round(SIDE_M / square), 1)
        west, south = float(x.min()) - (side + 1) * square, float(y.min()) - (side + 1) * square
        column, row = ((x - west) / square).astype(np.int64), ((y - south) / square).astype(np.int64)
        field = np.zeros((row.max() + side + 2, column.max() + side + 2), dtype=bool)
        field[row, column] = True
        reach = np.arange(-side, side + 1)
        field = binary_dilation(field, reach[:, None] ** 2 + reach**2 <= side * side)
        # every run of painted squares of a row is one box
        edge = np.diff(np.pad(field, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        (rows, begins), (_, ends) = np.nonzero(edge > 0), np.nonzero(edge < 0)
        boxes = shapely.box(
            west + begins * square, south + rows * square, west + ends * square, south + (rows + 1) * square
        )
        return shapely.simplify(shapely.union_all(boxes), square * 0.75)

    def to_wgs84(self, shape: Any) -> Any:
        """A MultiPolygon in degrees."""
        scale = np.array([self._east, self._north])
        centre = np.array([self._lon, self._lat])
        degrees = shapely.set_precision(shapely.transform(shape, lambda xy: xy / scale + centre), _GRID_DEG)
        return shapely.MultiPolygon([part for part in shapely.get_parts(degrees) if part.geom_type == "Polygon"])
