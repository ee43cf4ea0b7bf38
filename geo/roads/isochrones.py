"""Who gets where in so many minutes: the streets that are reached, made into areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.roads.graph import Floats, Graph
from geo.roads.hours import factor_at
from geo.roads.lengths import metres_per_degree
from geo.roads.network import Network
from geo.roads.search import seeds_away, seeds_towards
from geo.roads.snapping import Snaps, snap
from geo.roads.speeds import YARD_MPS
from geo.roads.store import STORE, RoadStore
from geo.travel import DETOUR_FACTOR, SPEED_MPS, Basis

_DEGREE = 10_000_000
#: to each side of a reached street: the houses along it
SIDE_M = 40.0
#: a block in the middle of reached streets is reached, a park or a lake is not
_HOLE_M2 = 20_000.0
_TOLERANCE_M = 8.0
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
            for m, lines in _reached(network, means, snaps.pick(snaps.on), limits, towards, plane).items():
                shapes[m].append(shapely.buffer(lines, SIDE_M, quad_segs=2))
    areas: list[Area] = []
    whole: Any = shapely.MultiPolygon()
    for m in sorted(minutes):
        whole = shapely.union_all([whole, *shapes[m]])
        areas.append(Area(minutes=m, geometry=plane.to_wgs84(_smooth(whole)), basis=basis))
    return areas


def _snap(network: Network | None, means: str, positions: Sequence[Position]) -> Snaps:
    if network is None:
        count = len(positions)
        return Snaps(np.full(count, -1, dtype=np.int32), np.zeros(count), np.zeros(count))
    return snap(network.graph_of(means), positions)


def _reached(
    network: Network, means: str, snaps: Snaps, limits: Mapping[float, float], towards: bool, plane: _Plane
) -> dict[float, Any]:
    """Per number of minutes, the streets and parts of streets that are reached, as lines in the plane."""
    graph = network.graph_of(means)
    net = network.net(means, towards=towards)
    nodes, seconds = (seeds_towards if towards else seeds_away)(graph, means, snaps)
    yard_s = np.tile(snaps.gap_m / YARD_MPS["foot" if towards else means], 2)
    reach = net.search(nodes, seconds + yard_s, limit_s=max(limits.values()))
    pace = graph.paces[means]
    # seconds of a street when it is gone along from its beginning, and from its end
    by_u, by_v = (pace.backward, pace.forward) if towards else (pace.forward, pace.backward)
    passed = reach.seconds + (pace.delay if towards else 0.0)
    found = {}
    for m, limit_s in limits.items():
        left_u, left_v = limit_s - passed[graph.u], limit_s - passed[graph.v]
        with np.errstate(invalid="ignore", divide="ignore"):
            from_u = np.where(left_u > 0, left_u / by_u, 0.0)
            from_v = np.where(left_v > 0, left_v / by_v, 0.0)
        whole = np.flatnonzero(from_u + from_v >= 1.0)
        ends = np.flatnonzero((from_u + from_v > 0) & (from_u + from_v < 1.0))
        spans = [(e, 0.0, share) for e, share in zip(ends.tolist(), from_u[ends].tolist(), strict=True) if share > 0]
        spans += [
            (e, 1.0 - share, 1.0) for e, share in zip(ends.tolist(), from_v[ends].tolist(), strict=True) if share > 0
        ]
        spans += _around(snaps, by_u, by_v, limit_s - yard_s[: len(snaps)])
        lines = [*plane.streets(graph, whole)]
        for street, line in zip(spans, plane.streets(graph, np.array([e for e, _, _ in spans], int)), strict=True):
            lines.append(substring(line, street[1], street[2], normalized=True))
        found[m] = shapely.multilinestrings([line for line in lines if line.geom_type == "LineString"])
    return found


def _around(snaps: Snaps, by_u: Any, by_v: Any, left_s: Floats) -> list[tuple[int, float, float]]:
    """The stretch of the own street on both sides of each snapped place. Away from it the end is reached by what
    leads from the beginning, so ``by_u`` counts upwards."""
    spans = []
    for e, fraction, seconds in zip(snaps.street.tolist(), snaps.fraction.tolist(), left_s.tolist(), strict=True):
        if seconds > 0:
            low = fraction - seconds / float(by_v[e])
            spans.append((e, max(low, 0.0), min(fraction + seconds / float(by_u[e]), 1.0)))
    return spans


def _smooth(shape: Any) -> Any:
    """Without the blocks inside, and without corners that nobody sees."""
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    filled = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area > _HOLE_M2])
        for part in parts
    ]
    return shapely.simplify(shapely.union_all(filled), _TOLERANCE_M)


class _Plane:
    """Metres around the middle of the places: exact to a thousandth within a district, good enough for a picture."""

    def __init__(self, places: Sequence[tuple[Position, str]]) -> None:
        self._lon = float(np.mean([position.lon for position, _ in places]))
        self._lat = float(np.mean([position.lat for position, _ in places]))
        self._east, self._north = (float(m) for m in metres_per_degree(self._lat))

    def circle(self, position: Position, radius_m: float) -> Any:
        centre = shapely.Point((position.lon - self._lon) * self._east, (position.lat - self._lat) * self._north)
        return centre.buffer(radius_m, quad_segs=16)

    def streets(self, graph: Graph, which: NDArray[Any]) -> Any:
        """The lines of those streets."""
        if not len(which):
            return np.array([], dtype=object)
        counts = np.diff(graph.shape_start)[which].astype(np.int64)
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        points = np.repeat(graph.shape_start[which], counts) + offset
        x = (graph.shape_x[points] / _DEGREE - self._lon) * self._east
        y = (graph.shape_y[points] / _DEGREE - self._lat) * self._north
        return shapely.linestrings(np.column_stack([x, y]), indices=np.repeat(np.arange(len(which)), counts))

    def to_wgs84(self, shape: Any) -> Any:
        """A MultiPolygon in degrees."""
        scale = np.array([self._east, self._north])
        centre = np.array([self._lon, self._lat])
        degrees = shapely.set_precision(shapely.transform(shape, lambda xy: xy / scale + centre), _GRID_DEG)
        return shapely.MultiPolygon([part for part in shapely.get_parts(degrees) if part.geom_type == "Polygon"])
