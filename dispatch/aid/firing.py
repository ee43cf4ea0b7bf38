"""The only way to change the state of mutual aid, and what changes on screens with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid import repository
from dispatch.aid.model import Aid
from dispatch.aid.states import AID, OPEN, PAST_TENSE, AidState
from dispatch.incidents import repository as incidents
from dispatch.incidents.hiding import hide_caller
from dispatch.orders import repository as orders
from kit import feed, record
from kit.actor import Actor

ENTITY = "aid"


def hold(session: Session, aid: Aid) -> Aid:
    """The aid as it is now, with its incident and the needs, held in the order in which everybody takes them."""
    incidents.get_locked(session, aid.incident_id)
    orders.lock_needs(session, aid.incident_id)
    return repository.lock(session, aid.id)


def fire(
    session: Session,
    aid: Aid,
    event: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> Aid:
    """Change the state; raises TransitionRefused. The caller holds it (``hold``).

    ``reason``: a person's sentence, or the code of a rule of the machine.
    """
    reason = hide_caller(session, aid.incident_id, reason)
    source = AidState(aid.state)
    target = AID.target(event, source, by=by.role)
    aid.state = target
    aid.version += 1
    for name, value in (values or {}).items():
        setattr(aid, name, value)
    if target not in OPEN:
        aid.ended_at, aid.ended_by, aid.end_reason = at, by.account_id, reason
    session.flush()
    write(session, PAST_TENSE[event], aid, by=by, at=at, reason=reason, source=str(source), target=str(target))
    show(session, aid)
    return aid


def write(
    session: Session, action: str, aid: Aid, *, by: Actor, at: datetime, reason: str | None = None, **detail: Any
) -> None:
    """One line in the record of each of the two stations: what happened stays with both."""
    for station_id in (aid.requesting_station_id, aid.helping_station_id):
        record.write(
            session,
            action,
            actor=by,
            at=at,
            subject_kind=ENTITY,
            subject_id=aid.id,
            station_id=station_id,
            reason=reason,
            incident_id=str(aid.incident_id),
            requesting_station_id=str(aid.requesting_station_id),
            helping_station_id=str(aid.helping_station_id),
            **detail,
        )


def show(session: Session, aid: Aid) -> None:
    """What comes to the screens, or leaves them, with this change: itself, the incident, its people's orders."""
    under = aid.incident_id
    feed.changed(session, ENTITY, aid.id, under=under)
    feed.changed(session, "incident", aid.incident_id, under=under)
    for order in repository.list_orders(session, aid.id):
        feed.changed(session, "order", order.id, under=under)
