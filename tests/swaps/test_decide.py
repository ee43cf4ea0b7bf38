"""Rules of the swap, for any input."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dispatch.swaps.decide import (
    Cause,
    Other,
    Standing,
    SwapInputs,
    SwapRules,
    Traveller,
    decide,
    find_cause,
    next_event,
    read_inputs,
    replay,
    write_inputs,
)
from tests.support.people import START

RULES = SwapRules()
NOW = START + timedelta(minutes=10)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def going(**values: Any) -> Traveller:
    usual = {
        "state": "en_route", "accepted_at": ago(300), "remaining_s": 600.0, "remaining_m": 800.0,
        "progressed_at": ago(10), "captured_at": ago(5),
    }  # fmt: skip
    return Traveller(**{**usual, **values})


def other(eta_s: float, number: int = 1) -> Other:
    return Other(responder_id=uuid.UUID(int=number), eta_s=eta_s)


travellers = st.builds(
    Traveller,
    state=st.sampled_from(["accepted", "en_route"]),
    accepted_at=st.integers(0, 900).map(ago),
    remaining_s=st.none() | st.floats(0, 2000),
    remaining_m=st.none() | st.floats(0, 3000),
    progressed_at=st.none() | st.integers(0, 600).map(ago),
    captured_at=st.none() | st.integers(0, 600).map(ago),
    decided_at=st.none() | st.integers(0, 900).map(ago),
)
others = st.lists(st.builds(Other, responder_id=st.uuids(), eta_s=st.floats(0, 2000)), max_size=5)


@given(travellers, others)
def test_nobody_who_is_almost_there_is_sent_back_and_no_small_gain_is_proposed(
    traveller: Traveller, free: list[Other]
) -> None:
    swap = decide(traveller, free, RULES, NOW)
    if swap is None:
        return
    assert traveller.remaining_m is None or traveller.remaining_m > RULES.near_m
    assert traveller.remaining_s is None or traveller.remaining_s > RULES.near_s
    assert traveller.decided_at is None or NOW - traveller.decided_at >= timedelta(seconds=RULES.again_s)
    gain_s = swap.expected_s - swap.eta_s
    assert gain_s >= RULES.gain_s - 0.2
    assert gain_s >= RULES.gain_share * swap.expected_s - 0.2
    assert swap.eta_s <= round(min(o.eta_s for o in free), 1)


@given(travellers, others)
def test_the_decision_can_be_made_again_from_what_is_kept(traveller: Traveller, free: list[Other]) -> None:
    inputs = SwapInputs(traveller=traveller, others=tuple(free), rules=RULES, now=NOW)
    assert replay(read_inputs(write_inputs(inputs))) == replay(inputs)


@given(travellers, others, st.floats(0, 500))
def test_a_nearer_other_never_makes_a_swap_less_likely(traveller: Traveller, free: list[Other], by_s: float) -> None:
    if decide(traveller, free, RULES, NOW) is not None:
        nearer = [Other(responder_id=o.responder_id, eta_s=max(0.0, o.eta_s - by_s)) for o in free]
        assert decide(traveller, nearer, RULES, NOW) is not None


class TestCause:
    def test_who_gets_on_is_left_alone_unless_somebody_is_much_nearer(self) -> None:
        assert decide(going(), [other(400)], RULES, NOW) is None
        swap = decide(going(), [other(200), other(150, 2)], RULES, NOW)
        assert swap is not None
        assert (swap.cause, swap.eta_s, swap.to_responder_id.int) == (Cause.NEARER, 150, 2)

    def test_who_stands_still_is_expected_to_lose_five_minutes(self) -> None:
        stuck = going(progressed_at=ago(130))
        assert find_cause(stuck, RULES, NOW) is Cause.STALLED
        swap = decide(stuck, [other(400)], RULES, NOW)
        assert swap is not None
        assert swap.expected_s == 900

    def test_who_has_just_accepted_may_still_put_on_his_jacket(self) -> None:
        waiting = going(state="accepted", accepted_at=ago(200), progressed_at=None)
        assert find_cause(waiting, RULES, NOW) is Cause.NEARER
        assert find_cause(going(state="accepted", accepted_at=ago(250), progressed_at=None), RULES, NOW) is (
            Cause.STALLED
        )

    def test_who_is_not_heard_is_silent_before_he_is_stalled(self) -> None:
        assert find_cause(going(progressed_at=ago(300), captured_at=ago(200)), RULES, NOW) is Cause.SILENT
        assert find_cause(going(captured_at=None), RULES, NOW) is Cause.SILENT


def standing(**values: Any) -> Standing:
    usual = {
        "state": "proposed", "cause": Cause.STALLED, "proposed_at": ago(30), "lapses_at": NOW + timedelta(minutes=2),
        "travelling": True, "near": False, "other_free": True, "progressed_at": ago(200), "captured_at": ago(1),
        "new_order_counts": False, "new_order_ended": False,
    }  # fmt: skip
    return Standing(**{**usual, **values})


class TestEnd:
    def test_a_proposal_stands_while_its_reason_does(self) -> None:
        assert next_event(standing(), NOW) is None
        assert next_event(standing(cause=Cause.NEARER, progressed_at=ago(1)), NOW) is None

    def test_it_lapses_with_its_time_its_reason_or_either_of_the_two(self) -> None:
        gone: list[dict[str, Any]] = [
            {"lapses_at": NOW}, {"travelling": False}, {"near": True}, {"other_free": False},
            {"progressed_at": ago(5)}, {"cause": Cause.SILENT, "captured_at": ago(5)},
        ]  # fmt: skip
        assert {next_event(standing(**values), NOW) for values in gone} == {"lapse"}

    def test_an_accepted_one_is_done_when_the_other_has_signed(self) -> None:
        assert next_event(standing(state="accepted", other_free=False), NOW) is None
        assert next_event(standing(state="accepted", new_order_counts=True), NOW) == "settle"
        assert next_event(standing(state="accepted", new_order_ended=True), NOW) == "lapse"
