"""How good somebody is, said with as much certainty as the number of his ratings allows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

#: how many ratings at the station's mean each person is lent
PRIOR_WEIGHT = 5


@dataclass(frozen=True, kw_only=True)
class Standing:
    """``n`` ratings that carry a score; ``average`` their mean; ``shrunken`` the figure to compare people by."""

    n: int
    average: float | None
    shrunken: float | None


def shrink(average: float, n: int, *, towards: float, weight: float = PRIOR_WEIGHT) -> float:
    """The mean of ``n`` scores drawn towards a common mean: Z·average + (1 - Z)·towards with Z = n / (n + weight).

    Z is the credibility factor of Bühlmann ("Experience rating and credibility", ASTIN Bulletin 4, 1967);
    the same figure is the posterior mean under a prior worth ``weight`` ratings. One five-star rating does
    not outrank forty ratings of 4.8.
    """
    if n < 0 or weight <= 0:
        raise ValueError("n is not negative and weight is positive")
    if n == 0:
        return towards
    credibility = n / (n + weight)
    return credibility * average + (1 - credibility) * towards


def standing(total: int, n: int, *, station_mean: float | None) -> Standing:
    """From the sum and number of somebody's scores. Without a rating there is no figure, not a zero."""
    if n == 0:
        return Standing(n=0, average=None, shrunken=None)
    average = total / n
    towards = average if station_mean is None else station_mean
    return Standing(n=n, average=average, shrunken=shrink(average, n, towards=towards))
