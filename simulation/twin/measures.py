"""What came of a run, in numbers. Pure; the same run gives the same figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.twin.rota import HOUR_S
from simulation.twin.run import Run

Floats = NDArray[np.float64]

#: samples of the bootstrap
_SAMPLES = 1000
#: hours count only while calls come in: a file may hold one afternoon a month. A pause is longer than this, and than
#: so many times the usual wait between two calls
_PAUSE_S, _USUAL_WAITS = HOUR_S, 20
#: before the first call and after the last one of a stretch
_MARGIN_S = HOUR_S / 4


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One policy's. Seconds from the call to the first helper at the scene, over all incidents: whoever came to
    nobody's help counts as never (None where the quantile lies there). ``*_low``, ``*_high``: 95 % of the bootstrap.
    """

    policy: str
    incidents: int
    served: float
    p50_s: float | None
    p50_low_s: float | None
    p50_high_s: float | None
    p90_s: float | None
    p90_low_s: float | None
    p90_high_s: float | None
    #: share of all incidents with a helper there within the target
    within_target: float
    alerts: float
    #: per incident: set out, and were not needed
    needless: float
    unserved: int
    #: of alerts per hour on duty, over the guards: 0 all alike, 1 one has all
    gini: float
    #: minutes that gates stood below their minimum because somebody was sent, per 100 incidents
    bare_post_min: float


def measure(run: Run, *, target_s: float, seed: int) -> Figures:
    """The figures of one run."""
    first_s = first_arrivals(run)
    p50, p90 = (_with_interval(first_s, q, seed) for q in (0.5, 0.9))
    count = len(run.incidents)
    return Figures(
        policy=run.policy.name,
        incidents=count,
        served=_round(float(np.isfinite(first_s).mean()), 4),
        p50_s=p50[0],
        p50_low_s=p50[1],
        p50_high_s=p50[2],
        p90_s=p90[0],
        p90_low_s=p90[1],
        p90_high_s=p90[2],
        within_target=_round(float((first_s <= target_s).mean()), 4),
        alerts=_round(float(alerts(run).mean()), 3),
        needless=_round(sum(incident.needless for incident in run.incidents) / count, 3),
        unserved=int(np.isinf(first_s).sum()),
        gini=_round(gini(alerts_per_hour(run)), 3),
        bare_post_min=_round(bare_post_s(run) / 60 / count * 100, 1),
    )


def first_arrivals(run: Run) -> Floats:
    """Seconds to the first helper, per incident in the order of the calls; inf: nobody came."""
    arrived = [
        np.inf if incident.first_arrival_s is None else incident.first_arrival_s - incident.call.at_s
        for incident in run.incidents
    ]
    return np.array(arrived, dtype=np.float64)


def alerts(run: Run) -> Floats:
    """People asked, per incident."""
    return np.array([sum(1 for _ in incident.orders) for incident in run.incidents], dtype=np.float64)


def quantile(values: Floats, q: float) -> float | None:
    """The smallest value that a share ``q`` does not exceed; None where that is never."""
    found = float(np.quantile(values, q, method="inverted_cdf"))
    return found if np.isfinite(found) else None


def alerts_per_hour(run: Run) -> Floats:
    """Of every guard who was on duty at all while calls came in."""
    asked = np.zeros(len(run.city.guards))
    for incident in run.incidents:
        for order in incident.orders:
            asked[order.guard.number] += 1
    hours = run.city.rota.hours_within(busy_spans([incident.call.at_s for incident in run.incidents]))
    per_hour: Floats = asked[hours > 0] / hours[hours > 0]
    return per_hour


def busy_spans(times: Sequence[float]) -> list[tuple[float, float]]:
    """The stretches in which calls follow each other without a pause."""
    spans: list[tuple[float, float]] = []
    ordered = sorted(times)
    usual_s = float(np.median(np.diff(ordered))) if len(ordered) > 1 else 0.0
    for at_s in ordered:
        if spans and at_s - spans[-1][1] <= max(_PAUSE_S, _USUAL_WAITS * usual_s):
            spans[-1] = (spans[-1][0], at_s)
        else:
            spans.append((at_s, at_s))
    return [(begin - _MARGIN_S, end + _MARGIN_S) for begin, end in spans]


def gini(values: Floats) -> float:
    """0: all have the same; 1: one has everything."""
    total = float(values.sum())
    if total == 0.0:
        return 0.0
    ordered = np.sort(values)
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def bare_post_s(run: Run) -> float:
    """Seconds that posts stood below their minimum, or below their roster where that is less, for somebody away."""
    city, total = run.city, 0.0
    for post in city.posts:
        away = sorted(
            (max(left, run.since_s), back)
            for number in city.members_of(post.number)
            for left, back in city.away.get(number, ())
            if back > run.since_s
        )
        edges = sorted({edge for span in away for edge in span})
        for begin, end in pairwise(edges):
            gone = sum(1 for left, back in away if left <= begin and end <= back)
            if gone:
                on_duty = city.rota.on_duty((begin + end) / 2)
                rostered = int(sum(on_duty[number] for number in city.members_of(post.number)))
                total += (end - begin) * max(0, min(post.minimum, rostered) - max(0, rostered - gone))
    return total


def rows(figures: Iterable[Figures]) -> list[dict[str, Any]]:
    """For a table or a file, one per policy."""
    return [{field.name: getattr(one, field.name) for field in fields(Figures)} for one in figures]


def _with_interval(values: Floats, q: float, seed: int) -> tuple[float | None, float | None, float | None]:
    """The quantile, and between what it lies when incidents are drawn again (percentile bootstrap)."""
    chance = np.random.default_rng(seed)
    drawn = np.sort(values)[np.sort(chance.integers(0, len(values), (_SAMPLES, len(values))), axis=1)]
    at = max(0, int(np.ceil(q * len(values))) - 1)
    low, high = np.quantile(drawn[:, at], [0.025, 0.975], method="inverted_cdf")
    return (
        _round_or_none(quantile(values, q)),
        _round_or_none(float(low) if np.isfinite(low) else None),
        _round_or_none(float(high) if np.isfinite(high) else None),
    )


def _round(value: float, digits: int) -> float:
    return round(value, digits)


def _round_or_none(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
