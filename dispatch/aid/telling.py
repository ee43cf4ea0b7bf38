"""Who is told of mutual aid. A push says no more than that there is something to decide or to know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.aid import repository
from dispatch.aid.model import Aid
from dispatch.escalation.repository import list_room
from notifications.outbox import service as outbox
from notifications.outbox.service import Letter


def tell_leaders(
    session: Session,
    kind: str,
    subject_id: uuid.UUID,
    *,
    station_ids: Iterable[uuid.UUID],
    at: datetime,
    ttl_s: float | None = None,
) -> None:
    """Tell the leaders of these stations."""
    for station_id in station_ids:
        people = repository.list_leaders(session, station_id)
        _put(session, kind, subject_id, people, station_id=station_id, at=at, ttl_s=ttl_s)


def ask_for_consent(session: Session, aid: Aid, *, at: datetime) -> None:
    """Tell the leaders whose yes is still missing, as long as it can be given."""
    missing = []
    if aid.approved_a_at is None:
        missing.append(aid.requesting_station_id)
    if aid.approved_b_at is None:
        missing.append(aid.helping_station_id)
    ttl_s = (aid.consent_due_at - at).total_seconds()
    tell_leaders(session, "aid.requested", aid.id, station_ids=missing, at=at, ttl_s=ttl_s)


def tell_rooms(session: Session, aid: Aid, kind: str, *, at: datetime) -> None:
    """Tell both command rooms, in place of whatever was still to be told about it."""
    outbox.recall(session, aid.id, at)
    for station_id in (aid.requesting_station_id, aid.helping_station_id):
        people = sorted({*list_room(session, station_id), *repository.list_leaders(session, station_id)}, key=str)
        _put(session, kind, aid.id, people, station_id=station_id, at=at)


def _put(
    session: Session,
    kind: str,
    subject_id: uuid.UUID,
    people: Iterable[uuid.UUID],
    *,
    station_id: uuid.UUID,
    at: datetime,
    ttl_s: float | None = None,
) -> None:
    letters = [Letter(account_id=id_, subject_id=subject_id, kind=kind, ttl_s=ttl_s) for id_ in people]
    if letters:
        outbox.put_all(session, letters, station_id=station_id, at=at)
