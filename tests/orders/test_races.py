"""Many at once, on real connections: nobody twice, nobody too many, every loser told why."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from dispatch.invariants import list_violations
from dispatch.orders import service
from dispatch.orders.model import Order
from dispatch.orders.progress import DeclineReason
from dispatch.orders.states import OPEN, OrderState
from kit.database import make_session_factory
from kit.errors import PinganError
from tests.support.orders import a_need, a_spec, make_incident, make_scene
from tests.support.people import START

POLICE = a_need("patrol_unit")
WORKERS = 16
LATER = START + timedelta(seconds=5)


@pytest.fixture
def factory(committed_database: Engine) -> sessionmaker[Session]:
    return make_session_factory(committed_database)


def all_at_once(factory: sessionmaker[Session], *works: Callable[[Session], object]) -> list[str]:
    """Start them at one barrier, each with its own connection; "ok" or the slug of the refusal, in their order."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[Session], object]) -> str:
        with factory() as session:
            session.connection()
            barrier.wait(timeout=60)
            try:
                work(session)
                session.commit()
            except PinganError as refusal:
                session.rollback()
                assert "state" in refusal.extra, "a loser is told how things stand"
                return refusal.slug
            return "ok"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize(("needed", "round_"), [(1, 0), (1, 1), (3, 0), (3, 1), (WORKERS, 0)])
def test_of_all_who_accept_at_once_exactly_the_needed_number_win(
    factory: sessionmaker[Session], needed: int, round_: int
) -> None:
    with factory() as session:
        need = a_need(needed=needed, alert_factor=WORKERS / needed, radius_m=5000)
        scene = make_scene(session, POLICE, need, guards=WORKERS, step_m=10)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        tasks = [(scene.grant(login), scene.order(login).id) for login in scene.guards]

    def accept(task: Any) -> Any:
        return lambda session: service.accept(session, grant=task[0], order_id=task[1], at=LATER)

    results = Counter(all_at_once(factory, *map(accept, tasks)))
    assert results == Counter({"ok": needed, "offer-taken": WORKERS - needed}) - Counter({"offer-taken": 0})
    with factory() as session:
        states = Counter(session.scalars(select(Order.state).where(Order.mode == "offer")))
        assert states == Counter({"accepted": needed, "stood_down": WORKERS - needed}) - Counter({"stood_down": 0})
        assert list_violations(session) == []


