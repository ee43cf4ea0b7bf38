"""Rules of how many are asked, and of who is spared."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.labels import say_plan, say_why
from dispatch.matching.rank import count_to_ask, rank
from dispatch.matching.values import Candidate, Exclusion, NeedValue, Plan, ShortfallReason, Weights
from tests.matching.test_rank import POSTS, SCENE, a_guard, a_need, crowds, ids, ways
from tests.support.people import START

WEIGHTS = Weights(rest_s=600.0, alerts_per_hour=3, alerts_per_shift=10)
surely = st.sampled_from([0.05, 0.3, 0.5, 0.78, 0.95])


def wanting(target: float = 0.9, **values: object) -> NeedValue:
    return a_need(target_chance=target, accept_s=40.0, within_s=40.0, **{"alert_factor": 5.0, **values})


def plan(need: NeedValue, *crowd: Candidate, weights: Weights = WEIGHTS) -> Plan:
    return rank(need, SCENE, crowd, ways(*crowd), weights, START)


def test_as_many_are_asked_as_the_wanted_chance_takes_and_the_rest_wait_in_order() -> None:
    made = plan(wanting(places=1), *(a_guard(n, 100.0 + n, chance=0.7) for n in range(6)))
    assert (ids(made.chosen), ids(made.reserves)) == ([0, 1], [2, 3, 4, 5])
    assert made.chance == 0.91
    assert (made.ask, made.shortfall) == (2, ())


def test_whoever_is_asked_and_thinks_counts_with_the_chance_that_is_left_to_him() -> None:
    crowd = [a_guard(n, 100.0 + n, chance=0.7) for n in range(6)]
    assert len(plan(wanting(places=1, waiting=1, pending=(0.7,)), *crowd).chosen) == 1
    assert len(plan(wanting(places=1, waiting=1, pending=(0.05,)), *crowd).chosen) == 2


def test_never_more_are_asked_than_the_scenario_allows() -> None:
    made = plan(wanting(0.99, places=2, alert_factor=1.5), *(a_guard(n, 100.0, chance=0.3) for n in range(9)))
    assert (made.ask, len(made.chosen), made.chance) == (3, 3, 0.216)


def test_a_command_goes_to_as_many_as_are_needed_however_sure_they_are() -> None:
    need = wanting(places=2, mode="command")
    assert len(plan(need, *(a_guard(n, chance=0.95) for n in range(4))).chosen) == 2


def test_without_a_wanted_chance_the_factor_alone_decides() -> None:
    crowd = [a_guard(n, 100.0 + n, chance=0.95) for n in range(9)]
    assert len(plan(a_need(alert_factor=3.0), *crowd).chosen) == 6


@given(crowds, st.lists(surely, min_size=12, max_size=12), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_who_wants_to_be_surer_asks_the_same_people_and_more(
    crowd: list[Candidate], chances: list[float], one: float, other: float
) -> None:
    crowd = [dataclasses.replace(c, chance=p, asked=False) for c, p in zip(crowd, chances, strict=False)]
    less, more = (plan(wanting(target), *crowd) for target in sorted((one, other)))
    few, many = (tuple(s.responder_id for s in made.chosen) for made in (less, more))
    assert many[: len(few)] == few


def test_a_guard_who_never_answers_is_asked_after_one_who_does() -> None:
    made = plan(wanting(0.5, places=1), a_guard(1, 100.0, chance=0.1), a_guard(2, 160.0, chance=0.9))
    assert ids(made.chosen) == [2]
    assert made.reserves[0].parts.silence_s == 360.0


def test_a_tired_one_is_spared_as_long_as_there_is_anybody_else() -> None:
    tired = a_guard(1, 50.0, last_done_at=START - timedelta(seconds=300))
    made = plan(a_need(places=1, alert_factor=2.0), tired, a_guard(2, 500.0))
    assert (ids(made.chosen), ids(made.reserves)) == ([2], [1])
    assert made.reserves[0].waived is Exclusion.RESTING
    assert [(s.reason, s.count) for s in made.shortfall] == [(ShortfallReason.ALL_SPARED, 1)]


def test_rather_than_leaving_a_place_empty_the_tired_one_is_asked_and_the_reason_stands_there() -> None:
    often = a_guard(1, 50.0, alerts_hour=3)
    rested = a_guard(2, 60.0, last_done_at=START - timedelta(seconds=601), alerts_hour=2, alerts_shift=9)
    made = plan(a_need(places=2, alert_factor=1.0), often, rested)
    assert ids(made.chosen) == [2, 1]
    assert [scored.waived for scored in made.chosen] == [None, Exclusion.OVER_BUDGET]
    assert "近期请求次数已达上限，因无其他力量仍可下发" in say_why(made.chosen[1])


def test_a_device_that_was_not_heard_of_for_long_is_no_device() -> None:
    weights = Weights(proven_s=900.0)
    silent = a_guard(1, proven_at=START - timedelta(seconds=901))
    heard = a_guard(2, proven_at=START - timedelta(seconds=899))
    made = plan(a_need(), silent, heard, a_guard(3), weights=weights)
    assert ids(made.chosen) == [2]
    assert {e.reason for e in made.excluded} == {Exclusion.UNPROVEN}


def test_to_a_danger_go_only_those_kinds_and_skills_that_may() -> None:
    assert [e.reason for e in plan(a_need(barred=True), a_guard(1)).excluded] == [Exclusion.BARRED]
    made = plan(a_need(danger_skills=("riot",)), a_guard(1), a_guard(2, skills=("riot",)))
    assert ids(made.chosen) == [2]


def test_the_lone_post_stays_whatever_a_station_would_pay() -> None:
    paying = Weights(below_post_s=120.0)
    lone = a_guard(1, 10.0, post_id=POSTS[0], post_spare=0, post_present=1)
    pair = [a_guard(n, 20.0, post_id=POSTS[1], post_spare=0, post_present=2) for n in (2, 3)]
    made = plan(a_need(places=3, alert_factor=1.0), lone, *pair, a_guard(4, 500.0), weights=paying)
    assert ids(made.chosen) == [2, 4], "one of the pair goes, at its price; one stays"
    assert made.chosen[0].parts.post_s == 120.0
    assert {e.responder_id.int - 1000 for e in made.excluded} == {1, 3}
    forbidding = plan(a_need(places=3, alert_factor=1.0), lone, *pair, a_guard(4, 500.0))
    assert ids(forbidding.chosen) == [4]


def test_who_alone_keeps_a_safe_house_that_is_needed_stays_in_it() -> None:
    made = plan(a_need(), a_guard(1, 10.0, keeps_house=True), a_guard(2, 300.0))
    assert ids(made.chosen) == [2]
    assert made.excluded[0].reason is Exclusion.KEEPS_SAFE_HOUSE


def test_who_knows_the_place_goes_before_an_equal_one_who_does_not() -> None:
    made = plan(a_need(places=1, alert_factor=1.0), a_guard(1, familiar=False), a_guard(2, familiar=True))
    assert ids(made.chosen) == [2]


def test_a_patrol_of_the_beat_goes_before_an_equal_one_of_another() -> None:
    need = a_need(kind="patrol_unit", mode="command", places=1)
    cars = [a_guard(n, kind="patrol_unit", in_beat=n == 2) for n in (1, 2)]
    made = plan(need, *cars)
    assert ids(made.chosen) == [2]
    assert made.reserves[0].parts.beat_s == 30.0


def test_the_sentence_says_when_he_is_there_and_how_surely_he_comes() -> None:
    made = plan(wanting(places=1), a_guard(1, 140.0, chance=0.78, turnout_s=30.0, tries=30))
    assert say_why(made.chosen[0]).startswith("预计 2 分 10 秒到场，签收可能 78 %（近 30 次）；")
    assert say_plan(made, places=1) == "请求 1 人，1 人按时签收的把握 78 %，到齐预计 2 分 10 秒"
    assert count_to_ask(wanting(places=1)) == 5
