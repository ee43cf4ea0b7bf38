"""When and where calls come in: fitted to past ones by hour of the week and place, and drawn again.

The rate is that of an inhomogeneous Poisson process, λ(hour of the week) · f(place): hours and places are taken as
independent. A file may show a few hours only (one afternoon a month); an hour is judged by how long it was watched,
and one that never was watched gets the mean, which ``watched_hours`` tells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

from geo.crs import Position
from geo.roads.lengths import metres_per_degree
from simulation.twin.measures import busy_spans
from simulation.twin.rota import HOUR_S, LOCAL_S
from simulation.twin.values import Call

Floats = NDArray[np.float64]
WEEK_HOURS = 168
#: hours of watching that the mean rate is worth in each hour of the week
_LENT_HOURS = 1.0
#: 1970 began on a Thursday
_MONDAY_S = 4 * 24 * HOUR_S
_HELD_OUT = 600
_BANDWIDTHS_M = (50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)


@dataclass(frozen=True, kw_only=True)
class Process:
    """``per_hour``: calls per hour, by hour of the week from Monday; places with what happened there, and how widely
    (metres, a Gaussian's deviation) a new call lies around a past one."""

    per_hour: Floats
    watched_hours: Floats
    past: tuple[Call, ...]
    bandwidth_m: float


@dataclass(frozen=True, kw_only=True)
class Goodness:
    """How well the process describes the calls that it was fitted to.

    ``ks_p``: of the waits between calls, rescaled by the rate to what should be exponential (a small one: they are
    not). ``dispersion``: variance over mean of the counts per watched stretch against what was expected: 1 is a
    Poisson process, more is days unlike each other. ``nats_over_uniform``: per call held out, log-likelihood of its
    place above that of an even spread over the calls' box.
    """

    ks_p: float
    dispersion: float
    nats_over_uniform: float
    hours_never_watched: int


def fit(calls: Sequence[Call]) -> tuple[Process, Goodness]:
    """The process, and how good it is. At least ten calls."""
    if len(calls) < 10:
        raise ValueError("a process is fitted to ten calls or more")
    times = np.array(sorted(call.at_s for call in calls))
    spans = busy_spans(times.tolist())
    watched = _watched(spans)
    counts = np.bincount(_hour_of_week(times), minlength=WEEK_HOURS).astype(float)
    mean = len(times) / watched.sum()
    per_hour = (counts + _LENT_HOURS * mean) / (watched + _LENT_HOURS)
    bandwidth_m, nats = _choose_bandwidth([call.position for call in calls])
    process = Process(per_hour=per_hour, watched_hours=watched, past=tuple(calls), bandwidth_m=bandwidth_m)
    return process, _judge(process, times, spans, nats)


def draw(process: Process, *, count: int, start_s: float, seed: int) -> list[Call]:
    """So many calls from ``start_s`` on, by thinning (Lewis and Shedler 1979)."""
    chance = np.random.default_rng(seed)
    most, at_s = float(process.per_hour.max()), start_s
    drawn: list[Call] = []
    while len(drawn) < count:
        at_s += chance.exponential(HOUR_S / most)
        if chance.random() * most > process.per_hour[int(_hour_of_week(np.array([at_s]))[0])]:
            continue
        like = process.past[int(chance.integers(len(process.past)))]
        east, north = metres_per_degree(like.position.lat)
        dx, dy = chance.normal(0, process.bandwidth_m, 2)
        place = Position(like.position.lon + dx / float(east), like.position.lat + dy / float(north))
        drawn.append(
            Call(number=len(drawn), at_s=float(at_s), position=place, scenario=like.scenario, needs=like.needs)
        )
    return drawn


def _hour_of_week(times: Floats) -> NDArray[np.int64]:
    hours: NDArray[np.int64] = (((times + LOCAL_S - _MONDAY_S) // HOUR_S) % WEEK_HOURS).astype(np.int64)
    return hours


def _watched(spans: Sequence[tuple[float, float]]) -> Floats:
    """Hours that each hour of the week was watched."""
    hours = np.zeros(WEEK_HOURS)
    for begin, end in spans:
        edges = np.unique(
            np.concatenate([[begin, end], np.arange(np.ceil(begin / HOUR_S), end // HOUR_S + 1) * HOUR_S])
        )
        edges = edges[(edges >= begin) & (edges <= end)]
        np.add.at(hours, _hour_of_week((edges[1:] + edges[:-1]) / 2), np.diff(edges) / HOUR_S)
    return hours


def _judge(process: Process, times: Floats, spans: Sequence[tuple[float, float]], nats: float) -> Goodness:
    waits, counts, expected = [], [], []
    for begin, end in spans:
        inside = times[(times >= begin) & (times <= end)]
        passed = np.array([_expected(process, begin, float(at)) for at in inside])
        waits.append(np.diff(passed))
        counts.append(len(inside))
        expected.append(_expected(process, begin, end))
    every = np.concatenate(waits)
    off = (np.array(counts) - np.array(expected)) ** 2 / np.maximum(np.array(expected), 1e-9)
    return Goodness(
        # times to the minute tie: a wait of nothing is half a minute's
        ks_p=round(float(kstest(np.maximum(every, 1e-6), "expon").pvalue), 4) if len(every) > 1 else 1.0,
        dispersion=round(float(off.mean()), 2),
        nats_over_uniform=round(nats, 3),
        hours_never_watched=int((process.watched_hours == 0).sum()),
    )


def _expected(process: Process, begin: float, end: float) -> float:
    """Calls expected between the two instants."""
    edges = np.concatenate([[begin], np.arange(begin // HOUR_S + 1, np.ceil(end / HOUR_S)) * HOUR_S, [end]])
    return float(process.per_hour[_hour_of_week((edges[1:] + edges[:-1]) / 2)] @ np.diff(edges) / HOUR_S)


def _choose_bandwidth(places: Sequence[Position]) -> tuple[float, float]:
    """The width that foretells a call from all the others best (leave one out), and by how much it beats an even
    spread, in nats per call."""
    lat = np.array([place.lat for place in places])
    east, north = metres_per_degree(float(lat.mean()))
    points = np.column_stack([np.array([place.lon for place in places]) * float(east), lat * float(north)])
    box = np.maximum(np.ptp(points, axis=0), 1.0)
    even = -float(np.log(box[0] * box[1]))
    # some hundred held-out calls say which width is best as well as all do
    held_out = np.linspace(0, len(points) - 1, min(len(points), _HELD_OUT)).astype(np.int64)
    best = max(
        ((_likelihood(points, held_out, width, even), width) for width in _BANDWIDTHS_M), key=lambda pair: pair[0]
    )
    return best[1], best[0] - even


def _likelihood(points: Floats, held_out: NDArray[np.int64], width_m: float, even: float) -> float:
    """Mean log-density of the held-out points: a Gaussian around each other point, one call in a hundred anywhere."""
    total = 0.0
    for n in held_out.tolist():
        squared = ((points - points[n]) ** 2).sum(axis=1)
        near = float(np.exp(-squared / (2 * width_m**2)).sum()) - 1.0
        density = near / (2 * np.pi * width_m**2 * (len(points) - 1))
        total += math.log(0.99 * density + 0.01 * math.exp(even))
    return total / len(held_out)
