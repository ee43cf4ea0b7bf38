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

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

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
    times_s, by_then = _answer_times(course.answer_s, course.spread, course.patience_s)
    chances = np.array([runner.chance for runner in runners])
    etas_s = np.array([runner.eta_s for runner in runners])
    # (piece, i): chance that fewer than ``places`` of the others have accepted by then; counts: the first terms of the
    # Poisson-binomial distribution of how many have
    counts = np.zeros((places, _PIECES, len(runners)))
    counts[0] = 1.0
    for j, chance in enumerate(chances.tolist()):
        accepted = np.repeat(by_then * chance, len(runners), axis=1)
        accepted[:, j] = 0.0
        counts[1:] += (counts[:-1] - counts[1:]) * accepted
        counts[0] *= 1.0 - accepted
    wins = counts.sum(axis=0) * chances / _PIECES
    waited_s = float((wins * (times_s + etas_s)).sum())
    return (waited_s + (places - float(wins.sum())) * (course.patience_s + course.next_s)) / places


def brings_forward_s(runners: Sequence[Runner], one_more: Runner, places: int, course: Course) -> float:
    """By how many seconds the mean arrival is earlier when one more is asked; below 0: it is later."""
    forward_s = mean_arrival_s(runners, places, course) - mean_arrival_s([*runners, one_more], places, course)
    # two machines need not agree on the last digit of a sum
    return round(forward_s, 6)


@lru_cache(maxsize=256)
def _answer_times(median_s: float, spread: float, patience_s: float) -> tuple[Floats, Floats]:
    """In columns: the middle of each piece in seconds, and the share of the acceptances that has come by then."""
    times = NormalDist(math.log(median_s), spread)
    by_then = (np.arange(_PIECES) + 0.5) / _PIECES
    most = times.cdf(math.log(patience_s))
    times_s = np.array([math.exp(times.inv_cdf(most * share)) for share in by_then.tolist()])
    return times_s[:, None], by_then[:, None]
