"""Raising alarms and taking them up."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.escalation import repository
from dispatch.escalation.model import Alarm
from kit import feed, record
from kit.actor import SYSTEM, Actor, Grant
from kit.errors import Conflict
from notifications.outbox import service as outbox

ENTITY = "alarm"
SOS = "sos"
#: an alarm is told again this often until somebody takes it up
TELL_EVERY = timedelta(seconds=60)


class AlarmTaken(Conflict):
    """A colleague has taken this alarm up already."""

    slug, title, hint = "alarm-taken", "该告警已有人认领", "请刷新查看由谁处置。"


def raise_alarm(
    session: Session,
    *,
    station_id: uuid.UUID,
    incident_id: uuid.UUID,
    kind: str,
    order_id: uuid.UUID | None = None,
    at: datetime,
    detail: dict[str, object] | None = None,
    by: Actor = SYSTEM,
) -> Alarm:
    """An alarm of ``kind``, told to every dispatcher of the station. While one is open there is no second.

    ``detail`` holds codes and numbers, no personal data.
    """
    alarm, new = repository.add_once(
        session,
        station_id=station_id,
        incident_id=incident_id,
        kind=kind,
        order_id=order_id,
        at=at,
        tell_again_at=at + TELL_EVERY,
        detail=detail or {},
    )
    if new:
        record.write(
            session,
            "alarm.raised",
            actor=by,
            at=at,
            subject_kind=ENTITY,
            subject_id=alarm.id,
            station_id=station_id,
            kind=kind,
            incident_id=str(incident_id),
            order_id=str(order_id) if order_id else None,
        )
        tell(session, alarm, at=at)
        feed.changed(session, ENTITY, alarm.id)
        feed.changed(session, "incident", incident_id, under=incident_id)
    return alarm


def tell(session: Session, alarm: Alarm, *, at: datetime) -> None:
    """Tell the command room."""
    ttl_s = TELL_EVERY.total_seconds()
    letters = [
        outbox.Letter(account_id=account_id, subject_id=alarm.id, kind="alarm.raised", ttl_s=ttl_s)
        for account_id in repository.list_room(session, alarm.station_id)
    ]
    outbox.put_all(session, letters, station_id=alarm.station_id, at=at, urgent=True)


def tell_again(session: Session, alarm: Alarm, *, at: datetime) -> None:
    """Nobody took it up: tell once more, in place of what was told before."""
    outbox.recall(session, alarm.id, at)
    tell(session, alarm, at=at)
    alarm.tell_again_at = at + TELL_EVERY
    session.flush()


def acknowledge(session: Session, *, grant: Grant, alarm_id: uuid.UUID, at: datetime) -> Alarm:
    """A named person takes the alarm up. His own second time is no fault; raises AlarmTaken for another's."""
    alarm = repository.get_visible(session, alarm_id, grant, lock=True)
    actor = grant.actor
    if alarm.acknowledged_by is not None:
        if alarm.acknowledged_by == actor.account_id:
            return alarm
        raise AlarmTaken(acknowledged_by=str(alarm.acknowledged_by))
    _take_up(session, alarm, by=actor, at=at)
    return alarm


def take_up_with_incident(session: Session, incident_id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Who ends an incident has dealt with its open alarms: an alarm about people missing there calls nobody any more.

    A call for help (sos) stays until somebody takes it up by itself. The caller holds the incident's lock.
    """
    if by.account_id is None:
        return
    for alarm in repository.lock_open(session, incident_id):
        if alarm.kind != SOS:
            _take_up(session, alarm, by=by, at=at)


def _take_up(session: Session, alarm: Alarm, *, by: Actor, at: datetime) -> None:
    alarm.acknowledged_at, alarm.acknowledged_by, alarm.tell_again_at = at, by.account_id, None
    session.flush()
    outbox.recall(session, alarm.id, at)
    record.write(
        session,
        "alarm.acknowledged",
        actor=by,
        at=at,
        subject_kind=ENTITY,
        subject_id=alarm.id,
        station_id=alarm.station_id,
        kind=alarm.kind,
        incident_id=str(alarm.incident_id),
        waited_s=(at - alarm.raised_at).total_seconds(),
    )
    feed.changed(session, ENTITY, alarm.id)
    feed.changed(session, "incident", alarm.incident_id, under=alarm.incident_id)
