"""An incident is put right while somebody answers his order: what stands last on every screen is what the database
holds, and nobody is sent to the old place. Real connections."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from dispatch.access.table import Permission, grant
from dispatch.incidents import editing
from dispatch.incidents.editing import Edit
from dispatch.incidents.model import Incident
from dispatch.orders import service
from dispatch.orders.model import Order
from dispatch.orders.progress import DeclineReason
from dispatch.projections import PROJECTIONS
from geo.crs import Position
from kit.database import make_session_factory
from kit.feed import FeedEvent, account_audience, station_audience
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import LAT, START, Login, east

Work = Callable[[Session, Scene], object]
THERE = Position(east(60), LAT)


@pytest.fixture
def factory(committed_database: Engine) -> sessionmaker[Session]:
    return make_session_factory(committed_database)


def a_scene(factory: sessionmaker[Session], *, asked: int) -> Scene:
    """A patrol car and ``asked`` of two guards have their orders; one guard is needed."""
    with factory() as session:
        scene = make_scene(session, a_need("patrol_unit"), a_need(alert_factor=asked), guards=2)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        for login in scene.guards:
            session.refresh(login.account)
    return scene


def edit(session: Session, scene: Scene) -> None:
    """The dispatcher puts the words right."""
    put_right(session, scene, Edit(address="龙吴路公交站", summary="两人已转到公交站"))


def move(session: Session, scene: Scene) -> None:
    """The dispatcher puts the place right."""
    put_right(session, scene, Edit(position=THERE))


def put_right(session: Session, scene: Scene, changes: Edit) -> None:
    right = grant(scene.dispatcher.actor, Permission.INCIDENT_EDIT)
    version = session.get_one(Incident, scene.incident.id).version
    editing.edit(session, grant=right, incident_id=scene.incident.id, version=version, changes=changes, at=START)


def order_of(session: Session, login: Login) -> uuid.UUID:
    return session.scalars(select(Order.id).where(Order.account_id == login.account.id)).one()


def accept(session: Session, scene: Scene) -> object:
    """The first guard takes the only place, the second is stood down."""
    him = scene.guards[0]
    return service.accept(session, grant=scene.grant(him), order_id=order_of(session, him), at=START)


def decline(session: Session, scene: Scene) -> object:
    """The first guard says no: the second one is asked, and gets the incident's card."""
    him = scene.guards[0]
    order_id, reason = order_of(session, him), DeclineReason.POST
    return service.decline(session, grant=scene.grant(him), order_id=order_id, reason=reason, at=START)


def assert_screens_hold_what_is_there(factory: sessionmaker[Session], scene: Scene, *people: Login) -> None:
    """The last event of each card is its fresh projection, on these phones and in the room."""
    with factory() as session:
        for audience in (*(account_audience(p.account.id) for p in people), station_audience(scene.station.id)):
            for entity in ("incident", "order"):
                module = PROJECTIONS[entity]
                shown = module.list_shown(session, audience)
                assert shown, (audience, entity)
                fresh = {p.entity_id: p.value for p in module.project(session, shown) if p.audience == audience}
                for id_, value in fresh.items():
                    assert last(session, audience, id_) == value, (audience, entity)


def last(session: Session, audience: str, entity_id: uuid.UUID) -> Any:
    query = select(FeedEvent.value).where(FeedEvent.audience == audience, FeedEvent.entity_id == entity_id)
    return session.scalars(query.order_by(FeedEvent.seq.desc()).limit(1)).one()


@pytest.mark.parametrize("works", [(edit, accept), (accept, edit)], ids=["edit first", "answer first"])
def test_two_that_commit_at_the_same_instant_are_shown_one_after_the_other(
    factory: sessionmaker[Session], works: tuple[Work, Work]
) -> None:
    """A third connection holds the room's number, so that the first stands between looking and numbering."""
    scene = a_scene(factory, asked=2)
    with factory() as holder, factory() as first, factory() as second:
        hold = text("SELECT seq FROM feed_heads WHERE audience = :audience FOR UPDATE")
        holder.execute(hold, {"audience": station_audience(scene.station.id)})

        def whole(work: Work, session: Session) -> None:
            work(session, scene)
            session.commit()

        with in_thread(lambda: whole(works[0], first)):
            wait_until_waiting(holder, 1)
            with in_thread(lambda: whole(works[1], second)):
                wait_until_waiting(holder, 2)
                holder.rollback()
    assert_screens_hold_what_is_there(factory, scene, scene.guards[0])


@pytest.mark.parametrize("works", [(move, decline), (decline, move)], ids=["move first", "refill first"])
def test_who_is_asked_while_the_place_is_put_right_is_sent_to_the_right_one(
    factory: sessionmaker[Session], works: tuple[Work, Work]
) -> None:
    scene = a_scene(factory, asked=1)
    with factory() as first, factory() as second, factory() as watch:
        works[0](first, scene)
        with in_thread(lambda: works[1](second, scene)):
            wait_until_waiting(watch, 1)
            first.commit()
        second.commit()
    assert_screens_hold_what_is_there(factory, scene, scene.guards[1])
    with factory() as session:
        order = session.get_one(Order, order_of(session, scene.guards[1]))
        assert Position.of(order.target) == THERE


@contextmanager
def in_thread(work: Callable[[], object]) -> Iterator[None]:
    """``work`` runs beside the block, and is done after it."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as exc:
            failed.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert not failed


def wait_until_waiting(session: Session, count: int) -> None:
    """Until so many connections of this database wait for a lock."""
    # within a transaction the view would show one and the same moment
    clear = text("SELECT pg_stat_clear_snapshot()")
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 20
    while session.scalar(query) != count:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        session.execute(clear)
