"""The greedy choice of new places."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.coverage.greedy import greedy_cover

cells = [f"c{n}" for n in range(8)]
weights = st.dictionaries(st.sampled_from(cells), st.integers(1, 20).map(float), min_size=1)
covers = st.lists(st.frozensets(st.sampled_from(cells)), min_size=1, max_size=7)


def worth(weight: dict[str, float], chosen: list[frozenset[str]]) -> float:
    return sum(weight.get(cell, 0.0) for cell in frozenset().union(*chosen)) if chosen else 0.0


@given(weights, covers, st.integers(1, 4))
@settings(max_examples=200)
def test_each_pick_gains_no_more_than_the_one_before_and_all_together_two_thirds_of_the_best(
    weight: dict[str, float], cover: list[frozenset[str]], count: int
) -> None:
    picks = greedy_cover(weight, list(enumerate(cover)), count)
    gains = [pick.gain for pick in picks]
    assert gains == sorted(gains, reverse=True)
    assert all(gain > 0 for gain in gains)
    got = worth(weight, [cover[pick.candidate] for pick in picks])
    assert math.isclose(got, sum(gains))
    best = max(worth(weight, list(some)) for some in combinations(cover, min(count, len(cover))))
    assert got >= (1 - 1 / math.e) * best - 1e-9


def test_the_first_of_equals_is_taken_and_nothing_that_gains_nothing() -> None:
    picks = greedy_cover({"c0": 2.0, "c1": 1.0}, [("a", {"c0"}), ("b", {"c0"}), ("c", {"c1"})], 5)
    assert [(pick.candidate, pick.gain) for pick in picks] == [("a", 2.0), ("c", 1.0)]
