"""Rules of the choice, for any input."""

from __future__ import annotations

import dataclasses
import json
import random
import uuid
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching import labels, labels_en
from dispatch.matching.fitness import find_exclusion
from dispatch.matching.rank import count_to_ask, rank, replay
from dispatch.matching.stored import dump_inputs, read_inputs, read_plan, write_plan
from dispatch.matching.values import (
    Candidate,
    Exclusion,
    Inputs,
    NeedValue,
    Scene,
    ShortfallReason,
    TravelValue,
    Weights,
)
from tests.support.people import LAT, LON, START

STATION, NEIGHBOUR = uuid.UUID(int=1), uuid.UUID(int=2)
POSTS = tuple(uuid.UUID(int=n) for n in (11, 12))
SCENE = Scene(station_id=STATION, lon=LON, lat=LAT)
WEIGHTS = Weights()


def a_need(**values: Any) -> NeedValue:
    usual = {"kind": "guard", "mode": "offer", "skills": (), "places": 2, "waiting": 0, "alert_factor": 2.0,
             "radius_m": 600.0}  # fmt: skip
    return NeedValue(**{**usual, **values})


def a_guard(number: int, distance_m: float | None = 100.0, **values: Any) -> Candidate:
    usual = {"kind": "guard", "station_id": STATION, "captured_at": START}
    return Candidate(
        responder_id=uuid.UUID(int=1000 + number),
        distance_m=distance_m,
        **{**usual, **values},
    )


def ways(*candidates: Candidate) -> dict[uuid.UUID, TravelValue]:
    return {
        c.responder_id: TravelValue(seconds=c.distance_m / 1.4, metres=c.distance_m, basis="straight_line")
        for c in candidates
        if c.distance_m is not None
    }


def plan(need: NeedValue, *candidates: Candidate) -> Any:
    return rank(need, SCENE, candidates, ways(*candidates), WEIGHTS, START)


def ids(scored: object) -> list[int]:
    return [s.responder_id.int - 1000 for s in scored]  # type: ignore[attr-defined]


candidates = st.builds(
    Candidate,
    responder_id=st.uuids(),
    kind=st.sampled_from(["guard", "guard", "guard", "safe_house"]),
    station_id=st.sampled_from([STATION, NEIGHBOUR]),
    skills=st.lists(st.sampled_from(["aed", "first_aid", "fire"]), unique=True).map(tuple),
    on_duty=st.booleans(),
    engaged=st.booleans(),
    asked=st.booleans(),
    distance_m=st.none() | st.integers(0, 900).map(float),
    fixed=st.booleans(),
    captured_at=st.none() | st.integers(0, 300).map(lambda s: START - timedelta(seconds=s)),
    has_account=st.booleans(),
    reachable=st.booleans(),
    post_id=st.none() | st.sampled_from(POSTS),
    post_spare=st.none() | st.integers(-1, 3),
)
mostly_fit = candidates.map(
    lambda c: dataclasses.replace(
        c,
        kind="guard",
        on_duty=True,
        engaged=False,
        asked=False,
        distance_m=c.distance_m or 50.0,
        captured_at=START,
        has_account=True,
        reachable=True,
    )
)
crowds = st.lists(candidates | mostly_fit, max_size=12, unique_by=lambda c: c.responder_id)
needs = st.builds(
    a_need,
    skills=st.lists(st.sampled_from(["aed", "fire"]), unique=True, max_size=1).map(tuple),
    mode=st.sampled_from(["offer", "command"]),
    places=st.integers(0, 4),
    waiting=st.integers(0, 3),
    alert_factor=st.sampled_from([1.0, 1.5, 2.0, 3.5]),
)


