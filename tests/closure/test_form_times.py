"""Times that an officer states, and those that the system fills in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import Permission, grant
from dispatch.feedback import service as feedback
from dispatch.feedback.service import FormContent
from dispatch.feedback.times import FormTimes, check, fill
from kit.errors import Invalid
from tests.support.closing import after, make_incident, make_order
from tests.support.people import START, make_station, officer

TIME = st.none() | st.integers(-3600, 36_000).map(lambda s: START + timedelta(seconds=s))
TIMES = st.builds(FormTimes, departed_at=TIME, arrived_at=TIME, handled_at=TIME)
NOW = after(hours=9)
Marks = dict[str, datetime | tuple[datetime, str]]


def codes(stated: FormTimes, now: datetime = NOW) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        check(stated, received_at=START, now=now)
    return [fault.code for fault in refusal.value.faults]


def test_nobody_arrives_before_he_leaves() -> None:
    assert codes(FormTimes(departed_at=after(5), arrived_at=after(3))) == ["times-out-of-order"]
    assert codes(FormTimes(departed_at=after(5), handled_at=after(3))) == ["times-out-of-order"]


def test_nothing_has_happened_tomorrow() -> None:
    assert codes(FormTimes(handled_at=after(61)), now=after(60)) == ["timestamp-in-future"]


def test_a_clock_that_is_half_a_minute_ahead_is_forgiven() -> None:
    stated = FormTimes(handled_at=after(60, seconds=20))
    check(stated, received_at=START, now=after(60))
    assert fill(stated, FormTimes(), now=after(60)).handled_at == after(60)


def test_nothing_is_handled_before_the_call() -> None:
    assert codes(FormTimes(handled_at=after(-1))) == ["before-the-call"]


def test_a_patrol_may_have_stood_there_before_the_call() -> None:
    check(FormTimes(arrived_at=after(-1), handled_at=after(9)), received_at=START, now=NOW)


def test_what_is_not_stated_comes_from_what_was_measured() -> None:
    measured = FormTimes(departed_at=after(1), arrived_at=after(4), handled_at=after(20))
    filled = fill(FormTimes(arrived_at=after(5)), measured, now=after(30))
    assert filled == FormTimes(departed_at=after(1), arrived_at=after(5), handled_at=after(20))


def test_a_measured_time_that_contradicts_the_officer_is_left_out() -> None:
    filled = fill(FormTimes(arrived_at=after(3)), FormTimes(departed_at=after(7)), now=after(30))
    assert filled.departed_at is None


def test_without_any_time_it_is_handled_now() -> None:
    assert fill(FormTimes(), FormTimes(), now=after(7)).handled_at == after(7)


@given(TIMES, TIMES)
def test_filled_times_are_always_in_order_and_never_ahead(stated: FormTimes, measured: FormTimes) -> None:
    try:
        check(stated, received_at=START, now=NOW)
    except Invalid:
        assume(False)
    filled = fill(stated, measured, now=NOW)
    known = [at for at in (filled.departed_at, filled.arrived_at, filled.handled_at) if at is not None]
    assert known == sorted(known) and known[-1] <= NOW
    for name in ("departed_at", "arrived_at", "handled_at"):
        if getattr(stated, name) is not None:
            assert getattr(filled, name) == min(getattr(stated, name), NOW)


def test_times_that_the_officer_tapped_need_not_be_typed_again(session: Session) -> None:
    station = make_station(session)
    incident = make_incident(session, station, state="dispatched")
    car, other = officer(session, station), officer(session, station)
    taps: Marks = {
        "accepted": after(1),
        "en_route": (after(2), "stated"),
        "arrived": (after(7), "stated"),
    }
    make_order(session, incident, car, state="arrived", marks=taps)
    guessed: Marks = {
        "accepted": after(1),
        "en_route": (after(1), "inferred"),
        "arrived": (after(5), "inferred"),
    }
    make_order(session, incident, other, state="arrived", marks=guessed)
    form = feedback.submit(
        session,
        grant=grant(car.actor, Permission.FEEDBACK_WRITE),
        incident_id=incident.id,
        content=FormContent(result_code="found", text="已处置", times=FormTimes()),
        version=None,
        at=after(30),
    )
    assert (form.departed_at, form.arrived_at, form.handled_at) == (after(2), after(7), after(30))
