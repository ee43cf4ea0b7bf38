"""How sure it is that enough of those who are asked will come. Exact arithmetic over independent chances. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

#: two chances that differ by less are the same: sums of floats in another order must not ask one more
_SAME = 1e-12


def add_one(counts: Sequence[float], chance: float) -> list[float]:
    """The distribution of how many accept, with one more who accepts with ``chance``."""
    longer = [*counts, 0.0]
    return [share * (1.0 - chance) + (longer[n - 1] * chance if n else 0.0) for n, share in enumerate(longer)]


def count_accepting(chances: Sequence[float]) -> list[float]:
    """Chance that exactly 0, 1, … of them accept: the Poisson-binomial distribution, by convolution.

    Exact, O(n²): the recursion of Wang, "On the number of successes in independent trials", Statistica Sinica 3, 1993.
    """
    counts = [1.0]
    for chance in chances:
        counts = add_one(counts, chance)
    return counts


def at_least(chances: Sequence[float], wanted: int) -> float:
    """Chance that ``wanted`` of them or more accept."""
    return tail(count_accepting(chances), wanted)


def tail(counts: Sequence[float], wanted: int) -> float:
    """The share of a distribution at ``wanted`` and above."""
    # what is left below the mark is the smaller sum as soon as the question is interesting
    return 1.0 if wanted <= 0 else max(0.0, 1.0 - math.fsum(counts[:wanted]))


def reaches(chance: float, target: float) -> bool:
    """Whether ``chance`` is ``target`` or more."""
    return chance >= target - _SAME


def count_fewest(chances: Sequence[float], wanted: int, target: float, *, already: Sequence[float] = ()) -> int | None:
    """How many of the first of ``chances`` to ask so that with ``already`` at least ``wanted`` accept at ``target``.

    None: all of them are not enough.
    """
    counts = count_accepting(already)
    for number in range(len(chances) + 1):
        if reaches(tail(counts, wanted), target):
            return number
        if number < len(chances):
            counts = add_one(counts, chances[number])
    return None


def expected_arrival_s(people: Sequence[tuple[float, float]], wanted: int) -> float | None:
    """Mean seconds until ``wanted`` are there, if that many accept: from (seconds to the scene, chance) of each.

    Ordered by seconds, the j-th is the one who completes the number if he accepts and exactly ``wanted`` - 1 before
    him did. None: so many can never come.
    """
    if wanted <= 0:
        return 0.0
    counts, reached, weighed = [1.0], 0.0, 0.0
    for seconds, chance in sorted(people):
        before = counts[wanted - 1] if len(counts) >= wanted else 0.0
        reached += before * chance
        weighed += before * chance * seconds
        counts = add_one(counts, chance)
    return weighed / reached if reached > 0.0 else None


def silence_s(chance: float, patience_s: float) -> float:
    """Seconds lost on average to his silence: ``patience_s`` for each time that somebody like him does not accept.

    Asked one after another, people are best asked by ascending e + w / p (e seconds to the scene, p chance to
    accept, w seconds until silence is noticed): exchanging two neighbours changes the expected wait by
    p·q·((e₁ + w/p) - (e₂ + w/q)), the argument of Smith, "Various optimizers for single-stage production", 1956.
    Here w / p less w, which is the same for all, so that who always accepts costs nothing.
    """
    return patience_s * (1.0 / max(chance, _FLOOR) - 1.0)


#: whoever never answered may answer now
_FLOOR = 0.05
