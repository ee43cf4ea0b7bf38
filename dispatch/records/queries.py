"""Reading the record (留痕): what was done, by whom, in which order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.orders.lent import LENT
from dispatch.records.labels import say_action
from kit.actor import RESPONDERS, Grant
from kit.paging import After, Slice
from kit.phones import hide_numbers
from kit.reach import rows_within
from kit.record import RecordEntry


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """One entry with the name of who acted."""

    id: int
    at: datetime
    action: str
    action_label: str
    subject_kind: str
    subject_id: uuid.UUID | None
    actor_role: str
    actor_id: uuid.UUID | None
    actor_name: str | None
    reason: str | None
    request_id: str | None
    detail: dict[str, Any]


def visible(grant: Grant) -> ColumnElement[bool]:
    """The entries that ``grant`` reaches."""
    return rows_within(grant, station=RecordEntry.station_id)


def list_records(
    session: Session,
    grant: Grant,
    *,
    part: Slice,
    subject_id: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    actions: Collection[str] = (),
    subject_kind: str | None = None,
    role: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> tuple[Sequence[RecordLine], After | None]:
    """The newest first, and where the next page starts.

    The record's own number is the order in which it was written; in a cursor it travels as the low bits of the id.
    """
    query = (
        select(RecordEntry, Account.name, Account.station_id)
        .outerjoin(Account, Account.id == RecordEntry.actor_account_id)
        .where(visible(grant))
    )
    if subject_id is not None:
        query = query.where(RecordEntry.subject_id == subject_id)
    if actor_id is not None:
        query = query.where(RecordEntry.actor_account_id == actor_id)
    if actions:
        query = query.where(RecordEntry.action.in_(actions))
    if subject_kind is not None:
        query = query.where(RecordEntry.subject_kind == subject_kind)
    if role is not None:
        query = query.where(RecordEntry.actor_role == role)
    if start is not None:
        query = query.where(RecordEntry.at >= start)
    if end is not None:
        query = query.where(RecordEntry.at < end)
    if part.after is not None:
        query = query.where(RecordEntry.id < min(part.after.id.int, 2**63 - 1))
    rows = session.execute(query.order_by(RecordEntry.id.desc()).limit(part.limit + 1)).all()
    lines = [_line(entry, _name(entry, name, station_id)) for entry, name, station_id in rows[: part.limit]]
    more = len(rows) > part.limit
    return lines, After(at=lines[-1].at, id=uuid.UUID(int=lines[-1].id)) if more else None


def _name(entry: RecordEntry, name: str | None, station_id: uuid.UUID | None) -> str | None:
    """Who acted; of those whom a neighbour had lent, none (trust section 3, rule 6)."""
    lent = entry.actor_role in RESPONDERS and station_id is not None and station_id != entry.station_id
    return LENT if lent else name


def _line(entry: RecordEntry, name: str | None) -> RecordLine:
    return RecordLine(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        action_label=say_action(entry.action),
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        actor_role=entry.actor_role,
        actor_id=entry.actor_account_id,
        actor_name=name,
        reason=hide_numbers(entry.reason) if entry.reason else entry.reason,
        request_id=entry.request_id,
        detail=entry.detail,
    )
