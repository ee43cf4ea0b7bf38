"""How mutual aid ends: who has not answered is stood down, who has accepted goes on till he has finished."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.aid import repository, telling
from dispatch.aid.errors import AID_ENDED
from dispatch.aid.firing import fire, hold
from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.escalation.alarms import raise_alarm
from dispatch.orders import repository as orders
from dispatch.orders.ending import stand_down_all
from kit.actor import SYSTEM, Actor

#: the helping station sees how it went on for so long after the incident has ended
AFTER_INCIDENT = timedelta(minutes=15)


def close(session: Session, aid: Aid, event: str, *, by: Actor, at: datetime, reason: str) -> Aid:
    """End an open one. The caller holds it; orders of its people that nobody accepted end with it."""
    aid = fire(session, aid, event, by=by, at=at, reason=reason)
    unanswered = repository.list_unanswered(session, aid.id)
    if unanswered:
        needs = orders.lock_needs(session, aid.incident_id)
        stand_down_all(session, unanswered, needs, at=at, reason=AID_ENDED)
    look_again(session, aid, at=at)
    telling.tell_rooms(session, aid, "aid.ended", at=at)
    return aid


def look_again(session: Session, aid: Aid, *, at: datetime) -> None:
    """Who may be asked has changed: the worker looks at the open needs of these kinds in its next turn."""
    for need in orders.lock_needs(session, aid.incident_id):
        if need.kind in aid.kinds and need.state in ("open", "short") and need.accepted < need.needed:
            need.retry_at = at
    session.flush()


def incident_over(session: Session, incident_id: uuid.UUID, *, ended_at: datetime, at: datetime) -> None:
    """The incident has ended: nobody need decide any more, and what is open ends a quarter of an hour later.

    The caller holds the incident. Safe to repeat.
    """
    open_ = repository.list_open(session, incident_id=incident_id)
    if not open_:
        return
    orders.lock_needs(session, incident_id)
    for aid_id in open_:
        aid = repository.lock(session, aid_id)
        if aid.state == AidState.REQUESTED:
            fire(session, aid, "withdraw", by=SYSTEM, at=at, reason="incident_over")
            telling.tell_rooms(session, aid, "aid.ended", at=at)
        elif aid.state == AidState.ACTIVE and aid.ends_at is not None:
            aid.ends_at = max(aid.starts_at or ended_at, min(aid.ends_at, ended_at + AFTER_INCIDENT))
            session.flush()


def end_with_pact(session: Session, pact_id: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """A leader takes his standing yes back: what rests on it ends at once."""
    for aid_id in repository.list_open(session, pact_id=pact_id):
        aid = hold(session, repository.get(session, aid_id))
        if aid.state == AidState.ACTIVE:
            close(session, aid, "revoke", by=by, at=at, reason="pact_revoked")
        elif aid.state == AidState.REQUESTED:
            fire(session, aid, "decline", by=by, at=at, reason="pact_revoked")
            telling.tell_rooms(session, aid, "aid.declined", at=at)


def tick(session: Session, at: datetime) -> int:
    """End the one that is longest overdue: no answer in time, or its own time over. 1, or 0 when there is none.

    One in a transaction: whoever holds two incidents might wait in a circle.
    """
    for aid_id in repository.list_due(session, at, limit=20):
        if not repository.hold_incident_if_free(session, aid_id):
            continue
        aid = hold(session, repository.get(session, aid_id))
        end = _END.get(AidState(aid.state))
        if end is not None and end(session, aid, at):
            return 1
    return 0


def _lapse(session: Session, aid: Aid, at: datetime) -> bool:
    if aid.consent_due_at > at:
        return False
    aid = fire(session, aid, "lapse", by=SYSTEM, at=at, reason="consent_overdue")
    telling.tell_rooms(session, aid, "aid.lapsed", at=at)
    raise_alarm(
        session,
        station_id=aid.requesting_station_id,
        incident_id=aid.incident_id,
        kind="aid_lapsed",
        at=at,
        detail={"aid_id": str(aid.id), "station_id": str(aid.helping_station_id)},
    )
    return True


def _run_out(session: Session, aid: Aid, at: datetime) -> bool:
    if aid.ends_at is None or aid.ends_at > at:
        return False
    over = repository.get_incident(session, aid.incident_id).ended_at is not None
    if over:
        close(session, aid, "finish", by=SYSTEM, at=at, reason="incident_over")
    else:
        close(session, aid, "expire", by=SYSTEM, at=at, reason="time_over")
    return True


_END: dict[AidState, Callable[[Session, Aid, datetime], bool]] = {
    AidState.REQUESTED: _lapse,
    AidState.ACTIVE: _run_out,
}
