"""Receipts of many phones are taken in one transaction, and each as if it had come alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from dispatch.orders import service
from dispatch.orders.model import Order, OrderMilestone
from dispatch.orders.receipts import Held, Receipt, Step, take_receipt, take_receipts
from kit.database import make_session_factory
from kit.ids import new_id
from notifications.outbox.model import Delivery, Message
from notifications.outbox.service import MessageNotFound
from tests.orders.test_statement_counts import a_fight, counting, dispatch, message_of
from tests.support.orders import Scene
from tests.support.people import START, Login

LATER = START + timedelta(seconds=5)


def receipt(session: Session, scene: Scene, him: Login, step: Step = "received", *, after_s: float = 5) -> Receipt:
    message_id = message_of(session, scene.order(him))
    return Receipt(actor=him.actor, message_id=message_id, step=step, at=START + timedelta(seconds=after_s))


@pytest.fixture
def scenes(session: Session) -> list[Scene]:
    """Two incidents; six guards were asked to each."""
    made = [a_fight(session), a_fight(session)]
    for scene in made:
        dispatch(session, scene)
    return made


def test_phones_of_two_incidents_say_in_one_go_that_they_have_their_orders(
    session: Session, scenes: list[Scene]
) -> None:
    people = [(scene, him) for scene in scenes for him in scene.guards[:6]]
    taken = take_receipts(session, [receipt(session, scene, him) for scene, him in people])
    session.commit()
    assert all(isinstance(one, Message) for one in taken)
    assert {scene.order(him).state for scene, him in people} == {"received"}
    reached = session.scalars(select(Delivery.device_id).where(Delivery.state == "received")).all()
    assert set(reached) == {him.actor.device_id for _, him in people}


def test_many_receipts_take_as_many_statements_as_two(session: Session, scenes: list[Scene]) -> None:
    counts = []
    for scene, asked in zip(scenes, (2, 6), strict=True):
        receipts = [receipt(session, scene, him) for him in scene.guards[:asked]]
        with counting(session) as seen:
            take_receipts(session, receipts)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 13


def test_received_and_shown_of_one_phone_in_one_go_are_both_measured(session: Session, scenes: list[Scene]) -> None:
    scene, him = scenes[0], scenes[0].guards[0]
    both = [receipt(session, scene, him, after_s=2), receipt(session, scene, him, "shown", after_s=3)]
    take_receipts(session, [*both, both[0]])
    session.commit()
    order = scene.order(him)
    passed = session.scalars(select(OrderMilestone).where(OrderMilestone.order_id == order.id)).all()
    assert order.state == "shown"
    assert {(m.name, m.how, (m.at - START).total_seconds()) for m in passed if m.name != "offered"} == {
        ("received", "measured", 2),
        ("shown", "measured", 3),
    }


def test_a_receipt_that_comes_after_shown_changes_nothing(session: Session, scenes: list[Scene]) -> None:
    scene, him = scenes[0], scenes[0].guards[0]
    late = [receipt(session, scene, him, "shown", after_s=2), receipt(session, scene, him, after_s=3)]
    take_receipts(session, late)
    session.commit()
    assert scene.order(him).state == "shown"


def test_a_message_of_somebody_else_is_refused_and_the_others_are_taken(session: Session, scenes: list[Scene]) -> None:
    scene = scenes[0]
    his, others = scene.guards[0], scene.guards[1]
    stolen = Receipt(actor=others.actor, message_id=message_of(session, scene.order(his)), step="shown", at=LATER)
    unknown = Receipt(actor=others.actor, message_id=new_id(), step="shown", at=LATER)
    taken = take_receipts(session, [stolen, receipt(session, scene, others), unknown])
    session.commit()
    assert [type(one) for one in taken] == [MessageNotFound, Message, MessageNotFound]
    assert (scene.order(his).state, scene.order(others).state) == ("offered", "received")


def test_an_order_that_somebody_holds_is_left_and_the_others_do_not_wait_for_it(committed_database: Engine) -> None:
    factory = make_session_factory(committed_database)
    with factory() as session:
        scene = a_fight(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        accepting, other = scene.guards[0], scene.guards[1]
        both = [receipt(session, scene, him) for him in (accepting, other)]
        accept = (scene.grant(accepting), scene.order(accepting).id)
        session.commit()
    with factory() as holding, factory() as desk:
        service.accept(holding, grant=accept[0], order_id=accept[1], at=LATER)
        taken = take_receipts(desk, both)
        desk.commit()
        assert [type(one) for one in taken] == [Held, Message]
        holding.commit()
    with factory() as session:
        take_receipt(session, actor=both[0].actor, message_id=both[0].message_id, step="received", at=LATER)
        session.commit()
        states = session.scalars(select(Order.state).where(Order.id.in_([accept[1], scene.order(other).id])))
        assert sorted(states) == ["accepted", "received"]
