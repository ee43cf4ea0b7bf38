"""Arrival by accuracy-aware dwell, departure by leaving: the judgement, and the tick that applies it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from dispatch.orders import arrivals, service
from dispatch.orders.arrival import Fix, has_left, judge_arrival
from dispatch.orders.model import OrderMilestone
from geo.crs import Position
from geo.responders.model import ResponderIndex
from kit.record import RecordEntry
from tests.support.orders import make_scene, milestones
from tests.support.people import LAT, START, Login, east, point

TARGET = Position(east(0), LAT)


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def a_fix(distance_m: float, accuracy_m: float, seconds: float = 0) -> Fix:
    return Fix(position=Position(east(distance_m), LAT), accuracy_m=accuracy_m, captured_at=later(seconds))


@pytest.mark.parametrize(
    ("distance_m", "accuracy_m", "first_seen", "there"),
    [
        (10, 8, None, "yes"),
        (45, 8, None, "maybe"),
        (45, 8, 14, "maybe"),
        (45, 8, 15, "yes"),
        (10, 60, None, "maybe"),
        (90, 60, 20, "yes"),
        (110, 60, 20, "no"),
        (10, 400, 20, "no"),
        (200, 5, 20, "no"),
    ],
)
def test_a_sharp_fix_or_a_dwell_is_an_arrival(
    distance_m: float, accuracy_m: float, first_seen: float | None, there: str
) -> None:
    first_seen_at = None if first_seen is None else later(-first_seen)
    assert judge_arrival(a_fix(distance_m, accuracy_m), TARGET, first_seen_at=first_seen_at).there == there


@given(st.floats(0, 300), st.floats(0, 200), st.floats(0, 60))
def test_a_better_fix_never_makes_less_sure(distance_m: float, accuracy_m: float, dwelt_s: float) -> None:
    seen = later(-dwelt_s)
    worse = judge_arrival(a_fix(distance_m, accuracy_m), TARGET, first_seen_at=seen)
    nearer = judge_arrival(a_fix(distance_m / 2, accuracy_m), TARGET, first_seen_at=seen)
    order = ("no", "maybe", "yes")
    assert order.index(nearer.there) >= order.index(worse.there)
    assert 0 <= worse.confidence <= 1


def test_who_walks_past_has_not_arrived() -> None:
    assert judge_arrival(a_fix(40, 30, 0), TARGET, first_seen_at=None).there == "maybe"
    assert judge_arrival(a_fix(140, 30, 60), TARGET, first_seen_at=later(0)).there == "no"


def test_drift_and_the_wrong_way_are_no_departure() -> None:
    start = Position(east(300), LAT)
    assert not has_left(a_fix(290, 10), started_from=start, target=TARGET)
    assert not has_left(a_fix(360, 10), started_from=start, target=TARGET)
    assert not has_left(a_fix(240, 120), started_from=start, target=TARGET)
    assert has_left(a_fix(250, 10), started_from=start, target=TARGET)


def walk(session: Session, login: Login, distance_m: float, at: datetime, accuracy_m: float = 10) -> None:
    session.execute(
        update(ResponderIndex)
        .where(ResponderIndex.responder_id == login.helper.id)
        .values(position=point(east(distance_m)), captured_at=at, received_at=at, accuracy_m=accuracy_m)
    )


def test_nobody_need_tap_to_have_departed_and_arrived(session: Session) -> None:
    scene = make_scene(session, step_m=200)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    him = scene.guards[0]
    order_id = scene.order(him).id
    service.accept(session, grant=scene.grant(him), order_id=order_id, at=later(5))
    assert scene.order(him).accepted_from is not None
    arrivals.tick(session, later(6))
    assert scene.order(him).state == "accepted", "a fix from before the acceptance says nothing"
    walk(session, him, 62, later(20))
    assert arrivals.tick(session, later(21)) == 1
    assert scene.order(him).state == "en_route"
    assert scene.order(him).accepted_from is None, "a position is kept no longer than it serves"
    walk(session, him, 45, later(40), accuracy_m=25)
    assert arrivals.tick(session, later(41)) == 0
    assert scene.order(him).arrival_seen_at == later(40)
    walk(session, him, 40, later(58), accuracy_m=25)
    assert arrivals.tick(session, later(59)) == 1
    session.commit()
    entries = session.scalars(select(RecordEntry).where(RecordEntry.subject_id == order_id).order_by(RecordEntry.id))
    last = list(entries)[-1]
    assert (last.action, last.at, last.detail["happened_at"]) == ("order.arrived", later(59), later(58).isoformat())
    passed = milestones(session, order_id)
    assert passed["en_route"] == (later(20), "measured")
    assert passed["arrived"] == (later(58), "measured")
    query = select(OrderMilestone.evidence).where(OrderMilestone.order_id == order_id, OrderMilestone.name == "arrived")
    evidence = session.scalars(query).one()
    assert evidence["first_seen_at"] == later(40).isoformat()
    assert 0.5 < evidence["confidence"] <= 1
    assert "lon" not in str(evidence), "evidence holds no position"


def test_the_first_patrol_to_arrive_is_the_incidents_arrival(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    car = scene.police[0]
    service.accept(session, grant=scene.grant(car), order_id=scene.order(car).id, at=later(5))
    walk(session, car, 5, later(90))
    arrivals.tick(session, later(91))
    incident = session.get_one(Incident, scene.incident.id, populate_existing=True)
    assert (scene.order(car).state, incident.state) == ("arrived", "arrived")


def test_an_old_fix_moves_nobody(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    him = scene.guards[0]
    service.accept(session, grant=scene.grant(him), order_id=scene.order(him).id, at=later(5))
    walk(session, him, 5, later(10))
    assert arrivals.tick(session, later(10 + 121)) == 0
