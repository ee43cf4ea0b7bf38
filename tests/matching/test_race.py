"""Rules of places that go to whoever accepts first."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.labels import say_plan
from dispatch.matching.race import ALERT_S, Course, Runner, brings_forward_s, mean_arrival_s
from dispatch.matching.rank import rank
from dispatch.matching.values import NeedValue, Plan, Weights
from tests.matching.test_rank import SCENE, a_guard, a_need, ids, ways
from tests.support.people import START

COURSE = Course(answer_s=12.0, spread=0.6, patience_s=40.0, next_s=300.0)
runners = st.lists(st.builds(Runner, st.floats(30.0, 900.0), st.floats(0.0, 1.0)), min_size=1, max_size=6)


def _played_s(crowd: list[Runner], places: int, course: Course, chance: random.Random) -> float:
    """The mean arrival of one race that is really run."""
    answers = []
    for runner in crowd:
        answer_s = math.inf
        while answer_s > course.patience_s:
            answer_s = course.answer_s * math.exp(course.spread * chance.gauss(0.0, 1.0))
        if chance.random() < runner.chance:
            answers.append((answer_s, runner.eta_s))
    won = sorted(answers)[:places]
    empty_s = (places - len(won)) * (course.patience_s + course.next_s)
    return (sum(answer_s + eta_s for answer_s, eta_s in won) + empty_s) / places


@pytest.mark.parametrize("places", [1, 2, 3])
def test_it_is_the_mean_of_races_that_are_run(places: int) -> None:
    crowd = [Runner(120.0, 0.6), Runner(200.0, 0.9), Runner(420.0, 0.4), Runner(260.0, 0.5)]
    chance = random.Random(places)
    played = [_played_s(crowd, places, COURSE, chance) for _ in range(6000)]
    assert mean_arrival_s(crowd, places, COURSE) == pytest.approx(sum(played) / len(played), rel=0.02)


def test_a_lone_one_who_always_accepts_needs_his_answer_and_his_way() -> None:
    alone_s = mean_arrival_s([Runner(200.0, 1.0)], 1, COURSE)
    assert 200.0 + 12.0 < alone_s < 200.0 + 18.0


@given(runners, st.integers(1, 4))
def test_an_arrival_lies_between_the_quickest_way_and_the_next_ones_after_a_silence(
    crowd: list[Runner], places: int
) -> None:
    ways_s = [runner.eta_s for runner in crowd] + [COURSE.next_s]
    found = mean_arrival_s(crowd, places, COURSE)
    assert min(ways_s) <= found <= max(ways_s) + COURSE.patience_s


@given(runners, st.integers(1, 4), st.floats(0.01, 1.0))
def test_the_farther_one_more_is_away_the_less_he_brings(crowd: list[Runner], places: int, chance: float) -> None:
    brought = [brings_forward_s(crowd, Runner(eta_s, chance), places, COURSE) for eta_s in (60.0, 200.0, 500.0)]
    assert all(near >= far - 1e-9 for near, far in pairwise(brought))


def _plan(need: NeedValue, *etas_m: float) -> Plan:
    crowd = [a_guard(n, metres, chance=0.7) for n, metres in enumerate(etas_m)]
    return rank(need, SCENE, crowd, ways(*crowd), Weights(alert_s=ALERT_S), START)


def _wanting(**values: object) -> NeedValue:
    timed = {
        "radius_m": 9000.0,
        "accept_s": 40.0,
        "within_s": 40.0,
        "answer_s": 12.0,
        "answer_spread": 0.6,
        "alert_factor": 5.0,
    }
    return a_need(places=1, target_chance=0.95, **{**timed, **values})


def test_a_far_one_who_would_take_the_place_from_the_nearest_is_not_asked_with_him() -> None:
    made = _plan(_wanting(), 100.0, 1500.0, 1600.0)
    assert (ids(made.chosen), ids(made.reserves)) == ([0], [1, 2])
    assert (made.ask, made.chance, made.held, made.shortfall) == (1, 0.7, True, ())
    assert say_plan(made, places=1) == (
        "请求 1 人，1 人按时签收的把握 70 %，到齐预计 2 分 53 秒；再多请求把握更大，但不会更早到场"
    )


def test_one_beside_the_nearest_is_asked_with_him() -> None:
    made = _plan(_wanting(), 100.0, 110.0, 1600.0)
    assert (ids(made.chosen), made.held) == ([0, 1], True)


def test_without_a_known_time_to_answer_the_wanted_chance_alone_decides() -> None:
    made = _plan(_wanting(answer_s=None), 100.0, 1500.0, 1600.0)
    assert (ids(made.chosen), made.held) == ([0, 1, 2], False)


def test_who_is_refilled_for_is_asked_however_far_he_is() -> None:
    """A place that nobody could take any more is worse than any way."""
    assert ids(_plan(_wanting(waiting=0), 5000.0).chosen) == [0]