@given(needs, crowds)
def test_nobody_whom_a_rule_keeps_out_is_ever_asked(need: NeedValue, crowd: list[Candidate]) -> None:
    made = plan(need, *crowd)
    by_id = {c.responder_id: c for c in crowd}
    for scored in (*made.chosen, *made.reserves):
        assert find_exclusion(need, by_id[scored.responder_id], WEIGHTS, START) is None
    everyone = [s.responder_id for s in (*made.chosen, *made.reserves)] + [e.responder_id for e in made.excluded]
    assert sorted(everyone) == sorted(by_id), "everybody is asked, kept or excluded with a reason, exactly once"
    assert len(made.chosen) <= made.ask


@given(needs, crowds)
def test_a_post_is_never_emptied_below_its_minimum(need: NeedValue, crowd: list[Candidate]) -> None:
    # people of one post agree about how many it can spare
    crowd = [dataclasses.replace(c, post_spare=1 if c.post_id else None) for c in crowd]
    chosen = {s.responder_id for s in plan(need, *crowd).chosen}
    for post in POSTS:
        assert sum(c.post_id == post and c.responder_id in chosen for c in crowd) <= 1


@given(needs, crowds, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_nothing(
    need: NeedValue, crowd: list[Candidate], shuffle: random.Random
) -> None:
    other = list(crowd)
    shuffle.shuffle(other)
    assert plan(need, *crowd) == plan(need, *other)


@given(needs, crowds, st.data())
def test_who_is_nearer_and_otherwise_equal_is_not_worse(
    need: NeedValue, crowd: list[Candidate], data: st.DataObject
) -> None:
    made = plan(need, *crowd)
    fit = [s.responder_id for s in (*made.chosen, *made.reserves)]
    if not fit:
        return
    who = data.draw(st.sampled_from(fit))
    before = fit.index(who)
    nearer = [
        dataclasses.replace(c, distance_m=(c.distance_m or 0.0) * 0.5) if c.responder_id == who else c for c in crowd
    ]
    after = plan(need, *nearer)
    order = [s.responder_id for s in (*after.chosen, *after.reserves)]
    assert order.index(who) <= before


@given(needs, crowds)
def test_a_plan_is_made_again_from_its_stored_inputs(need: NeedValue, crowd: list[Candidate]) -> None:
    inputs = Inputs(need=need, scene=SCENE, candidates=tuple(crowd), travel=ways(*crowd), weights=WEIGHTS, now=START)
    made = replay(inputs)
    assert write_plan(replay(read_inputs(json.loads(dump_inputs(inputs))))) == write_plan(made)
    assert read_plan(write_plan(made)) == made


def test_the_nearest_are_asked_first_and_the_rest_wait_in_order() -> None:
    made = plan(a_need(), *(a_guard(n, 500.0 - 60 * n) for n in range(6)))
    assert (ids(made.chosen), ids(made.reserves)) == ([5, 4, 3, 2], [1, 0])


def test_equal_ones_go_by_number_every_time() -> None:
    assert ids(plan(a_need(), a_guard(3), a_guard(1), a_guard(2)).chosen) == [1, 2, 3]


def test_offers_go_to_more_than_needed_and_commands_to_as_many_as_needed() -> None:
    assert count_to_ask(a_need(places=2, alert_factor=3.5)) == 7
    assert count_to_ask(a_need(places=10, alert_factor=1.100000023841858)) == 11
    assert count_to_ask(a_need(places=2, mode="command", alert_factor=3.5)) == 2
    assert count_to_ask(a_need(places=1, alert_factor=3.0, waiting=2)) == 1


def test_each_who_is_left_out_hears_his_own_reason() -> None:
    old = START - timedelta(seconds=121)
    crowd = {
        Exclusion.KIND: a_guard(1, kind="patrol_unit"),
        Exclusion.ALREADY_ASKED: a_guard(2, asked=True),
        Exclusion.OUTSIDE_RADIUS: a_guard(3, 601.0),
        Exclusion.OFF_DUTY: a_guard(4, on_duty=False),
        Exclusion.ENGAGED: a_guard(5, engaged=True),
        Exclusion.NO_POSITION: a_guard(6, None),
        Exclusion.STALE_POSITION: a_guard(7, captured_at=old),
        Exclusion.NO_ACCOUNT: a_guard(8, has_account=False),
        Exclusion.UNREACHABLE: a_guard(9, reachable=False),
        Exclusion.LAST_ON_POST: a_guard(10, post_id=POSTS[0], post_spare=0),
    }
    made = plan(a_need(), *crowd.values())
    assert {e.responder_id: e.reason for e in made.excluded} == {c.responder_id: r for r, c in crowd.items()}
    assert made.chosen == ()
    assert made.short_of == 2


def test_a_fixed_place_does_not_grow_stale_and_a_closed_one_is_called_closed() -> None:
    need = a_need(kind="safe_house")
    shop = a_guard(1, kind="safe_house", fixed=True, captured_at=None)
    shut = a_guard(2, kind="safe_house", fixed=True, captured_at=None, on_duty=False)
    made = plan(need, shop, shut)
    assert ids(made.chosen) == [1]
    assert made.excluded[0].reason is Exclusion.CLOSED


def test_a_gap_names_its_reasons_the_commonest_first() -> None:
    made = plan(a_need(), a_guard(1, engaged=True), a_guard(2, engaged=True), a_guard(3, 700.0))
    assert [(s.reason, s.count) for s in made.shortfall] == [
        (ShortfallReason.ALL_ENGAGED, 2),
        (ShortfallReason.OUTSIDE_RADIUS, 1),
    ]
    assert [s.reason for s in plan(a_need()).shortfall] == [ShortfallReason.NO_CANDIDATES]


def test_a_holder_of_a_rare_skill_is_spared_when_another_is_as_near() -> None:
    made = plan(a_need(places=1, alert_factor=1), a_guard(1, skills=("aed",)), a_guard(2))
    assert ids(made.chosen) == [2]


def test_the_score_is_the_sum_of_its_parts() -> None:
    made = plan(a_need(), a_guard(1, 140.0, station_id=NEIGHBOUR, skills=("aed",), post_id=POSTS[0], post_spare=1))
    parts = made.chosen[0].parts
    assert dataclasses.asdict(parts) == {
        "travel_s": 100.0, "turnout_s": 102.0, "post_s": 45.0, "skill_s": 10.0, "station_s": 180.0,
        "silence_s": 0.0, "strange_s": 0.0, "beat_s": 0.0,
    }  # fmt: skip
    assert made.chosen[0].score_s == 437.0
    said = labels.say_why(made.chosen[0])
    assert said.startswith("预计 3 分 22 秒到场")
    assert "邻所" in said


def test_a_choice_is_explained_in_english_too_with_the_same_figures() -> None:
    made = plan(a_need(), a_guard(1, 140.0, station_id=NEIGHBOUR, skills=("aed",), post_id=POSTS[0], post_spare=1))
    chosen = made.chosen[0]
    assert labels_en.say_why(chosen) == (
        "There in 3 min 22 s; 140 m of way (straight line), sets out after 1 min 42 s; leaves a post thinly staffed; "
        "has a rarer skill to keep for others; of the neighbouring station."
    )
    sure = dataclasses.replace(chosen, chance=0.78, tries=0, waived=Exclusion.RESTING)
    said = labels_en.say_why(sure)
    assert "accepts with 78 % (not asked before, the station's mean)" in said
    assert said.endswith("resting after the last order, yet nobody else is left.")
    assert "of 30 times asked" in labels_en.say_why(dataclasses.replace(sure, tries=30))
    known = dataclasses.replace(made, chance=0.91, expected_s=45.0, held=True)
    assert labels_en.say_plan(known, places=2) == (
        "1 asked: 91 % sure that 2 accept in time, all there in about 45 s; asking more makes it surer, not sooner"
    )
    assert labels_en.say_plan(made, places=2) is None


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    for words in (labels, labels_en):
        assert set(words.EXCLUSIONS) == set(Exclusion)
        assert set(words.SHORTFALLS) == set(ShortfallReason)
