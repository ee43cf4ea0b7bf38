"""The append-only record: every change and every reveal, written in the transaction that does it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, Session, mapped_column

from kit.actor import Actor
from kit.database import Base
from kit.phones import hide_numbers


class RecordEntry(Base):
    """One line of the record (留痕). The database refuses to change or delete it."""

    __tablename__ = "record_entries"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    station_id: Mapped[uuid.UUID | None]
    actor_role: Mapped[str]
    actor_account_id: Mapped[uuid.UUID | None]
    request_id: Mapped[str | None]
    reason: Mapped[str | None]
    detail: Mapped[dict[str, Any]]


def happened(at: datetime, written_at: datetime | None) -> dict[str, str]:
    """The detail that says when it happened, where that is not when it was written (``None``: it is)."""
    return {} if written_at is None or written_at == at else {"happened_at": at.isoformat()}


def write(
    session: Session,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    subject_kind: str,
    subject_id: uuid.UUID | None,
    station_id: uuid.UUID | None = None,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Append one entry. ``at``: now, whenever it was that something happened.

    ``action`` is ``noun.past_tense`` (``order.accepted``, ``caller_phone.revealed``).
    ``detail`` holds JSON values: ids, states, codes; never a phone number, a name or a position.
    """
    session.add(
        RecordEntry(
            at=at,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            station_id=station_id if station_id is not None else actor.station_id,
            actor_role=actor.role,
            actor_account_id=actor.account_id,
            request_id=actor.request_id,
            # nobody can take out again what was written here
            reason=hide_numbers(reason) if reason else reason,
            detail=detail,
        )
    )
