"""Percentiles, shares, inequality: against the libraries that are known to be right."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dispatch.figures.statistics import gini, quantile, ranks_around, share

#: seconds and counts to the millionth: half of the smallest float of all is nothing, also to numpy
values = st.lists(st.floats(0, 1e6).map(lambda value: round(value, 6)), min_size=1, max_size=60)


@given(values, st.floats(0.01, 0.99))
def test_a_percentile_is_numpys(numbers: list[float], p: float) -> None:
    assert quantile(sorted(numbers), p).value == pytest.approx(float(np.quantile(numbers, p)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 5, 6, 20, 59, 250, 900])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9, 0.95])
def test_its_bounds_are_the_order_statistics_of_the_binomial(n: int, p: float) -> None:
    low, high = ranks_around(n, p)
    below = [r for r in range(1, n + 1) if stats.binom.cdf(r - 1, n, p) <= 0.025 + 1e-12]
    above = [r for r in range(1, n + 1) if stats.binom.sf(r - 1, n, p) <= 0.025 + 1e-12]
    assert low == (max(below) if below else None)
    assert high == (min(above) if above else None)


def test_the_bounds_hold_the_true_percentile_nineteen_times_of_twenty() -> None:
    chance = random.Random(11)
    true_p90 = float(stats.expon.ppf(0.9))
    held = 0
    for _ in range(400):
        found = quantile(sorted(chance.expovariate(1) for _ in range(120)), 0.9)
        assert found.low is not None and found.high is not None
        held += found.low <= true_p90 <= found.high
    assert held / 400 >= 0.93


def test_many_cases_are_bounded_nearly_as_few_are() -> None:
    low, high = ranks_around(4000, 0.9)
    exact = (stats.binom.ppf(0.025, 4000, 0.9), stats.binom.ppf(0.975, 4000, 0.9) + 1)
    assert low is not None and high is not None
    assert abs(low - exact[0]) <= 2 and abs(high - exact[1]) <= 2


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_share_is_wilsons(a: int, b: int) -> None:
    count, n = min(a, b), max(a, b)
    found = share(count, n)
    if n == 0:
        assert (found.value, found.low, found.high) == (None, None, None)
        return
    expected = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(values)
def test_gini_is_the_mean_difference_of_all_pairs(numbers: list[float]) -> None:
    found = gini(numbers)
    if sum(numbers) <= 0:
        assert found is None
        return
    pairs = np.abs(np.subtract.outer(numbers, numbers)).mean()
    assert found == pytest.approx(pairs / (2 * np.mean(numbers)), abs=1e-9)


def test_one_who_is_asked_for_all_is_the_most_uneven() -> None:
    assert gini([1, 1, 1, 1]) == pytest.approx(0)
    assert gini([0, 0, 0, 4]) == pytest.approx(0.75)
