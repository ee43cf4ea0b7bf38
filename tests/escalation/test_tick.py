"""What happens by time, on the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.escalation import service as escalation
from dispatch.escalation.alarms import TELL_EVERY
from dispatch.escalation.model import Alarm
from dispatch.invariants import list_violations
from dispatch.orders import service as orders
from dispatch.orders.receipts import acknowledge
from geo.responders.model import ResponderIndex
from kit.database import make_session_factory
from kit.record import RecordEntry
from notifications.outbox.model import Message
from tests.support.orders import Scene, a_need, make_scene, milestones, told
from tests.support.people import START, Login, east, guard

POLICE = a_need("patrol_unit")


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def stay_put(session: Session, scene: Scene, at: datetime) -> None:
    """Everybody sends a fresh fix from where he is."""
    session.execute(
        update(ResponderIndex)
        .where(ResponderIndex.station_id == scene.station.id, ResponderIndex.position.is_not(None))
        .values(captured_at=at, received_at=at)
    )


def alarms(session: Session, scene: Scene) -> list[str]:
    query = select(Alarm.kind).where(Alarm.incident_id == scene.incident.id).order_by(Alarm.raised_at, Alarm.kind)
    return list(session.scalars(query))


def receive(session: Session, scene: Scene, login: Login, at: datetime, step: Any = "received") -> None:
    acknowledge(session, subject_id=scene.orders(login)[-1].id, actor=login.actor, step=step, at=at)


def test_without_a_receipt_the_next_channel_is_tried_and_then_the_next_guard(session: Session) -> None:
    scene = make_scene(session)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    receive(session, scene, scene.police[0], later(1))
    near, far = scene.guards
    assert escalation.tick(session, later(9)) == 0
    escalation.tick(session, later(10))
    message = session.scalars(select(Message).where(Message.subject_id == scene.order(near).id)).one()
    assert message.due_at is not None and message.due_at <= later(10)
    assert scene.order(near).state == "offered"
    escalation.tick(session, later(20))
    assert scene.order(near).state == "expired"
    assert scene.order(near).reason == "unreached"
    assert scene.order(far).replaces_id == scene.order(near).id
    assert told(session, near) == ["order.expired"]


def test_a_device_that_has_it_is_given_the_whole_time(session: Session) -> None:
    scene = make_scene(session)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    near = scene.guards[0]
    for login in (near, scene.police[0]):
        receive(session, scene, login, later(2), "shown")
    assert escalation.tick(session, later(29.9)) == 0
    escalation.tick(session, later(30))
    assert (scene.order(near).state, scene.order(near).reason) == ("expired", "unanswered")


def test_a_patrol_that_cannot_be_reached_is_replaced_and_called_by_radio(session: Session) -> None:
    scene = make_scene(session, POLICE, guards=0, police=2)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    escalation.tick(session, later(10))
    escalation.tick(session, later(20))
    assert scene.states() == {"p0": "expired", "p1": "offered"}
    assert alarms(session, scene) == ["unreceived"]


def test_when_all_have_been_asked_a_dispatcher_is_alarmed(session: Session) -> None:
    scene = make_scene(session, guards=2)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    car = scene.police[0]
    orders.accept(session, grant=scene.grant(car), order_id=scene.order(car).id, at=later(1))
    for seconds in range(0, 61, 5):
        escalation.tick(session, later(seconds))
    assert scene.states() == {"p0": "accepted", "g0": "expired", "g1": "expired"}
    assert alarms(session, scene) == ["helpers_short"]


def test_an_alarm_is_told_again_until_somebody_takes_it_up(session: Session) -> None:
    scene = make_scene(session, guards=0)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    car = scene.police[0]
    orders.accept(session, grant=scene.grant(car), order_id=scene.order(car).id, at=later(1))
    made = len(_messages(session, scene))
    escalation.tick(session, START + TELL_EVERY)
    assert len(_messages(session, scene)) == made + 1
    assert told(session, scene.dispatcher) == ["alarm.raised"], "the older one is taken back"
    alarm = session.scalars(select(Alarm).where(Alarm.incident_id == scene.incident.id)).one()
    taking = grant(scene.dispatcher.actor, Permission.ALARM_ACKNOWLEDGE)
    escalation.acknowledge(session, grant=taking, alarm_id=alarm.id, at=later(70))
    escalation.tick(session, START + 2 * TELL_EVERY)
    assert len(_messages(session, scene)) == made + 1
    session.commit()
    entry = session.scalars(select(RecordEntry).where(RecordEntry.action == "alarm.acknowledged")).one()
    assert entry.actor_account_id == scene.dispatcher.account.id
    assert entry.detail["waited_s"] == 70


def _messages(session: Session, scene: Scene) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.account_id == scene.dispatcher.account.id)))


def test_a_call_for_which_nobody_was_sent_is_an_alarm_after_a_minute(session: Session) -> None:
    scene = make_scene(session)
    escalation.tick(session, later(59))
    assert alarms(session, scene) == []
    escalation.tick(session, later(60))
    escalation.tick(session, later(61))
    assert alarms(session, scene) == ["undispatched"]


def test_somebody_who_comes_on_duty_later_is_asked_then(session: Session) -> None:
    scene = make_scene(session, guards=0)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    car = scene.police[0]
    orders.accept(session, grant=scene.grant(car), order_id=scene.order(car).id, at=later(1))
    late = guard(session, scene.station, lon=east(60), at=later(20))
    scene.guards.append(late)
    escalation.tick(session, later(30))
    assert scene.states() == {"p0": "accepted", "g0": "offered"}
    assert scene.needs().state == "open"
    assert alarms(session, scene) == ["helpers_short"]


def test_who_goes_off_duty_in_the_middle_is_replaced(session: Session) -> None:
    scene = make_scene(session)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    near = scene.guards[0]
    for login in (near, scene.police[0]):
        orders.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=later(1))
    session.execute(
        update(ResponderIndex)
        .where(ResponderIndex.responder_id == near.responder.id)  # type: ignore[arg-type, union-attr]
        .values(on_duty=False, position=None, captured_at=None, received_at=None)
    )
    escalation.tick(session, later(5))
    assert scene.states() == {"p0": "accepted", "g0": "failed", "g1": "offered"}


def test_an_offer_that_nobody_answers_never_waits_longer_than_its_time(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=2, alert_factor=2), guards=9)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    for second in range(0, 200, 2):
        stay_put(session, scene, later(second))
        escalation.tick(session, later(second))
        late = session.execute(
            text(
                "SELECT count(*) FROM orders WHERE incident_id = :id"
                " AND state IN ('offered', 'received', 'shown') AND accept_due_at <= :at"
            ),
            {"id": scene.incident.id, "at": later(second)},
        ).scalar_one()
        assert late == 0
    assert set(scene.states().values()) == {"expired"}
    assert {"helpers_short", "police_short"} <= set(alarms(session, scene))


@pytest.mark.parametrize("restarts", [0, 7])
def test_a_restart_between_any_two_ticks_changes_nothing(committed_database: Engine, restarts: int) -> None:
    """I-32: the same story with and without forgetting all memory on the way ends alike, to the second."""
    factory = make_session_factory(committed_database)
    with factory() as session:
        scene = make_scene(session, POLICE, a_need(needed=1, alert_factor=2), guards=5)
        orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
    for second in range(0, 75, 5):
        if restarts and second % restarts == 0:
            committed_database.dispose()
        with factory() as session:
            escalation.tick(session, later(second))
            session.commit()
    with factory() as session:
        scene.session = session
        story = []
        for name, people in (("g", scene.guards), ("p", scene.police)):
            for n, login in enumerate(people):
                for order in scene.orders(login):
                    passed = {
                        k: int((at - START).total_seconds()) for k, (at, _) in milestones(session, order.id).items()
                    }
                    story.append((f"{name}{n}", order.state, passed))
        assert story == [
            ("g0", "expired", {"offered": 0, "expired": 20}),
            ("g1", "expired", {"offered": 0, "expired": 20}),
            ("g2", "expired", {"offered": 20, "expired": 40}),
            ("g3", "expired", {"offered": 20, "expired": 40}),
            ("g4", "expired", {"offered": 40, "expired": 60}),
            ("p0", "expired", {"offered": 0, "expired": 20}),
        ]
        assert sorted(alarms(session, scene)) == ["helpers_short", "police_short", "unreceived"]
        assert list_violations(session) == []


def test_two_workers_do_a_thing_once(committed_database: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    factory = make_session_factory(committed_database)
    with factory() as session:
        scenes = [make_scene(session, guards=3) for _ in range(6)]
        for scene in scenes:
            orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()

    def work(_: int) -> None:
        with factory() as session:
            escalation.tick(session, later(31))
            session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    with factory() as session:
        for scene in scenes:
            scene.session = session
            assert scene.states() == {"p0": "expired", "g0": "expired", "g1": "offered"}
        assert list_violations(session) == []
