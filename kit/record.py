"""The append-only record: every change and every reveal, written in the transaction that does it.

A service says ``write(…)``; the lines are gathered and appended together just before the commit, in the order in which
they were said, in one trip with the events of the feed. So whoever reads the record finds what was committed before.
Inside a savepoint, which may be undone by itself, a line is appended at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, event, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from kit.actor import Actor
from kit.database import Base, to_json
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
    line = (
        at,
        action,
        subject_kind,
        subject_id,
        station_id if station_id is not None else actor.station_id,
        actor.role,
        actor.account_id,
        actor.request_id,
        # nobody can take out again what was written here
        hide_numbers(reason) if reason else reason,
        to_json(detail),
    )
    # begun, so that a rollback is a rollback of this too
    session.connection()
    if session.in_nested_transaction():
        session.execute(_APPEND, _columns([line]))
    else:
        session.info.setdefault("record", []).append(line)


#: of ``take``
APPEND = """
    INSERT INTO record_entries (at, action, subject_kind, subject_id, station_id, actor_role, actor_account_id,
                                request_id, reason, detail)
    SELECT at, action, subject_kind, subject_id, station_id, actor_role, actor_account_id, request_id, reason,
           CAST(detail AS jsonb)
    FROM unnest(CAST(:at AS timestamptz[]), CAST(:action AS text[]), CAST(:subject_kind AS text[]),
                CAST(:subject_id AS uuid[]), CAST(:station_id AS uuid[]), CAST(:actor_role AS text[]),
                CAST(:actor_account_id AS uuid[]), CAST(:request_id AS text[]), CAST(:reason AS text[]),
                CAST(:detail AS text[])) WITH ORDINALITY
        AS line (at, action, subject_kind, subject_id, station_id, actor_role, actor_account_id, request_id, reason,
                 detail, place)
    ORDER BY place
"""
_APPEND = text(APPEND)
_MEMBERS = (
    "at", "action", "subject_kind", "subject_id", "station_id", "actor_role", "actor_account_id", "request_id",
    "reason", "detail",
)  # fmt: skip


def take(session: Session) -> dict[str, Any] | None:
    """The values of ``APPEND`` for what was said in this transaction, for whoever appends it; None: nothing was."""
    lines = session.info.pop("record", None)
    return _columns(lines) if lines else None


def _columns(lines: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    return {name: list(column) for name, column in zip(_MEMBERS, zip(*lines, strict=True), strict=True)}


@event.listens_for(Session, "before_commit")
def _write_out(session: Session) -> None:
    # the end of a savepoint is no commit
    if not session.in_nested_transaction() and (values := take(session)) is not None:
        session.execute(_APPEND, values)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    # what was said before a savepoint stays when only that is undone
    if not session.in_nested_transaction():
        session.info.pop("record", None)
