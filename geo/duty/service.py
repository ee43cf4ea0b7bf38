"""On duty and off. Every change holds the responder's index row, as the writers of positions do."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from geo.availability import repository as availability
from geo.duty import repository
from geo.duty.errors import AlreadyOnDuty, EngagedOnDuty, NoResponder, NotOnDuty, PlannedEndRefused
from geo.duty.model import Duty
from geo.responders import repository as responders
from geo.responders.hours import is_open
from geo.responders.model import ResponderIndex
from geo.responders.projection import ENTITY
from kit import feed, record
from kit.actor import SYSTEM, Actor, Grant
from kit.ids import new_id

#: labour law's day of eight hours, doubled: who is longer "on duty" has forgotten to go off
MAX_DUTY = timedelta(hours=16)
DEFAULT_DUTY = timedelta(hours=8)

How = Literal["self", "station", "planned_end", "revoked"]


def start(
    session: Session, *, responder_id: uuid.UUID | None, planned_end: datetime | None, actor: Actor, at: datetime
) -> Duty:
    """Go on duty until ``planned_end`` (None: eight hours). Raises NoResponder, PlannedEndRefused, AlreadyOnDuty.

    For a safe-house it means 临时开放: open beside its hours.
    """
    planned_end = planned_end if planned_end is not None else at + DEFAULT_DUTY
    if not at < planned_end <= at + MAX_DUTY:
        raise PlannedEndRefused
    row = _lock(session, responder_id)
    responder = repository.find_active_responder(session, row.responder_id)
    if responder is None:
        raise NoResponder
    if repository.find_open(session, responder.id) is not None:
        raise AlreadyOnDuty
    duty = Duty(
        id=new_id(),
        responder_id=responder.id,
        station_id=responder.station_id,
        started_at=at,
        planned_end=planned_end,
        ended_at=None,
        ended_how=None,
    )
    repository.add(session, duty)
    row.on_duty = True
    session.flush()
    availability.note(session, [responder.id])
    _tell(session, duty, "duty.started", actor=actor, at=at, reason=None)
    return duty


def end(
    session: Session,
    *,
    responder_id: uuid.UUID | None,
    actor: Actor,
    at: datetime,
    how: How = "self",
    reason: str | None = None,
) -> Duty:
    """Go off duty, and be located no more: the last position is erased in the same transaction.

    Raises NoResponder, NotOnDuty, and for ``how`` self EngagedOnDuty while an order is open.
    """
    row = _lock(session, responder_id)
    duty = repository.find_open(session, row.responder_id)
    if duty is None:
        raise NotOnDuty
    if how == "self" and row.engaged:
        raise EngagedOnDuty
    # a clock behind the one that started it must not turn the interval round
    duty.ended_at, duty.ended_how = max(at, duty.started_at), how
    kind, hours = repository.get_kind_and_hours(session, row.responder_id)
    if kind == "safe_house":
        row.on_duty = is_open(hours or {}, at)  # type: ignore[arg-type]
    else:
        row.on_duty = False
        for column, value in responders.NO_POSITION.items():
            setattr(row, column, value)
    session.flush()
    _tell(session, duty, "duty.ended", actor=actor, at=at, reason=reason)
    return duty


def force_end(session: Session, *, responder_id: uuid.UUID, grant: Grant, at: datetime, reason: str) -> Duty:
    """Take a responder that ``grant`` reaches off duty, an open order or not. Raises NotFound, NotOnDuty."""
    responders.get_visible(session, responder_id, grant)
    return end(session, responder_id=responder_id, actor=grant.actor, at=at, how="station", reason=reason)


def end_overdue(session: Session, at: datetime) -> int:
    """End the duties whose planned end has passed; how many. Who is on an order stays until it has ended."""
    overdue = repository.list_overdue(session, at)
    for responder_id in overdue:
        end(session, responder_id=responder_id, actor=SYSTEM, at=at, how="planned_end")
    return len(overdue)


def _lock(session: Session, responder_id: uuid.UUID | None) -> ResponderIndex:
    row = responders.find_index(session, responder_id, lock=True) if responder_id is not None else None
    if row is None:
        raise NoResponder
    return row


def _tell(session: Session, duty: Duty, action: str, *, actor: Actor, at: datetime, reason: str | None) -> None:
    record.write(
        session,
        action,
        actor=actor,
        at=at,
        subject_kind="duty",
        subject_id=duty.id,
        station_id=duty.station_id,
        reason=reason,
        responder_id=str(duty.responder_id),
        planned_end=duty.planned_end.isoformat(),
        how=duty.ended_how,
    )
    feed.changed(session, ENTITY, duty.responder_id)
