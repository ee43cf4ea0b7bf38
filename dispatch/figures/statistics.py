"""Percentiles, shares and inequality, each with how sure it is. Pure.

No figure without its n: a percentile comes with the confidence interval that the order statistics give (exact,
whatever the distribution), a share with Wilson's. Where n is too small for a bound there is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: two-sided
CONFIDENCE = 0.95
_Z = 1.959963984540054
#: above this the binomial is as good as normal
_EXACT_UP_TO = 1_000


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """The value below which the share ``p`` lies; low and high bound it with 95 %, None where n is too small."""

    p: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Share:
    """``count`` of ``n``; value, low and high are None for n = 0."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def quantile(ordered: Sequence[float], p: float) -> Quantile:
    """Of ascending values, at least one: linear between the two neighbours, as spreadsheets and NumPy do."""
    n = len(ordered)
    place = (n - 1) * p
    lower = math.floor(place)
    upper = min(lower + 1, n - 1)
    value = ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower)
    low, high = ranks_around(n, p)
    return Quantile(
        p=p,
        value=value,
        low=ordered[low - 1] if low is not None else None,
        high=ordered[high - 1] if high is not None else None,
    )


def ranks_around(n: int, p: float) -> tuple[int | None, int | None]:
    """The ranks (from 1) of the values between which the true percentile lies with 95 %.

    The number of values below it is binomial(n, p): each tail may hold 2.5 %. None: no value is so far out.
    """
    tail = (1 - CONFIDENCE) / 2
    # P(percentile below the value of rank r) = P(B <= r - 1); P(above rank s) = P(B >= s)
    low = _largest(n, p, tail)
    high = _largest(n, 1 - p, tail)
    return low, None if high is None else n + 1 - high


def _largest(n: int, p: float, tail: float) -> int | None:
    """The largest rank r with P(B <= r - 1) <= tail."""
    if n > _EXACT_UP_TO:
        rank = math.floor(n * p - _Z * math.sqrt(n * p * (1 - p)))
        return rank if rank >= 1 else None
    total, rank = 0.0, 0
    for k in range(n):
        total += math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            + k * math.log(p) + (n - k) * math.log1p(-p)
        )  # fmt: skip
        if total > tail:
            break
        rank = k + 1
    return rank or None


def share(count: int, n: int) -> Share:
    """Wilson's interval: good for few cases and for shares near 0 and 1."""
    if n == 0:
        return Share(count=count, n=0, value=None, low=None, high=None)
    part = count / n
    centre = part + _Z**2 / (2 * n)
    spread = _Z * math.sqrt(part * (1 - part) / n + _Z**2 / (4 * n**2))
    divisor = 1 + _Z**2 / n
    return Share(
        count=count,
        n=n,
        value=part,
        low=max(0.0, (centre - spread) / divisor),
        high=min(1.0, (centre + spread) / divisor),
    )


def gini(values: Sequence[float]) -> float | None:
    """How unevenly a burden lies: 0 all alike, near 1 all on one. None when nobody bears anything."""
    total = sum(values)
    if not values or total <= 0:
        return None
    ordered = sorted(values)
    n = len(ordered)
    weighted = sum((place + 1) * value for place, value in enumerate(ordered))
    return 2 * weighted / (n * total) - (n + 1) / n
