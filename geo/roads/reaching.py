"""How soon the first of several people is at each of many places: one search over the streets, from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geo.crs import Position
from geo.roads.graph import Floats
from geo.roads.hours import factor_at
from geo.roads.lengths import metres_per_degree
from geo.roads.network import Network
from geo.roads.search import seeds_away, seeds_towards
from geo.roads.snapping import Snaps, snap
from geo.roads.speeds import YARD_MPS
from geo.travel import DETOUR_FACTOR, SPEED_MPS

_MOST_PAIRS = 2_000_000


def first_seconds(
    network: Network | None,
    starts: Sequence[Position],
    places: Sequence[Position],
    means: str,
    *,
    limit_s: float,
    at: datetime | None = None,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Per place the seconds until the first of ``starts`` is there (inf: not within ``limit_s``), and whether that is
    by road. A start or a place off the map is measured by the straight line with its detour, as everywhere."""
    seconds = np.full(len(places), np.inf)
    by_road = np.zeros(len(places), dtype=bool)
    if not starts or not places:
        return seconds, by_road
    if network is None:
        return _within(_straight(starts, places, means), limit_s), by_road
    graph = network.graph_of(means)
    origins, goals = snap(graph, starts), snap(graph, places)
    if origins.on.any() and goals.on.any():
        own, there = origins.pick(origins.on), goals.pick(goals.on)
        factor = factor_at(network.hours, means, at)
        found = _by_road(network, means, own, there, limit_s / factor) * factor + there.gap_m / YARD_MPS["foot"]
        seconds[goals.on], by_road[goals.on] = found, np.isfinite(found)
    lost_starts = [start for start, on in zip(starts, origins.on.tolist(), strict=True) if not on]
    if lost_starts:
        straight = _straight(lost_starts, places, means)
        by_road &= seconds <= straight
        seconds = np.minimum(seconds, straight)
    off = np.flatnonzero(~goals.on)
    if len(off):
        seconds[off] = _straight(starts, [places[n] for n in off.tolist()], means)
    seconds = _within(seconds, limit_s)
    return seconds, by_road & np.isfinite(seconds)


def _by_road(network: Network, means: str, own: Snaps, there: Snaps, limit_s: float) -> Floats:
    graph, net = network.graph_of(means), network.net(means, towards=False)
    pace, e, fraction = graph.paces[means], there.street, there.fraction
    yard_s = own.gap_m / YARD_MPS[means]
    starts, ends = seeds_away(net, own), seeds_towards(net, there)
    passed = net.search(starts.nodes, starts.seconds + np.tile(yard_s, 2), limit_s=limit_s).seconds
    seconds = np.full(len(e), np.inf)
    np.minimum.at(seconds, ends.of, passed[ends.nodes] + ends.seconds)
    # somebody on the same street needs no corner
    for n in np.flatnonzero(np.isin(e, own.street)).tolist():
        here = np.flatnonzero(own.street == e[n])
        ahead = fraction[n] - own.fraction[here]
        pace_s = np.where(ahead >= 0, pace.forward[e[n]], pace.backward[e[n]])
        with np.errstate(invalid="ignore"):
            along = np.where(ahead == 0, 0.0, np.abs(ahead) * pace_s) + yard_s[here]
        seconds[n] = min(seconds[n], float(along.min()))
    return seconds


def _straight(starts: Sequence[Position], places: Sequence[Position], means: str) -> Floats:
    lat = float(np.mean([place.lat for place in places]))
    scale = np.array([float(metres) for metres in metres_per_degree(lat)])
    own = np.array([(start.lon, start.lat) for start in starts]) * scale
    there = np.array([(place.lon, place.lat) for place in places]) * scale
    rows = max(1, _MOST_PAIRS // len(own))
    metres = np.concatenate(
        [
            np.linalg.norm(there[n : n + rows, None] - own[None], axis=2).min(axis=1)
            for n in range(0, len(there), rows)
        ]
    )  # fmt: skip
    seconds: Floats = metres * DETOUR_FACTOR / SPEED_MPS[means]
    return seconds


def _within(seconds: Floats, limit_s: float) -> Floats:
    return np.where(seconds <= limit_s, seconds, np.inf)
