"""Whoever is asked and lost is replaced at once; whoever only seems lost is not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch.escalation import service as escalation
from dispatch.orders import service as orders
from dispatch.orders.receipts import acknowledge
from geo.responders.model import ResponderIndex
from notifications.devices.contact import Lost, note_connected, note_heard, note_lost
from notifications.devices.model import Device
from tests.support.orders import Scene, a_need, make_scene, told
from tests.support.people import START, Login

SLOW = a_need(receipt_s=300, accept_s=600)


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def scene(session: Session) -> Scene:
    """A guard who has ten minutes to answer and whose phone shows the order; another one behind him."""
    scene = make_scene(session, a_need("patrol_unit", receipt_s=300, accept_s=600), SLOW)
    note_connected(session, {login.device_id: START for login in (*scene.guards, *scene.police)})
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    for login in (scene.guards[0], scene.police[0]):
        acknowledge(session, subject_id=scene.order(login).id, actor=login.actor, step="shown", at=later(1))
    return scene


def lose(session: Session, login: Login, at: datetime) -> None:
    note_lost(session, {login.device_id: Lost(since=START, at=at)})


def test_a_guard_who_loses_contact_while_he_is_asked_is_replaced_at_once(scene: Scene, session: Session) -> None:
    near, far = scene.guards
    lose(session, near, later(5))
    escalation.tick(session, later(24))
    assert scene.states() == {"p0": "shown", "g0": "shown"}
    escalation.tick(session, later(25))
    assert (scene.order(near).state, scene.order(near).reason) == ("expired", "lost_contact")
    assert scene.order(far).replaces_id == scene.order(near).id
    assert told(session, near) == ["order.expired"], "he hears of it when he is back"


def test_whose_socket_is_back_within_seconds_is_not_lost(scene: Scene, session: Session) -> None:
    near = scene.guards[0]
    lose(session, near, later(5))
    note_connected(session, {near.device_id: later(12)})
    assert escalation.tick(session, later(60)) == 0


def test_an_old_socket_that_ends_does_not_take_the_new_one_with_it(scene: Scene, session: Session) -> None:
    near = scene.guards[0]
    note_connected(session, {near.device_id: later(4)})
    lose(session, near, later(5))
    assert escalation.tick(session, later(60)) == 0


def test_whose_positions_go_on_coming_is_not_lost(scene: Scene, session: Session) -> None:
    near = scene.guards[0]
    lose(session, near, later(5))
    assert near.responder is not None
    session.execute(
        update(ResponderIndex)
        .where(ResponderIndex.responder_id == near.responder.id)
        .values(captured_at=later(40), received_at=later(40))
    )
    assert escalation.tick(session, later(59)) == 0
    assert escalation.tick(session, later(60)) == 1


def test_who_asks_over_http_because_no_socket_gets_through_is_not_lost(scene: Scene, session: Session) -> None:
    near = scene.guards[0]
    lose(session, near, later(5))
    for seconds in (14, 23, 32):
        note_heard(session, [near.device_id], later(seconds))
    assert escalation.tick(session, later(51)) == 0
    assert escalation.tick(session, later(52)) == 1


def test_whom_a_push_reaches_is_not_lost_with_his_socket(scene: Scene, session: Session) -> None:
    near = scene.guards[0]
    session.execute(update(Device).where(Device.id == near.device_id).values(push_channel="fcm", push_token="t"))
    lose(session, near, later(5))
    assert escalation.tick(session, later(60)) == 0


def test_a_patrol_has_a_radio_and_is_not_given_up(scene: Scene, session: Session) -> None:
    lose(session, scene.police[0], later(5))
    assert escalation.tick(session, later(60)) == 0