def test_many_incidents_that_want_the_same_few_guards_never_get_one_twice(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        scene = make_scene(session, POLICE, guards=20, police=20, step_m=5)
        spec = a_spec(POLICE, a_need(needed=3, alert_factor=2.0, radius_m=5000))
        incidents = [make_incident(session, scene.station, spec).id for _ in range(WORKERS)]
        session.commit()

    def send(incident_id: Any) -> Any:
        return lambda session: service.dispatch(session, grant=scene.room, incident_id=incident_id, at=START)

    assert all_at_once(factory, *map(send, incidents)) == ["ok"] * WORKERS
    with factory() as session:
        open_ = list(session.scalars(select(Order.responder_id).where(Order.state.in_(OPEN))))
        assert len(open_) == len(set(open_))
        assert list_violations(session) == []
        # whoever ran out of guards said so
        short = session.execute(text("SELECT count(*) FROM needs WHERE state = 'short'")).scalar_one()
        alarms = session.execute(text("SELECT count(*) FROM alarms WHERE kind LIKE '%short'")).scalar_one()
        assert alarms >= 1
        assert short >= alarms


def test_sixteen_workers_and_two_hundred_guards_on_a_busy_night(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        scene = make_scene(session, POLICE, guards=200, police=20, step_m=2)
        spec = a_spec(POLICE, a_need(needed=3, alert_factor=2.0, radius_m=5000))
        incidents = [make_incident(session, scene.station, spec).id for _ in range(6 * WORKERS)]
        session.commit()
    grants = {login.account.id: scene.grant(login) for login in scene.guards}

    def work_through(mine: list[uuid.UUID]) -> Callable[[Session], object]:
        return lambda session: [answer_all(session, one) for one in mine if send(session, one)]  # type: ignore[func-returns-value]

    def send(session: Session, incident_id: uuid.UUID) -> bool:
        service.dispatch(session, grant=scene.room, incident_id=incident_id, at=START)
        session.commit()
        return True

    def answer_all(session: Session, incident_id: uuid.UUID) -> None:
        asked = select(Order.id, Order.account_id).where(Order.incident_id == incident_id, Order.mode == "offer")
        for n, (order_id, account_id) in enumerate(session.execute(asked).all()):
            with suppress(PinganError):
                if n % 3:
                    service.accept(session, grant=grants[account_id], order_id=order_id, at=LATER)
                else:
                    reason = DeclineReason.BUSY
                    service.decline(session, grant=grants[account_id], order_id=order_id, reason=reason, at=LATER)
            session.commit()

    parts = [incidents[n::WORKERS] for n in range(WORKERS)]
    assert all_at_once(factory, *map(work_through, parts)) == ["ok"] * WORKERS
    with factory() as session:
        open_ = list(session.scalars(select(Order.responder_id).where(Order.state.in_(OPEN))))
        assert len(open_) == len(set(open_))
        # nobody idles while a call is short
        helping = session.scalars(select(Order.id).where(Order.state == "accepted", Order.mode == "offer")).all()
        assert len(helping) > 100
        accepted = Counter(session.scalars(select(Order.need_id).where(Order.state == "accepted")))
        assert max(accepted.values()) == 3
        assert list_violations(session) == []


@pytest.mark.parametrize("round_", range(6))
def test_of_a_cancel_and_an_accept_at_once_exactly_one_wins(factory: sessionmaker[Session], round_: int) -> None:
    with factory() as session:
        scene = make_scene(session, POLICE, a_need(), guards=1)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        him = scene.guards[0]
        grant, order_id = scene.grant(him), scene.order(him).id

    results = all_at_once(
        factory,
        lambda s: service.accept(s, grant=grant, order_id=order_id, at=LATER),
        lambda s: service.cancel(
            s, grant=scene.control, order_id=order_id, reason="误派", at=LATER, seen_state=OrderState.OFFERED
        ),
    )
    with factory() as session:
        state = session.get_one(Order, order_id).state
        assert list_violations(session) == []
    assert (results, state) in (
        (["ok", "order-moved-on"], "accepted"),
        (["order-cancelled", "ok"], "cancelled"),
    )


def test_decliners_cancellers_and_an_ending_incident_do_not_wait_in_a_circle(factory: sessionmaker[Session]) -> None:
    from dispatch.access.table import Permission, grant
    from dispatch.escalation.service import tick
    from dispatch.incidents.ending import cancel

    with factory() as session:
        scene = make_scene(
            session, POLICE, a_need(needed=2, alert_factor=3, radius_m=5000), guards=30, police=3, step_m=5
        )
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        orders = [(scene.grant(login), scene.order(login).id) for login in scene.guards[:6]]
    edit = grant(scene.dispatcher.actor, Permission.INCIDENT_EDIT)

    def decline(task: Any) -> Any:
        return lambda s: service.decline(s, grant=task[0], order_id=task[1], reason=DeclineReason.BUSY, at=LATER)

    def accept(task: Any) -> Any:
        return lambda s: service.accept(s, grant=task[0], order_id=task[1], at=LATER)

    all_at_once(
        factory,
        *(decline(task) for task in orders[:3]),
        *(accept(task) for task in orders[3:]),
        lambda s: tick(s, START + timedelta(seconds=31)),
        lambda s: tick(s, START + timedelta(seconds=31)),
        lambda s: cancel(s, grant=edit, incident_id=scene.incident.id, reason="误报", at=LATER),
    )
    with factory() as session:
        assert list(session.scalars(select(Order.state).where(Order.state.in_(OPEN)))) == []
        assert list_violations(session) == []


def test_one_phone_that_sends_its_accept_from_two_places_gets_one_order(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        scene = make_scene(session, POLICE, a_need(), guards=1)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        him = scene.guards[0]
        grant, order_id = scene.grant(him), scene.order(him).id
    works = [lambda s: service.accept(s, grant=grant, order_id=order_id, at=LATER)] * 8
    assert all_at_once(factory, *works) == ["ok"] * 8
    with factory() as session:
        assert list_violations(session) == []


def test_one_whose_row_is_held_costs_the_others_nothing(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        scene = make_scene(session, POLICE, a_need(needed=3, radius_m=5000), guards=4)
        session.commit()
        held = scene.guards[1].responder
        assert held is not None
        incident_id, room = scene.incident.id, scene.room
    with factory() as other, factory() as session:
        other.execute(text("SELECT FROM responder_index WHERE responder_id = :id FOR UPDATE"), {"id": held.id})
        service.dispatch(session, grant=room, incident_id=incident_id, at=START)
        session.commit()
    with factory() as session:
        scene.session = session
        assert scene.states() == dict.fromkeys(("g0", "g2", "g3", "p0"), "offered")
        assert list_violations(session) == []
