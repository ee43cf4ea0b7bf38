"""Several policies on the same incidents, people and dice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.twin.generate import Population
from simulation.twin.ground import Ground
from simulation.twin.measures import Figures, Floats, alerts, first_arrivals, measure
from simulation.twin.run import Run, play
from simulation.twin.spelling import read_policy
from simulation.twin.values import Call

_SAMPLES = 1000


@dataclass(frozen=True, kw_only=True)
class Case:
    """What all policies share."""

    calls: Sequence[Call]
    population: Population
    ground: Ground
    seed: int
    target_s: float = 480.0
    #: so many of the first calls are played and not measured
    warm_up: int = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """One policy's figures, and its incidents one by one for comparisons in pairs."""

    figures: Figures
    first_s: Floats
    alerts: Floats


def compare(
    case: Case, policies: Sequence[str], *, progress: Callable[[str, Run], None] = lambda name, run: None
) -> list[Result]:
    """One result per policy as it is spelled, in that order."""
    results = []
    for text in policies:
        run = play(case.calls, case.population, case.ground, read_policy(text), seed=case.seed)
        progress(text, run)
        run = run.after(case.warm_up)
        figures = measure(run, target_s=case.target_s, seed=case.seed)
        results.append(Result(figures=figures, first_s=first_arrivals(run), alerts=alerts(run)))
    return results


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``one`` less ``other`` on the same incidents: share in time and alerts per incident, with 95 % intervals."""

    one: str
    other: str
    in_time: tuple[float, float, float]
    alerts: tuple[float, float, float]


def differ(one: Result, other: Result, *, target_s: float, seed: int) -> Difference:
    """In pairs: what chance did to both alike falls out."""
    in_time = (one.first_s <= target_s).astype(float) - (other.first_s <= target_s).astype(float)
    return Difference(
        one=one.figures.policy,
        other=other.figures.policy,
        in_time=_mean_with_interval(in_time, seed),
        alerts=_mean_with_interval(one.alerts - other.alerts, seed),
    )


def _mean_with_interval(values: Floats, seed: int) -> tuple[float, float, float]:
    chance = np.random.default_rng(seed)
    means = values[chance.integers(0, len(values), (_SAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return round(float(values.mean()), 4), round(float(low), 4), round(float(high), 4)
