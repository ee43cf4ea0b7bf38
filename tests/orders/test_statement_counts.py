"""How many statements the database is sent on the hot path. Bounds are a fifth above what is needed today.

Each statement is a trip and some Python; a loop that sends one per person is slow exactly when many are asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents.reception import NewIncident, receive
from dispatch.orders import service
from dispatch.orders.model import Order
from dispatch.orders.receipts import take_receipt
from dispatch.scenarios.model import Scenario
from geo.crs import Position
from kit.prepared import Prepared
from notifications.outbox.model import Message
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import LAT, LON, START, Login

LATER = START + timedelta(seconds=5)


@contextmanager
def counting(session: Session) -> Iterator[list[str]]:
    """The statements of the block and of the commit that ends it; who comes finds nothing read before."""
    seen: list[str] = []
    connection = session.connection()
    session.expunge_all()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SAVEPOINT sa_" not in statement:
            seen.append(statement)

    def fetch_all(self: Prepared, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        seen.append(self.execute)
        return plainly(self, session, values)

    # what is prepared goes past the events
    plainly, Prepared.fetch_all = Prepared.fetch_all, fetch_all  # type: ignore[method-assign]
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
        session.commit()
    finally:
        Prepared.fetch_all = plainly  # type: ignore[method-assign]
        event.remove(connection, "before_cursor_execute", note)


def a_fight(session: Session, *, asked: int = 6, stand_off_m: int = 50) -> Scene:
    """Two patrols to be sent, two guards wanted, ``asked`` guards to be asked."""
    return make_scene(
        session,
        a_need("patrol_unit", 2),
        a_need(needed=2, alert_factor=asked / 2, radius_m=3000),
        guards=20,
        police=4,
        step_m=20,
        stand_off_m=stand_off_m,
        allowed_verbs=["cordon", "keep_distance"],
    )


def dispatch(session: Session, scene: Scene) -> int:
    """How many statements it takes."""
    with counting(session) as seen:
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    return len(seen)


@pytest.fixture
def scene(session: Session) -> Scene:
    """A fight to which two patrols were sent, and six guards asked."""
    scene = a_fight(session)
    dispatch(session, scene)
    return scene


def accept(session: Session, scene: Scene, login: Login) -> int:
    order_id = scene.order(login).id
    with counting(session) as seen:
        service.accept(session, grant=scene.grant(login), order_id=order_id, at=LATER)
    return len(seen)


def message_of(session: Session, order: Order) -> uuid.UUID:
    query = select(Message.id).where(Message.subject_id == order.id, Message.recalled_at.is_(None))
    return session.scalars(query).one()


def a_call(scene: Scene, scenario_key: str | None = None) -> NewIncident:
    return NewIncident(
        source="manual",
        category="public_order",
        type="fight",
        summary="两人在路口打架",
        address="剑川路路口",
        position=Position(LON, LAT),
        station_id=scene.station.id,
        scenario_key=scenario_key,
    )


def test_a_call_takes_few_statements(session: Session, scene: Scene) -> None:
    new = a_call(scene)
    calling = grant(scene.dispatcher.actor, Permission.INCIDENT_CREATE)
    # the first call of a station gives it its scenarios and the day its numbers
    receive(session, new=new, grant=calling, at=START)
    session.commit()
    with counting(session) as seen:
        receive(session, new=new, grant=calling, at=START)
    assert len(seen) <= 9


def test_a_call_that_is_sent_for_at_once_takes_few_statements(session: Session, scene: Scene) -> None:
    new = a_call(scene, scenario_key=session.get_one(Scenario, scene.incident.scenario_id).key)
    calling = grant(scene.dispatcher.actor, Permission.INCIDENT_CREATE)
    service.take_call(session, new=new, grant=calling, at=START, send=False)
    session.commit()
    with counting(session) as seen:
        _, orders = service.take_call(session, new=new, grant=calling, at=START, send=True)
    assert {order.mode for order in orders} == {"command", "offer"}
    assert len(seen) <= 28


def test_sending_two_patrols_and_asking_six_guards_takes_few_statements(session: Session) -> None:
    scene = a_fight(session)
    assert dispatch(session, scene) <= 33
    assert sorted(scene.states().values()) == ["offered"] * 8


def test_asking_more_people_takes_no_more_statements(session: Session) -> None:
    few, many = a_fight(session, asked=2), a_fight(session, asked=12)
    assert dispatch(session, few) == dispatch(session, many)
    assert (len(few.states()), len(many.states())) == (4, 14)


def test_an_acceptance_takes_few_statements(session: Session, scene: Scene) -> None:
    assert accept(session, scene, scene.guards[0]) <= 16


def test_the_last_acceptance_takes_few_statements_however_many_it_stands_down(session: Session) -> None:
    counts = []
    for asked in (3, 12):
        scene = a_fight(session, asked=asked)
        dispatch(session, scene)
        accept(session, scene, scene.guards[0])
        counts.append(accept(session, scene, scene.guards[1]))
        assert list(scene.states().values()).count("stood_down") == asked - 2
    assert counts[0] == counts[1] <= 31


@pytest.mark.parametrize("step", ["received", "shown"])
def test_a_receipt_takes_few_statements(session: Session, scene: Scene, step: Any) -> None:
    him = scene.guards[0]
    message_id = message_of(session, scene.order(him))
    with counting(session) as seen:
        take_receipt(session, actor=him.actor, message_id=message_id, step=step, at=LATER)
    assert len(seen) <= 13
    assert scene.order(him).state == step


def test_departing_takes_few_statements(session: Session, scene: Scene) -> None:
    him = scene.guards[0]
    accept(session, scene, him)
    order_id = scene.order(him).id
    with counting(session) as seen:
        service.depart(session, grant=scene.grant(him), order_id=order_id, at=LATER)
    assert len(seen) <= 10
