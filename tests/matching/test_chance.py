"""Rules of the chance that enough will come."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.chance import (
    at_least,
    count_accepting,
    count_fewest,
    expected_arrival_s,
    silence_s,
)

rates = st.floats(0.0, 1.0)
crowds = st.lists(rates, max_size=9)


def outcomes(chances: list[float]) -> list[tuple[tuple[bool, ...], float]]:
    """Every possible set of answers with its chance."""
    return [
        (answers, math.prod(p if yes else 1 - p for p, yes in zip(chances, answers, strict=True)))
        for answers in itertools.product((True, False), repeat=len(chances))
    ]


@given(crowds)
def test_the_distribution_equals_a_count_of_all_possible_answers(chances: list[float]) -> None:
    counted = [0.0] * (len(chances) + 1)
    for answers, chance in outcomes(chances):
        counted[sum(answers)] += chance
    assert count_accepting(chances) == pytest.approx(counted, abs=1e-12)
    assert sum(count_accepting(chances)) == pytest.approx(1.0)


@given(crowds, st.integers(0, 5))
def test_one_more_who_is_asked_never_lowers_the_chance(chances: list[float], wanted: int) -> None:
    for number in range(len(chances)):
        assert at_least(chances[: number + 1], wanted) >= at_least(chances[:number], wanted) - 1e-12


@given(crowds, st.integers(0, 4), rates, rates)
def test_who_wants_to_be_surer_asks_the_same_and_more(chances: list[float], wanted: int, a: float, b: float) -> None:
    less, more = sorted((a, b))
    few, many = (count_fewest(chances, wanted, target) for target in (less, more))
    if many is not None:
        assert few is not None
        assert few <= many


@given(crowds, st.integers(1, 4), rates)
def test_the_fewest_reach_the_target_and_one_fewer_does_not(chances: list[float], wanted: int, target: float) -> None:
    number = count_fewest(chances, wanted, target)
    if number is None:
        assert at_least(chances, wanted) < target
        return
    assert at_least(chances[:number], wanted) >= target - 1e-9
    if number > 0:
        assert at_least(chances[: number - 1], wanted) < target


@given(st.lists(st.tuples(st.floats(1.0, 900.0), st.floats(0.05, 0.95)), min_size=1, max_size=7), st.integers(1, 3))
def test_the_expected_arrival_is_the_mean_over_all_possible_answers(
    people: list[tuple[float, float]], wanted: int
) -> None:
    reached = weighed = 0.0
    for answers, chance in outcomes([p for _, p in people]):
        there = sorted(seconds for (seconds, _), yes in zip(people, answers, strict=True) if yes)
        if len(there) >= wanted:
            reached += chance
            weighed += chance * there[wanted - 1]
    found = expected_arrival_s(people, wanted)
    if len(people) < wanted:
        assert found is None
    else:
        assert found == pytest.approx(weighed / reached)


def one_after_another(people: list[tuple[float, float]], patience_s: float, nobody_s: float) -> float:
    """Mean seconds until somebody is there when they are asked one by one."""
    total, still = 0.0, 1.0
    for n, (seconds, chance) in enumerate(people):
        total += still * chance * (n * patience_s + seconds)
        still *= 1 - chance
    return total + still * (len(people) * patience_s + nobody_s)


@given(
    st.lists(st.tuples(st.floats(10.0, 600.0), st.floats(0.1, 1.0)), min_size=2, max_size=5),
    st.floats(5.0, 60.0),
)
def test_asked_by_way_and_silence_the_first_is_there_soonest_of_all_orders(
    people: list[tuple[float, float]], patience_s: float
) -> None:
    ranked = sorted(people, key=lambda one: one[0] + silence_s(one[1], patience_s))
    best = min(one_after_another(list(order), patience_s, 900.0) for order in itertools.permutations(people))
    assert one_after_another(ranked, patience_s, 900.0) == pytest.approx(best, rel=1e-9)
