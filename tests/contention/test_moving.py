"""Calls that want the same guards, on the database."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from dispatch.contention import repository
from dispatch.contention import service as contention
from dispatch.contention.model import KeptPlan
from dispatch.incidents.model import Incident
from dispatch.invariants import list_violations
from dispatch.matching import service as matching
from dispatch.matching.model import Recommendation
from dispatch.orders import service as orders
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from kit.database import make_session_factory
from kit.errors import PinganError
from tests.support.orders import Scene, a_need, a_spec, make_incident, make_scene, told
from tests.support.people import START, east, point

POLICE = a_need("patrol_unit")
LATER = START + timedelta(seconds=3)
WORKERS = 6


def second_call(scene: Scene, *needs: dict[str, object], metres_east: float, **values: object) -> Incident:
    """Another call of the station, so far to the east."""
    incident = make_incident(scene.session, scene.station, a_spec(*needs))
    incident.position = point(east(metres_east))
    for name, value in values.items():
        setattr(incident, name, value)
    scene.session.flush()
    return incident


def send(scene: Scene, incident: Incident) -> None:
    orders.dispatch(scene.session, grant=scene.room, incident_id=incident.id, at=START)


def asked_for(scene: Scene, incident: Incident) -> set[str]:
    """g0, g1 … with an open order of the incident."""
    return {
        f"g{n}"
        for n, login in enumerate(scene.guards)
        if any(o.incident_id == incident.id and o.state in OPEN for o in scene.orders(login))
    }


@pytest.fixture
def checked(session: Session) -> Iterator[Session]:
    yield session
    session.commit()
    assert list_violations(session) == []


def test_a_call_alone_is_left_alone(checked: Session) -> None:
    scene = make_scene(checked, guards=2)
    send(scene, scene.incident)
    assert repository.list_due(checked, LATER, limit=10) == []
    assert contention.tick(checked, LATER) == 0
    assert checked.scalars(select(KeptPlan)).all() == []


def test_two_calls_at_once_and_two_guards(checked: Session) -> None:
    # 08:00:00  A quarrel at the crossing: both guards are asked for one.
    scene = make_scene(checked, POLICE, a_need(alert_factor=2.0), guards=2, police=2, step_m=200)
    send(scene, scene.incident)
    assert asked_for(scene, scene.incident) == {"g0", "g1"}
    # 08:00:00  In the same moment a fall beside the second guard: nobody is free for it.
    fall = second_call(scene, POLICE, a_need(alert_factor=2.0), metres_east=320)
    send(scene, fall)
    assert asked_for(scene, fall) == set()
    # 08:00:03  The machine looks at both: one guard for each, the nearer one.
    assert contention.tick(checked, LATER) == 1
    assert asked_for(scene, scene.incident) == {"g0"}
    assert asked_for(scene, fall) == {"g1"}
    moved = scene.orders(scene.guards[1])
    assert [(o.state, o.reason) for o in moved] == [("stood_down", contention.MOVED), ("offered", None)]
    assert sorted(told(checked, scene.guards[1])) == ["order.offered", "order.stood_down"]
    # 08:00:10  He goes to the fall.
    orders.accept(checked, grant=scene.grant(scene.guards[1]), order_id=moved[1].id, at=START + timedelta(seconds=10))
    assert contention.tick(checked, START + timedelta(seconds=20)) == 0


def test_the_plan_and_the_recommendation_behind_the_new_order_can_be_made_again(checked: Session) -> None:
    scene = make_scene(checked, POLICE, a_need(alert_factor=2.0), guards=2, police=2, step_m=200)
    send(scene, scene.incident)
    fall = second_call(scene, POLICE, a_need(), metres_east=320)
    send(scene, fall)
    contention.tick(checked, LATER)
    (kept,) = repository.list_of_incident(checked, fall.id)
    assert contention.recompute(kept) == kept.result
    order = scene.orders(scene.guards[1])[-1]
    recommendation = checked.get_one(Recommendation, order.recommendation_id)
    assert matching.recompute(recommendation) == recommendation.result


def test_who_has_accepted_is_never_moved(checked: Session) -> None:
    scene = make_scene(checked, POLICE, a_need(), guards=1, police=2)
    send(scene, scene.incident)
    him = scene.guards[0]
    orders.accept(checked, grant=scene.grant(him), order_id=scene.order(him).id, at=START)
    send(scene, second_call(scene, POLICE, a_need(), metres_east=101, level=1))
    assert contention.tick(checked, LATER) == 0
    assert scene.order(him).state == "accepted"


def test_the_call_that_gave_somebody_away_is_filled_by_the_next_one(checked: Session) -> None:
    scene = make_scene(checked, POLICE, a_need(), guards=2, police=2, step_m=300)
    send(scene, scene.incident)
    # the free guard is out of reach of the second call, the asked one beside it
    near = second_call(scene, POLICE, a_need(radius_m=200), metres_east=-50)
    send(scene, near)
    assert contention.tick(checked, LATER) == 1
    assert asked_for(scene, near) == {"g0"}
    assert asked_for(scene, scene.incident) == {"g1"}


def test_two_calls_that_were_just_looked_at_are_not_looked_at_every_second(checked: Session) -> None:
    scene = make_scene(checked, POLICE, a_need(), guards=1, police=2)
    send(scene, scene.incident)
    send(scene, second_call(scene, POLICE, a_need(), metres_east=120))
    assert contention.tick(checked, LATER) == 0
    before = LATER - contention.LOOK_AGAIN
    assert repository.list_due(checked, before, limit=10) == []
    assert len(repository.list_due(checked, LATER, limit=10)) == 2


def test_accepting_while_offers_move_never_has_one_guard_twice(committed_database: Engine) -> None:
    factory: sessionmaker[Session] = make_session_factory(committed_database)
    with factory() as session:
        need = a_need(needed=3, alert_factor=2.0)
        scene = make_scene(session, POLICE, need, guards=16, police=8, step_m=30)
        calls = [second_call(scene, POLICE, need, metres_east=60.0 * n) for n in range(1, 6)]
        for incident in (scene.incident, *calls):
            send(scene, incident)
        session.commit()
        grants = {login.account.id: scene.grant(login) for login in scene.guards}
    barrier, looked = threading.Barrier(6), threading.Event()

    def look(run: int) -> int:
        moved = 0
        for turn in range(4):
            with factory() as session:
                moved += contention.tick(session, START + timedelta(seconds=11 * turn + run))
                session.commit()
            looked.set()
        return moved

    def accept(run: int) -> int:
        looked.wait(timeout=60)
        for _ in range(6):
            with factory() as session, suppress(PinganError):
                open_ = select(Order.id, Order.account_id).where(Order.state == "offered", Order.mode == "offer")
                for order_id, account_id in session.execute(open_.order_by(Order.id)).all()[run::WORKERS]:
                    orders.accept(session, grant=grants[account_id], order_id=order_id, at=LATER)
                    break
                session.commit()
        return 0

    def work(run: int) -> int:
        barrier.wait(timeout=60)
        return look(run) if run < WORKERS // 2 else accept(run)

    with ThreadPoolExecutor(WORKERS) as pool:
        moved = sum(pool.map(work, range(WORKERS)))
    assert moved > 0
    with factory() as session:
        open_ = Counter(session.scalars(select(Order.responder_id).where(Order.state.in_(OPEN))))
        assert max(open_.values()) == 1
        assert session.scalars(select(Order.id).where(Order.state == "accepted")).first() is not None
        session.commit()
        assert list_violations(session) == []
