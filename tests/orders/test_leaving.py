"""Who can no longer be sent does not keep an order; where the scene goes, the orders go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.accounts import management
from dispatch.incidents import editing
from dispatch.incidents.editing import Edit
from dispatch.orders import leaving, service
from geo.crs import Position
from geo.distance import metres_between
from geo.responders.model import ResponderIndex
from kit.actor import Role
from kit.errors import NotFound
from kit.record import RecordEntry
from tests.support.duty import make_duty
from tests.support.orders import Scene, a_need, make_scene, milestones, orders_of, told
from tests.support.people import LAT, START, Login, east, make_station, staff

MINUTE = timedelta(minutes=1)
GUARD = a_need()


def dispatched(session: Session, **values: Any) -> Scene:
    scene = make_scene(session, a_need("patrol_unit"), GUARD, guards=2, police=2, **values)
    for login in (*scene.guards, *scene.police):
        assert login.responder is not None
        make_duty(session, login.responder, start=START)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    return scene


def index(session: Session, login: Login) -> ResponderIndex:
    assert login.responder is not None
    query = select(ResponderIndex).where(ResponderIndex.responder_id == login.responder.id)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def take_off_duty(session: Session, scene: Scene, login: Login) -> None:
    assert login.responder is not None
    leaving.force_off_duty(
        session,
        grant=grant(scene.dispatcher.actor, Permission.DUTY_FORCE),
        responder_id=login.responder.id,
        reason="身体不适，已联系本人",
        at=START + MINUTE,
    )


def deactivate(session: Session, scene: Scene, login: Login) -> None:
    leader = staff(session, Role.LEADER, scene.station)
    management.deactivate(
        session,
        grant=grant(leader.actor, Permission.ACCOUNT_WRITE),
        account_id=login.account.id,
        version=1,
        reason="已离职",
        at=START + MINUTE,
    )


def revoke(session: Session, scene: Scene, login: Login) -> None:
    manager = staff(session, Role.DISTRICT_ADMIN, scene.station)
    management.revoke(
        session,
        grant=grant(manager.actor, Permission.ACCOUNT_REVOKE),
        account_id=login.account.id,
        reason="手机丢失",
        at=START + MINUTE,
    )


WAYS = [(take_off_duty, "taken_off_duty"), (deactivate, "account_deactivated"), (revoke, "account_revoked")]


@pytest.mark.parametrize(("end", "reason"), WAYS)
class TestWhoLeaves:
    def test_loses_what_he_had_accepted_and_the_next_one_is_asked(
        self, session: Session, end: Callable[[Session, Scene, Login], None], reason: str
    ) -> None:
        scene = dispatched(session)
        first = scene.guards[0]
        service.accept(session, grant=scene.grant(first), order_id=scene.order(first).id, at=START)
        end(session, scene, first)
        assert scene.states()["g0"] == "failed"
        assert scene.states()["g1"] == "offered"
        order = scene.order(first)
        assert (order.reason, order.ended_at) == (reason, START + MINUTE)
        assert scene.order(scene.guards[1]).replaces_id == order.id
        assert (index(session, first).engaged, index(session, first).on_duty) == (False, False)
        assert told(session, first) == ["order.failed"]
        assert milestones(session, order.id)["failed"][0] == START + MINUTE

    def test_loses_what_he_had_not_answered_without_waiting_for_the_time_out(
        self, session: Session, end: Callable[[Session, Scene, Login], None], reason: str
    ) -> None:
        scene = dispatched(session)
        first = scene.guards[0]
        end(session, scene, first)
        assert (scene.states()["g0"], scene.states()["g1"]) == ("cancelled", "offered")
        assert scene.order(first).reason == reason
        assert scene.needs().accepted == 0

    def test_is_replaced_in_a_command_too(
        self, session: Session, end: Callable[[Session, Scene, Login], None], reason: str
    ) -> None:
        scene = dispatched(session)
        first = next(login for login in scene.police if orders_of(session, login))
        service.accept(session, grant=scene.grant(first), order_id=scene.order(first).id, at=START)
        end(session, scene, first)
        other = next(login for login in scene.police if login is not first)
        assert (scene.order(first).state, scene.order(other).state) == ("failed", "offered")

    def test_without_an_order_just_leaves(
        self, session: Session, end: Callable[[Session, Scene, Login], None], reason: str
    ) -> None:
        scene = dispatched(session)
        end(session, scene, scene.guards[1])
        assert not index(session, scene.guards[1]).on_duty
        assert scene.states()["g0"] == "offered"


def test_a_neighbouring_station_takes_nobody_off_duty(session: Session) -> None:
    scene = dispatched(session)
    stranger = staff(session, Role.DISPATCHER, make_station(session))
    with pytest.raises(NotFound):
        leaving.force_off_duty(
            session, grant=grant(stranger.actor, Permission.DUTY_FORCE),
            responder_id=scene.guards[0].helper.id, reason="误操作", at=START,
        )  # fmt: skip
    assert scene.states()["g0"] == "offered"


def test_who_is_taken_off_duty_while_he_is_being_sent_never_keeps_the_order(committed_database: Engine) -> None:
    """The claim and the end of the duty at one barrier, both with their own connections."""
    for _ in range(10):
        with Session(committed_database, expire_on_commit=False) as session:
            scene = make_scene(session, a_need("patrol_unit"), GUARD, guards=1)
            login = scene.guards[0]
            assert login.responder is not None
            make_duty(session, login.responder, start=START)
            session.commit()
        barrier = threading.Barrier(2)

        def send(scene: Scene = scene, barrier: threading.Barrier = barrier) -> None:
            with Session(committed_database) as session:
                barrier.wait()
                service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
                session.commit()

        def end(scene: Scene = scene, login: Login = login, barrier: threading.Barrier = barrier) -> None:
            with Session(committed_database) as session:
                barrier.wait()
                take_off_duty(session, scene, login)
                session.commit()

        threads = [threading.Thread(target=work) for work in (send, end)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        with Session(committed_database) as session:
            found = index(session, login)
            assert (found.on_duty, found.engaged) == (False, False)
            assert [order.state for order in orders_of(session, login)] in ([], ["cancelled"])


class TestScene:
    def test_every_open_order_follows_the_scene_and_its_holder_is_told(self, session: Session) -> None:
        scene = dispatched(session)
        first = scene.guards[0]
        service.accept(session, grant=scene.grant(first), order_id=scene.order(first).id, at=START)
        version = scene.order(first).version
        self.move(session, scene, 400)
        order = scene.order(first)
        assert metres_between(Position.of(order.target), Position(east(400), LAT)) < 0.1
        assert (order.state, order.version) == ("accepted", version + 1)
        assert "order.changed" in told(session, first)
        commanded = next(login for login in scene.police if orders_of(session, login))
        assert metres_between(Position.of(scene.order(commanded).target), Position(east(400), LAT)) < 0.1
        session.commit()
        query = select(RecordEntry).where(RecordEntry.action == "order.moved", RecordEntry.subject_id == order.id)
        (entry,) = session.scalars(query)
        assert entry.actor_account_id == scene.dispatcher.account.id
        assert entry.detail == {"state": "accepted", "incident_id": str(scene.incident.id)}

    def test_a_helper_still_stands_off_before_the_new_scene(self, session: Session) -> None:
        scene = dispatched(session, stand_off_m=50, allowed_verbs=["keep_distance", "observe"])
        self.move(session, scene, -300)
        target = Position.of(scene.order(scene.guards[0]).target)
        assert metres_between(target, Position(east(-300), LAT)) == pytest.approx(50, abs=0.5)
        assert target.lon > east(-300)

    def test_what_has_ended_stays_where_it_was(self, session: Session) -> None:
        scene = dispatched(session)
        first = scene.guards[0]
        service.cancel(session, grant=scene.control, order_id=scene.order(first).id, reason="误派", at=START)
        before = Position.of(scene.order(first).target)
        self.move(session, scene, 400)
        assert Position.of(scene.order(first).target) == before
        assert "order.changed" not in told(session, first)

    def test_another_edit_tells_nobody(self, session: Session) -> None:
        scene = dispatched(session)
        self.edit(session, scene, Edit(summary="三人在路口打架"))
        assert told(session, scene.guards[0]) == ["order.offered"]

    def move(self, session: Session, scene: Scene, metres: float) -> None:
        self.edit(session, scene, Edit(position=Position(east(metres), LAT)))

    def edit(self, session: Session, scene: Scene, changes: Edit) -> None:
        editing.edit(
            session,
            grant=grant(scene.dispatcher.actor, Permission.INCIDENT_EDIT),
            incident_id=scene.incident.id,
            version=scene.incident.version,
            changes=changes,
            at=START + MINUTE,
        )
