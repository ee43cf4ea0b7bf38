"""On duty and off, and what is forgotten with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from geo.duty import service
from geo.duty.errors import AlreadyOnDuty, EngagedOnDuty, NoResponder, NotOnDuty, PlannedEndRefused
from geo.duty.model import Duty
from geo.responders.model import ResponderIndex
from geo.responders.service import refresh_safe_houses, set_engaged
from kit.actor import SYSTEM
from kit.ids import new_id
from kit.record import RecordEntry
from tests.support.people import START, WHOLE_WEEK, east, guard, keeper, make_responder, make_station

LATER = START + timedelta(hours=8)


def _index(session: Session, responder_id: object) -> ResponderIndex:
    query = select(ResponderIndex).where(ResponderIndex.responder_id == responder_id)
    return session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _start(session: Session, responder_id: object, **values: Any) -> Duty:
    return service.start(
        session,
        **{"responder_id": responder_id, "planned_end": LATER, "actor": SYSTEM, "at": START, **values},
    )


def test_going_on_duty_makes_him_findable_and_is_recorded(session: Session) -> None:
    him = guard(session, make_station(session), on_duty=False)
    assert him.responder is not None
    duty = _start(session, him.responder.id, actor=him.actor)
    assert _index(session, him.responder.id).on_duty
    session.commit()
    entry = session.execute(select(RecordEntry).where(RecordEntry.subject_id == duty.id)).scalar_one()
    assert (entry.action, entry.actor_account_id) == ("duty.started", him.account.id)


def test_without_a_planned_end_a_duty_lasts_eight_hours(session: Session) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False)
    assert _start(session, responder.id, planned_end=None).planned_end == START + timedelta(hours=8)


def test_the_end_of_duty_erases_the_last_position(session: Session) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False, lon=east(10))
    _start(session, responder.id)
    service.end(session, responder_id=responder.id, actor=SYSTEM, at=LATER)
    row = _index(session, responder.id)
    assert not row.on_duty
    left = [row.position, row.captured_at, row.received_at, row.accuracy_m, row.speed_mps, row.heading_deg, row.source]
    assert left == [None] * 7


def test_a_safe_house_stays_where_it_is_after_a_duty(session: Session) -> None:
    house = make_responder(session, "safe_house", make_station(session), lon=east(10))
    _start(session, house.id)
    service.end(session, responder_id=house.id, actor=SYSTEM, at=LATER)
    row = _index(session, house.id)
    assert row.on_duty, "open day and night"
    assert row.position is not None


def test_a_second_duty_at_once_is_refused(session: Session) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False)
    _start(session, responder.id)
    with pytest.raises(AlreadyOnDuty):
        _start(session, responder.id, at=START + timedelta(minutes=1))


def test_the_database_refuses_overlapping_duties_too(session: Session) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False)
    _start(session, responder.id, at=START)
    service.end(session, responder_id=responder.id, actor=SYSTEM, at=START + timedelta(hours=2))
    with pytest.raises(AlreadyOnDuty):
        _start(session, responder.id, at=START + timedelta(hours=1))
    _start(session, responder.id, at=START + timedelta(hours=2))


def test_of_two_phones_that_start_one_duty_at_once_one_wins(committed_database: Engine) -> None:
    """Two connections: the second waits for the first and then sees its duty."""
    with Session(committed_database) as session:
        responder = make_responder(session, "guard", make_station(session), on_duty=False)
        session.commit()
        id_ = responder.id
    with Session(committed_database) as one, Session(committed_database) as other:
        _start(one, id_)
        other.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            _start(other, id_)
        other.rollback()
        one.commit()
        with pytest.raises(AlreadyOnDuty):
            _start(other, id_)


@pytest.mark.parametrize("hours", [0, -1, 16.01])
def test_a_planned_end_that_is_past_or_too_far_is_refused(session: Session, hours: float) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False)
    with pytest.raises(PlannedEndRefused):
        _start(session, responder.id, planned_end=START + timedelta(hours=hours))


def test_who_holds_an_order_cannot_go_off_by_himself_but_the_station_can_take_him_off(session: Session) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False)
    _start(session, responder.id)
    set_engaged(session, responder.id, engaged=True)
    with pytest.raises(EngagedOnDuty):
        service.end(session, responder_id=responder.id, actor=SYSTEM, at=LATER)
    ended = service.end(session, responder_id=responder.id, actor=SYSTEM, at=LATER, how="station", reason="身体不适")
    assert ended.ended_how == "station"


def test_who_is_not_on_duty_cannot_go_off(session: Session) -> None:
    responder = make_responder(session, "guard", make_station(session), on_duty=False)
    with pytest.raises(NotOnDuty):
        service.end(session, responder_id=responder.id, actor=SYSTEM, at=LATER)


def test_an_account_without_a_responder_has_no_duty(session: Session) -> None:
    for nobody in (None, new_id()):
        with pytest.raises(NoResponder):
            _start(session, nobody)


def test_overdue_duties_end_by_themselves_but_not_under_an_order(session: Session) -> None:
    station = make_station(session)
    done, busy, longer = (make_responder(session, "guard", station, on_duty=False) for _ in range(3))
    _start(session, done.id)
    _start(session, busy.id)
    _start(session, longer.id, planned_end=LATER + timedelta(hours=1))
    set_engaged(session, busy.id, engaged=True)
    assert service.end_overdue(session, LATER - timedelta(seconds=1)) == 0
    assert service.end_overdue(session, LATER) == 1
    assert [_index(session, one.id).on_duty for one in (done, busy, longer)] == [False, True, True]
    set_engaged(session, busy.id, engaged=False)
    assert service.end_overdue(session, LATER + timedelta(minutes=5)) == 1
    assert not _index(session, busy.id).on_duty
    ended = session.execute(select(Duty).where(Duty.responder_id == busy.id)).scalar_one()
    assert (ended.ended_how, ended.ended_at) == ("planned_end", LATER + timedelta(minutes=5))


def test_the_tick_does_not_wait_for_whom_another_holds(committed_database: Engine) -> None:
    with Session(committed_database) as session:
        responder = make_responder(session, "guard", make_station(session), on_duty=False)
        _start(session, responder.id)
        house = make_responder(session, "safe_house", make_station(session), on_duty=False)
        session.commit()
        ids = [responder.id, house.id]
    with Session(committed_database) as dispatcher, Session(committed_database) as tick:
        for id_ in ids:
            set_engaged(dispatcher, id_, engaged=True)
        dispatcher.flush()
        assert service.end_overdue(tick, LATER) == 0
        assert refresh_safe_houses(tick, START) == 0
        tick.rollback()
        dispatcher.rollback()
        assert service.end_overdue(tick, LATER) == 1
        assert refresh_safe_houses(tick, START) == 1


def test_safe_houses_open_and_close_by_their_hours_and_only_changes_are_told(session: Session) -> None:
    """16:00 in Shanghai at START."""
    station = make_station(session)
    shop = make_responder(session, "safe_house", station, on_duty=False, opening_hours={"tue": [["08:00", "18:00"]]})
    night = make_responder(session, "safe_house", station, on_duty=True, opening_hours={"tue": [["20:00", "23:00"]]})
    always = make_responder(session, "safe_house", station, on_duty=True, opening_hours=WHOLE_WEEK)
    assert refresh_safe_houses(session, START) == 2
    assert session.info["feed"]["responder"] == {shop.id, night.id}
    assert [_index(session, one.id).on_duty for one in (shop, night, always)] == [True, False, True]
    assert refresh_safe_houses(session, START) == 0


def test_a_keeper_may_open_beside_the_hours(session: Session) -> None:
    her = keeper(session, make_station(session), on_duty=False, opening_hours={})
    assert her.responder is not None
    _start(session, her.responder.id)
    assert refresh_safe_houses(session, START) == 0
    assert _index(session, her.responder.id).on_duty
    service.end(session, responder_id=her.responder.id, actor=her.actor, at=LATER)
    assert not _index(session, her.responder.id).on_duty
