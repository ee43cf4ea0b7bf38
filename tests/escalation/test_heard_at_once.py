"""A need that is short of people hears at once of somebody who has become available near by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from dispatch.escalation import service as escalation
from dispatch.matching.model import Recommendation
from dispatch.orders import service as orders
from dispatch.sessions.service import open_session
from geo.duty import service as duty
from geo.positions.flush import flush
from geo.positions.repository import make_days
from geo.responders.model import ResponderIndex
from geo.responders.service import refresh_safe_houses
from kit.actor import Role
from kit.database import make_session_factory
from notifications.devices.service import DeviceInfo
from tests.geo.fixes import fix
from tests.support.orders import Scene, a_need, a_spec, make_incident, make_scene
from tests.support.people import START, Login, east, guard, keeper, make_account, make_organization, make_responder


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def short(session: Session, *needs: dict[str, Any], **values: Any) -> Scene:
    """An incident for which the one guard is missing, a second after it was tried to send him."""
    scene = make_scene(session, *(needs or (a_need("patrol_unit"), a_need())), guards=0, **values)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert scene.needs().state == "short"
    escalation.tick(session, later(1))
    return scene


def off_duty(session: Session, scene: Scene) -> Login:
    """A guard with a phone whose duty has not begun: nobody knows where he is."""
    login = guard(session, scene.station, on_duty=False)
    assert login.responder is not None
    return login


def go_on_duty(session: Session, login: Login, at: datetime) -> None:
    assert login.responder is not None
    duty.start(session, responder_id=login.responder.id, planned_end=None, actor=login.actor, at=at)


def send_fix(session: Session, login: Login, second: float, metre: float) -> None:
    assert login.responder is not None
    session.flush()
    cursor = session.connection().connection.cursor()
    make_days(cursor, [START.date()])
    outcome = flush(cursor, [fix(second, metre, who=login.responder.id)]).outcomes[0]
    assert outcome is not None and str(outcome.kind) == "stored"


def recommended(session: Session, scene: Scene) -> int:
    query = select(func.count()).where(Recommendation.incident_id == scene.incident.id)
    return session.scalar(query) or 0


def lines(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM availabilities")) or 0


def test_a_guard_who_comes_on_duty_next_door_is_asked_with_his_first_fix(session: Session) -> None:
    scene = short(session)
    him = off_duty(session, scene)
    go_on_duty(session, him, later(2))
    escalation.tick(session, later(2.5))
    assert scene.orders(him) == []
    send_fix(session, him, 3, 80)
    escalation.tick(session, later(3.5))
    assert scene.order(him).state == "offered"
    assert (scene.needs().state, scene.needs().retry_at) == ("open", None)
    assert lines(session) == 0


def test_who_is_freed_by_another_order_is_asked_at_once(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(), guards=1)
    him = scene.guards[0]
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    orders.accept(session, grant=scene.grant(him), order_id=scene.order(him).id, at=later(1))
    first, scene.incident = scene.incident, make_incident(session, scene.station, a_spec())
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=later(2))
    assert scene.needs().state == "short"
    orders.complete(session, grant=scene.grant(him), order_id=scene.order(him).id, at=later(5))
    escalation.tick(session, later(5.5))
    assert [order.incident_id for order in scene.orders(him)] == [first.id, scene.incident.id]


def test_who_logs_in_is_asked_at_once(session: Session) -> None:
    scene = short(session)
    company = make_organization(session, scene.station)
    account = make_account(session, Role.GUARD, scene.station, company)
    responder = make_responder(
        session, "guard", scene.station, organization=company, account=account, lon=east(80), at=later(1)
    )
    escalation.tick(session, later(2))
    device = DeviceInfo(kind="android", name="测试机")
    open_session(session, account=account, device=device, at=later(3))
    escalation.tick(session, later(3.5))
    query = text("SELECT state FROM orders WHERE responder_id = :id")
    assert session.scalars(query, {"id": responder.id}).all() == ["offered"]


def test_a_safe_house_that_opens_is_asked_at_once(session: Session) -> None:
    need = a_need("safe_house")
    scene = make_scene(session, a_need("patrol_unit"), need, guards=0)
    # from 16:01 of that Tuesday on, in China
    hours = {"tue": [["16:01", "22:00"]]}
    house = keeper(session, scene.station, lon=east(80), on_duty=False, opening_hours=hours)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert scene.needs("safe_house").state == "short"
    refresh_safe_houses(session, later(61))
    # before its half-minute is over again
    scene.needs("safe_house").retry_at = later(90)
    session.flush()
    escalation.tick(session, later(62))
    assert scene.order(house).state == "offered"


@pytest.mark.parametrize("metre", [5_000, -20_000])
def test_who_comes_far_away_makes_nobody_look_again(session: Session, metre: float) -> None:
    scene = short(session)
    before = recommended(session, scene)
    him = off_duty(session, scene)
    go_on_duty(session, him, later(2))
    send_fix(session, him, 3, metre)
    escalation.tick(session, later(4))
    assert recommended(session, scene) == before
    assert lines(session) == 0


def test_who_walks_about_near_by_is_not_looked_at_with_every_step(session: Session) -> None:
    scene = short(session, a_need("patrol_unit"), a_need(skills=["first_aid"]))
    before = recommended(session, scene)
    him = off_duty(session, scene)
    go_on_duty(session, him, later(2))
    for second in (3, 8, 13, 18):
        send_fix(session, him, second, 80 + second)
        escalation.tick(session, later(second + 1))
    # he has not the skill, so it is not looked again at all
    assert recommended(session, scene) == before


def test_who_said_no_is_no_reason_to_look_again(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(), guards=1)
    him = scene.guards[0]
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    orders.decline(
        session, grant=scene.grant(him), order_id=scene.order(him).id, reason=orders.DeclineReason.POST, at=later(1)
    )
    before = recommended(session, scene)
    escalation.tick(session, later(2))
    assert recommended(session, scene) == before


class TestWhileAnotherHoldsTheIncident:
    @pytest.fixture
    def factory(self, committed_database: Engine) -> sessionmaker[Session]:
        return make_session_factory(committed_database)

    def test_the_line_is_kept_for_the_next_turn(self, factory: sessionmaker[Session]) -> None:
        with factory() as session:
            scene = short(session)
            him = off_duty(session, scene)
            go_on_duty(session, him, later(2))
            send_fix(session, him, 3, 80)
            session.commit()
            responder_id = him.responder.id if him.responder else None
            incident_id = scene.incident.id
        with factory() as holder, factory() as worker:
            holder.execute(text("SELECT 1 FROM incidents WHERE id = :id FOR NO KEY UPDATE"), {"id": incident_id})
            escalation.tick(worker, later(4))
            worker.commit()
            query = select(ResponderIndex.engaged).where(ResponderIndex.responder_id == responder_id)
            assert worker.scalar(query) is False
            holder.rollback()
            escalation.tick(worker, later(5))
            worker.commit()
            assert worker.scalar(query) is True
