"""Places go to those who accept first, who are not always those who would be there first. Pure.

Whoever is asked beside the nearest makes it surer that a place is filled and fills it sooner, and he may take it from a
nearer one who needs some seconds more to answer. What that comes to is the mean arrival over the places, here reckoned
for people who accept or not, and when, independently of each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

#: what one more alert must bring, in seconds of the mean arrival: measured in the twin (docs/simulation.md)
ALERT_S = 5.0
#: the time to accept is cut into so many pieces that are equally likely, each at its middle
_PIECES = 12


@dataclass(frozen=True)
class Runner:
    """Somebody who is asked: seconds to the scene once he has accepted, and his chance to accept in time."""

    eta_s: float
    chance: float


@dataclass(frozen=True)
class Course:
    """What all of them have in common. ``patience_s``: after that a silence counts as no and the next one is asked,
    who needs ``next_s``; the time to accept is log-normal below that."""

    answer_s: float
    spread: float
    patience_s: float
    next_s: float


def mean_arrival_s(runners: Sequence[Runner], places: int, course: Course) -> float:
    """Mean seconds until somebody is there, over the places; one that nobody takes waits for the next to be asked.

    The i-th wins a place at t when fewer than ``places`` of the others have accepted by then:
    Σᵢ ∫ pᵢ·f(t)·P(N₋ᵢ(t) < places)·(t + eᵢ) dt.
    """
    times = _answer_times(course.answer_s, course.spread, course.patience_s)
    filled = waited_s = 0.0
    for n, at_s in enumerate(times):
        by_then = (n + 0.5) / _PIECES
        accepted = [runner.chance * by_then for runner in runners]
        for i, runner in enumerate(runners):
            wins = runner.chance / _PIECES * _fewer_than(places, accepted[:i] + accepted[i + 1 :])
            filled += wins
            waited_s += wins * (at_s + runner.eta_s)
    return (waited_s + (places - filled) * (course.patience_s + course.next_s)) / places


def brings_forward_s(runners: Sequence[Runner], one_more: Runner, places: int, course: Course) -> float:
    """By how many seconds the mean arrival is earlier when one more is asked; below 0: it is later."""
    return mean_arrival_s(runners, places, course) - mean_arrival_s([*runners, one_more], places, course)


def _fewer_than(wanted: int, chances: Sequence[float]) -> float:
    """Chance that fewer than ``wanted`` of them happen: the first terms of the Poisson-binomial distribution."""
    counts = [1.0] + [0.0] * (wanted - 1)
    for chance in chances:
        for n in range(wanted - 1, 0, -1):
            counts[n] += (counts[n - 1] - counts[n]) * chance
        counts[0] -= counts[0] * chance
    return math.fsum(counts)


@lru_cache(maxsize=256)
def _answer_times(median_s: float, spread: float, patience_s: float) -> tuple[float, ...]:
    times = NormalDist(math.log(median_s), spread)
    most = times.cdf(math.log(patience_s))
    return tuple(math.exp(times.inv_cdf(most * (n + 0.5) / _PIECES)) for n in range(_PIECES))
