"""The table of what becomes of an order that nobody answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.escalation.steps import Step, Watched, next_step
from dispatch.orders.states import LIVE, UNANSWERED, OrderState
from tests.support.people import START


def watched(state: OrderState = OrderState.OFFERED, **values: Any) -> Watched:
    usual = {
        "receipt_due_at": START + timedelta(seconds=10),
        "accept_due_at": START + timedelta(seconds=30),
        "reminders": 0,
    }
    return Watched(state=state, **{**usual, **values})


@pytest.mark.parametrize(
    ("state", "seconds", "reminders", "step"),
    [
        (OrderState.OFFERED, 9.9, 0, Step.WAIT),
        (OrderState.OFFERED, 10, 0, Step.NEXT_CHANNEL),
        (OrderState.OFFERED, 10, 1, Step.EXPIRE_UNREACHED),
        (OrderState.RECEIVED, 10, 0, Step.WAIT),
        (OrderState.SHOWN, 29.9, 0, Step.WAIT),
        (OrderState.SHOWN, 30, 0, Step.EXPIRE_UNANSWERED),
        (OrderState.OFFERED, 30, 0, Step.EXPIRE_UNREACHED),
        (OrderState.ACCEPTED, 3600, 0, Step.WAIT),
        (OrderState.DECLINED, 3600, 0, Step.WAIT),
    ],
)
def test_each_state_has_its_time(state: OrderState, seconds: float, reminders: int, step: Step) -> None:
    assert next_step(watched(state, reminders=reminders), START + timedelta(seconds=seconds)) is step


@pytest.mark.parametrize("state", list(OrderState))
def test_who_goes_off_duty_is_replaced_unless_he_is_at_the_scene(state: OrderState) -> None:
    step = next_step(watched(state, off_duty=True), START)
    if state in UNANSWERED:
        assert step is Step.EXPIRE_OFF_DUTY
    elif state in LIVE - {OrderState.ARRIVED}:
        assert step is Step.FAIL_OFF_DUTY
    else:
        assert step is Step.WAIT


@given(st.sampled_from(sorted(UNANSWERED)), st.integers(0, 3), st.floats(30, 1e6))
def test_nothing_unanswered_outlives_its_time(state: OrderState, reminders: int, seconds: float) -> None:
    step = next_step(watched(state, reminders=reminders), START + timedelta(seconds=seconds))
    assert step in (Step.EXPIRE_UNANSWERED, Step.EXPIRE_UNREACHED)


@pytest.mark.parametrize(
    ("was_live", "silent_s", "step"),
    [(True, 19.9, Step.WAIT), (True, 20, Step.EXPIRE_LOST), (False, 119.9, Step.WAIT), (False, 120, Step.EXPIRE_LOST)],
)
def test_who_was_lost_while_he_is_asked_is_replaced_before_his_time_is_over(
    was_live: bool, silent_s: float, step: Step
) -> None:
    order = watched(
        OrderState.SHOWN, accept_due_at=START + timedelta(hours=1), offered_at=START, heard_at=START, was_live=was_live
    )
    assert next_step(order, START + timedelta(seconds=silent_s)) is step


def test_who_was_lost_before_he_was_asked_is_given_the_same_time_to_come_back() -> None:
    heard = START - timedelta(minutes=5)
    order = watched(OrderState.RECEIVED, offered_at=START, heard_at=heard, was_live=True)
    assert next_step(order, START + timedelta(seconds=19)) is Step.WAIT
    assert next_step(order, START + timedelta(seconds=20)) is Step.EXPIRE_LOST


def test_who_has_accepted_is_not_given_up_because_his_socket_is_gone() -> None:
    order = watched(OrderState.ACCEPTED, offered_at=START, heard_at=START, was_live=True)
    assert next_step(order, START + timedelta(hours=1)) is Step.WAIT
