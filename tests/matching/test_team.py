"""Rules of needs that are filled together."""

from __future__ import annotations

import itertools
import random
import uuid

from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.rank import replay
from dispatch.matching.team import assign, plan_team
from dispatch.matching.values import Candidate, Exclusion, Inputs, NeedValue, Plan
from tests.matching.test_rank import SCENE, WEIGHTS, a_guard, a_need, crowds, ids, ways
from tests.support.people import START


def inputs(need: NeedValue, *crowd: Candidate) -> Inputs:
    return Inputs(need=need, scene=SCENE, candidates=crowd, travel=ways(*crowd), weights=WEIGHTS, now=START)


def chosen(plans: list[tuple[Inputs, Plan]]) -> list[list[int]]:
    return [ids(plan.chosen) for _, plan in plans]


PLAIN = a_need(places=1, alert_factor=1.0)
AED = a_need(places=1, alert_factor=1.0, skills=("aed",))


def test_the_only_guard_with_an_aed_is_kept_for_the_need_that_wants_it() -> None:
    crowd = (a_guard(1, 50.0, skills=("aed",)), a_guard(2, 400.0))
    assert chosen(plan_team([inputs(PLAIN, *crowd), inputs(AED, *crowd)])) == [[2], [1]]
    (_, plain), _ = plan_team([inputs(PLAIN, *crowd), inputs(AED, *crowd)])
    assert [(e.responder_id.int - 1000, e.reason) for e in plain.excluded] == [(1, Exclusion.FOR_ANOTHER_NEED)]


def test_of_two_who_can_do_both_each_goes_where_the_sum_of_the_ways_is_shortest() -> None:
    doctor = a_need(places=1, alert_factor=1.0, skills=("first_aid",))
    both, one = a_guard(1, 100.0, skills=("aed", "first_aid")), a_guard(2, 120.0, skills=("aed",))
    assert chosen(plan_team([inputs(AED, both, one), inputs(doctor, both, one)])) == [[2], [1]]


def test_a_team_that_cannot_be_complete_fills_as_many_places_as_can_be() -> None:
    made = plan_team([inputs(PLAIN, a_guard(1, skills=("aed",))), inputs(AED, a_guard(1, skills=("aed",)))])
    assert sum(map(len, chosen(made))) == 1
    assert [plan.short_of for _, plan in made].count(1) == 1


def test_kinds_do_not_compete() -> None:
    shop = a_guard(9, kind="safe_house", fixed=True, captured_at=None)
    made = plan_team([inputs(a_need(places=1), a_guard(1)), inputs(a_need(kind="safe_house", places=1), shop)])
    assert chosen(made) == [[1], [9]]


places = st.lists(st.dictionaries(st.integers(1, 5), st.integers(1, 99).map(float), max_size=5), max_size=4)


@given(places)
def test_the_assignment_equals_the_best_of_all_possible_ones(wanted: list[dict[int, float]]) -> None:
    costs = [{uuid.UUID(int=n): cost for n, cost in seconds.items()} for seconds in wanted]
    best = min(
        (
            (sum(one is None for one in people), sum(costs[n][one] for n, one in enumerate(people) if one))
            for people in itertools.product(*([None, *seconds] for seconds in costs))
            if len({one for one in people if one}) == sum(one is not None for one in people)
        ),
        default=(0, 0),
    )
    found = assign(costs)
    taken = [one for one in found if one is not None]
    assert len(set(taken)) == len(taken)
    assert (found.count(None), sum(costs[n][one] for n, one in enumerate(found) if one)) == best


needs = st.lists(
    st.builds(
        a_need,
        places=st.integers(0, 3),
        alert_factor=st.sampled_from([1.0, 2.0]),
        skills=st.sampled_from([(), ("aed",), ("fire",), ("aed", "fire")]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda need: need.skills,
)


@given(needs, crowds)
def test_nobody_is_asked_for_two_needs_and_each_plan_is_made_again_from_its_inputs(
    wanted: list[NeedValue], crowd: list[Candidate]
) -> None:
    made = plan_team([inputs(need, *crowd) for need in wanted])
    everybody = [who for plan in chosen(made) for who in plan]
    assert len(set(everybody)) == len(everybody)
    assert all(replay(stored) == plan for stored, plan in made)


@given(needs, crowds, st.randoms(use_true_random=False))
def test_the_order_of_needs_and_candidates_changes_nothing(
    wanted: list[NeedValue], crowd: list[Candidate], shuffle: random.Random
) -> None:
    made = {stored.need: plan for stored, plan in plan_team([inputs(need, *crowd) for need in wanted])}
    shuffled, other = list(crowd), list(wanted)
    shuffle.shuffle(shuffled)
    shuffle.shuffle(other)
    assert {stored.need: plan for stored, plan in plan_team([inputs(need, *shuffled) for need in other])} == made
