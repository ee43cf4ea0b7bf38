"""Rules of the joint choice: the dense optimum is the oracle."""

from __future__ import annotations

import random
import uuid
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from dispatch.matching.assign import NOBODY, Edges, assign
from dispatch.matching.joint import (
    Contender,
    JointInputs,
    JointRules,
    Move,
    Option,
    read_inputs,
    read_plan,
    solve_jointly,
    write_inputs,
    write_plan,
)

NEVER = np.inf


def edges_of(costs: np.ndarray) -> Edges:
    """Of a matrix place by person; inf: he cannot take it."""
    who, cost, start = [], [], [0]
    for row in costs:
        order = [int(n) for n in np.argsort(row, kind="stable") if np.isfinite(row[n])]
        who += order
        cost += [float(row[n]) for n in order]
        start.append(len(who))
    return Edges(start=np.array(start), who=np.array(who, dtype=np.int64), cost=np.array(cost, dtype=np.float64))


def dense(costs: np.ndarray, empty: np.ndarray) -> tuple[int, float]:
    """(unserved, cost) of the optimum over the full matrix with everybody's own column of nobody."""
    places, people = costs.shape
    nobody = np.full((places, places), 1e12)
    np.fill_diagonal(nobody, empty)
    full = np.hstack([np.where(np.isfinite(costs), costs, 1e12), nobody])
    rows, chosen = linear_sum_assignment(full)
    return int((chosen >= people).sum()), float(full[rows, chosen].sum())


def judged(costs: np.ndarray, empty: np.ndarray, taken: np.ndarray) -> tuple[int, float]:
    got = [n for n in taken.tolist() if n != NOBODY]
    assert len(got) == len(set(got)), "nobody twice"
    cost = sum(float(costs[p, n]) if n != NOBODY else float(empty[p]) for p, n in enumerate(taken.tolist()))
    return int((taken == NOBODY).sum()), cost


@st.composite
def matrices(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    places, people = draw(st.integers(1, 12)), draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    costs = rng.integers(0, draw(st.sampled_from([4, 1000])), (places, people)).astype(float)
    costs[rng.random(costs.shape) < draw(st.sampled_from([0.0, 0.3, 0.8]))] = NEVER
    return costs, np.full(places, 1e6), draw(st.integers(1, 5))


@given(matrices())
@settings(max_examples=300)
def test_the_sparse_answer_is_the_dense_optimum_however_few_are_looked_at_first(
    case: tuple[np.ndarray, np.ndarray, int],
) -> None:
    costs, empty, nearest = case
    unserved, cost = judged(costs, empty, assign(edges_of(costs), empty, nearest=nearest))
    best_unserved, best = dense(costs, empty)
    assert unserved == best_unserved
    assert cost <= best * 1.0001 + 1e-6


def test_a_city_with_as_many_calls_as_people_is_solved_to_the_optimum_too() -> None:
    rng = np.random.default_rng(7)
    calls, people = rng.random((150, 2)), rng.random((150, 2))
    costs = np.linalg.norm(calls[:, None] - people[None], axis=2) * 1000
    empty = np.full(150, 1e7)
    assert judged(costs, empty, assign(edges_of(costs), empty, nearest=5)) == pytest.approx(dense(costs, empty))


def test_no_place_is_no_question() -> None:
    assert assign(edges_of(np.zeros((0, 3))), np.zeros(0)).tolist() == []


A, B = uuid.UUID(int=1), uuid.UUID(int=2)


def man(n: int) -> uuid.UUID:
    return uuid.UUID(int=100 + n)


def call(
    need_id: uuid.UUID, scores: dict[int, float], *, places: int = 1, asks: int = 1, holders: tuple[int, ...] = (),
    level: int = 3,
) -> Contender:  # fmt: skip
    options = tuple(Option(responder_id=man(n), score_s=score) for n, score in scores.items())
    return Contender(
        need_id=need_id, level=level, places=places, asks=asks, options=options, holders=tuple(map(man, holders))
    )


def solved(*contenders: Contender) -> Any:
    return solve_jointly(JointInputs(contenders=contenders, rules=JointRules()))


class TestChoice:
    def test_an_offer_moves_to_the_call_that_has_nobody_where_the_first_has_another(self) -> None:
        plan = solved(call(A, {1: 100, 2: 200}, holders=(1,)), call(B, {1: 150}))
        assert plan.moves == (Move(responder_id=man(1), from_need_id=A, to_need_id=B),)
        assert [(ask.need_id, ask.responder_id) for ask in plan.asks] == [(A, man(2))]
        assert (plan.unserved_before, plan.unserved) == (1, 0)

    def test_a_gain_smaller_than_the_trouble_moves_nobody(self) -> None:
        plan = solved(call(A, {1: 100, 2: 130}, holders=(1,)), call(B, {1: 100, 2: 155}, holders=(2,)))
        assert plan.moves == ()

    def test_two_that_were_asked_crosswise_change_places_when_it_is_worth_it(self) -> None:
        plan = solved(call(A, {1: 500, 2: 100}, holders=(1,)), call(B, {1: 100, 2: 500}, holders=(2,)))
        assert {(m.responder_id, m.to_need_id) for m in plan.moves} == {(man(1), B), (man(2), A)}

    def test_one_who_is_alerted_beside_the_first_is_given_up_for_a_first(self) -> None:
        both = {1: 100.0, 2: 110.0}
        plan = solved(call(A, both, asks=2, holders=(1, 2)), call(B, {1: 400, 2: 100}))
        assert [(m.responder_id, m.to_need_id) for m in plan.moves] == [(man(2), B)]

    def test_the_only_one_of_a_call_stays_there(self) -> None:
        plan = solved(call(A, {1: 200}, holders=(1,)), call(B, {1: 100}))
        assert plan.moves == ()
        assert plan.unserved == 1

    def test_of_two_calls_for_the_only_one_the_graver_gets_him(self) -> None:
        plan = solved(call(A, {1: 100}, level=4), call(B, {1: 200}, level=1))
        assert [ask.need_id for ask in plan.asks] == [B]

    def test_whoever_cannot_be_judged_now_keeps_his_offer(self) -> None:
        plan = solved(call(A, {2: 100}, holders=(9,)), call(B, {2: 300}))
        assert plan.moves == ()
        assert [ask.need_id for ask in plan.asks] == [B]


def test_the_order_of_the_needs_says_nothing_and_the_plan_can_be_made_again() -> None:
    rng = random.Random(3)
    calls = [
        call(uuid.UUID(int=n), {m: rng.randrange(50, 900) for m in rng.sample(range(12), 8)}, asks=2, holders=(n,))
        for n in range(1, 7)
    ]
    inputs = JointInputs(contenders=tuple(calls), rules=JointRules())
    plan = solve_jointly(inputs)
    rng.shuffle(calls)
    assert solve_jointly(JointInputs(contenders=tuple(calls), rules=JointRules())) == plan
    assert solve_jointly(read_inputs(write_inputs(inputs))) == read_plan(write_plan(plan)) == plan
