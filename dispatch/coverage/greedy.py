"""Where a few more places would help most: greedy maximal cover. Pure.

Each round takes the candidate that covers the most of what nobody covers yet. That is never worse than 1 - 1/e
(63 %) of the best choice of as many (Nemhauser, Wolsey and Fisher, 1978), and nothing better is known that is quick.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

C = TypeVar("C")


@dataclass(frozen=True)
class Pick(Generic[C]):
    """A candidate, and the weight that it covers beyond those before it."""

    candidate: C
    gain: float


def greedy_cover(
    weights: Mapping[str, float], covers: Sequence[tuple[C, Collection[str]]], count: int
) -> list[Pick[C]]:
    """At most ``count`` of the candidates, the best first; none that gains nothing. The first of equals is taken."""
    open_ = dict(weights)
    left = [(candidate, set(cells)) for candidate, cells in covers]
    picks: list[Pick[C]] = []
    while left and len(picks) < count:
        gains = [sum(open_.get(cell, 0.0) for cell in sorted(cells)) for _, cells in left]
        best = max(range(len(left)), key=lambda n: (gains[n], -n))
        if gains[best] <= 0:
            break
        candidate, cells = left.pop(best)
        picks.append(Pick(candidate=candidate, gain=gains[best]))
        for cell in cells:
            open_.pop(cell, None)
    return picks
