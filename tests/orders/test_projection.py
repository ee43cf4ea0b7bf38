"""What a screen has after the events equals what it would fetch anew (I-11)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.escalation import service as escalation
from dispatch.incidents.ending import cancel, reopen
from dispatch.orders import projection, service
from dispatch.orders.labels import label_for
from dispatch.orders.progress import DeclineReason
from kit.actor import Role
from kit.feed import FeedEvent, account_audience, station_audience
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import START, staff

Screen = dict[uuid.UUID, Any]


def by_events(session: Session, audience: str) -> Screen:
    query = select(FeedEvent).where(FeedEvent.audience == audience, FeedEvent.entity == "order")
    screen: Screen = {}
    for event in session.scalars(query.order_by(FeedEvent.seq)):
        if event.value is None:
            screen.pop(event.entity_id, None)
        else:
            screen[event.entity_id] = event.value
    return screen


def anew(session: Session, audience: str) -> Screen:
    ids = projection.list_shown(session, audience)
    shown = projection.project(session, ids)
    return {p.entity_id: p.value for p in shown if p.audience == audience}


def check(session: Session, scene: Scene) -> None:
    session.commit()
    people = [account_audience(login.account.id) for login in (*scene.guards, *scene.police)]
    for audience in (station_audience(scene.station.id), *people):
        screen = anew(session, audience)
        assert by_events(session, audience) == screen
        assert None not in screen.values()


def test_events_make_the_same_screens_as_a_fresh_look(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(alert_factor=2), guards=4)
    check(session, scene)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    check(session, scene)
    g, at = scene.guards, START + timedelta(seconds=3)
    service.decline(session, grant=scene.grant(g[0]), order_id=scene.order(g[0]).id, reason=DeclineReason.BUSY, at=at)
    check(session, scene)
    service.accept(session, grant=scene.grant(g[1]), order_id=scene.order(g[1]).id, at=at)
    check(session, scene)
    escalation.tick(session, START + timedelta(seconds=31))
    check(session, scene)
    service.complete(session, grant=scene.grant(g[1]), order_id=scene.order(g[1]).id, at=START + timedelta(minutes=5))
    check(session, scene)
    assert anew(session, account_audience(g[1].account.id)) == {}
    edit = grant(scene.dispatcher.actor, Permission.INCIDENT_EDIT)
    incident = cancel(
        session, grant=edit, incident_id=scene.incident.id, reason="误报", at=START + timedelta(minutes=6)
    )
    check(session, scene)
    assert anew(session, station_audience(scene.station.id)) == {}
    leader = staff(session, Role.LEADER, scene.station)
    reopen(
        session,
        grant=grant(leader.actor, Permission.INCIDENT_REOPEN),
        incident_id=incident.id,
        version=incident.version,
        reason="情况有变",
        at=START + timedelta(minutes=7),
    )
    check(session, scene)
    # a new round asks anew, also those who declined before
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START + timedelta(minutes=1))
    check(session, scene)


def test_a_helpers_screen_says_nothing_of_the_caller_or_of_the_others(session: Session) -> None:
    scene = make_scene(session)
    scene.incident.caller_phone_mask = "138****0001"
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    session.commit()
    (shown,) = anew(session, account_audience(scene.guards[0].account.id)).values()
    assert "138****0001" not in str(shown)
    assert str(scene.guards[1].responder.id if scene.guards[1].responder else "") not in str(shown)
    assert not {"score", "reason", "responder"} & set(shown)


def test_a_finished_command_does_not_read_as_waiting_for_a_rating() -> None:
    assert label_for(Role.LEADER, "completed", mode="offer") == "待评价"
    assert label_for(Role.LEADER, "completed", mode="command") == "已完成"
