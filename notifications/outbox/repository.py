"""Messages and deliveries in the database. No rule lives here."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Row, or_, select, text
from sqlalchemy.orm import Session

from notifications.outbox.model import Message

Step = Literal["received", "shown"]

_ADD = text(
    """
    WITH told AS (
        INSERT INTO messages (id, account_id, kind, subject_id, station_id, urgent, created_at, expires_at, step,
                              due_at)
        SELECT * FROM unnest(
            CAST(:id AS uuid[]), CAST(:account_id AS uuid[]), CAST(:kind AS text[]), CAST(:subject_id AS uuid[]),
            CAST(:station_id AS uuid[]), CAST(:urgent AS boolean[]), CAST(:created_at AS timestamptz[]),
            CAST(:expires_at AS timestamptz[]), CAST(:step AS smallint[]), CAST(:due_at AS timestamptz[]))
        RETURNING id, account_id, created_at
    )
    INSERT INTO deliveries (id, message_id, device_id, channel, state, queued_at)
    SELECT gen_random_uuid(), m.id, d.id, 'socket', 'queued', m.created_at
    FROM told m JOIN devices d ON d.account_id = m.account_id
    WHERE d.revoked_at IS NULL AND d.kind <> 'tracker'
    """
)
_TOLD = (
    "id", "account_id", "kind", "subject_id", "station_id", "urgent", "created_at", "expires_at", "step", "due_at",
)  # fmt: skip
# a time once written stays; a state never falls back
_SENT = text(
    """
    INSERT INTO deliveries AS d (id, message_id, device_id, channel, state, queued_at, sent_at, attempts)
    SELECT gen_random_uuid(), m.id, u.device_id, :channel, 'sent', :at, :at, 1
    FROM unnest(CAST(:message_ids AS uuid[]), CAST(:device_ids AS uuid[])) AS u (message_id, device_id)
    JOIN messages m ON m.id = u.message_id
    ORDER BY m.id, u.device_id
    ON CONFLICT (message_id, device_id, channel) DO UPDATE SET
        state = CASE WHEN d.state IN ('queued', 'failed') THEN 'sent' ELSE d.state END,
        sent_at = coalesce(d.sent_at, excluded.sent_at),
        attempts = d.attempts + 1
    """
)
_FAILED = text(
    """
    INSERT INTO deliveries AS d (id, message_id, device_id, channel, state, queued_at, failed_at, error, attempts)
    SELECT gen_random_uuid(), m.id, CAST(:device_id AS uuid), :channel, 'failed', :at, :at, :error, 1
    FROM messages m WHERE m.id = :message_id
    ON CONFLICT (message_id, device_id, channel) DO UPDATE SET
        state = CASE WHEN d.state = 'queued' THEN 'failed' ELSE d.state END,
        failed_at = coalesce(d.failed_at, excluded.failed_at),
        error = excluded.error,
        attempts = d.attempts + 1
    """
)
# the acknowledging device has it by whatever channel; without a row of its own the socket brought it
_ACKNOWLEDGED = text(
    """
    WITH given AS (
        SELECT message_id, device_id, min(at) AS at, min(at) FILTER (WHERE step = 'shown') AS shown_at
        FROM unnest(CAST(:message_ids AS uuid[]), CAST(:device_ids AS uuid[]), CAST(:steps AS text[]),
                    CAST(:ats AS timestamptz[])) AS u (message_id, device_id, step, at)
        GROUP BY message_id, device_id
    ), reached AS (
        UPDATE devices SET reachable_at = greatest(coalesce(reachable_at, seen.at), seen.at)
        FROM (
            SELECT id, (SELECT max(at) FROM given WHERE device_id = id) AS at
            FROM devices WHERE id IN (SELECT device_id FROM given) ORDER BY id FOR NO KEY UPDATE
        ) AS seen
        WHERE devices.id = seen.id
    )
    INSERT INTO deliveries AS d (id, message_id, device_id, channel, state, queued_at, received_at, shown_at)
    SELECT gen_random_uuid(), message_id, device_id, 'socket',
           CASE WHEN shown_at IS NULL THEN 'received' ELSE 'shown' END, at, at, shown_at
    FROM given ORDER BY message_id, device_id
    ON CONFLICT (message_id, device_id, channel) DO UPDATE SET
        state = CASE WHEN d.state = 'shown' THEN 'shown' ELSE excluded.state END,
        received_at = coalesce(d.received_at, excluded.received_at),
        shown_at = coalesce(d.shown_at, excluded.shown_at)
    """
)
_PUSH_TARGETS = text(
    """
    SELECT d.id AS device_id, d.push_token FROM devices d
    WHERE d.account_id = :account_id AND d.push_channel = :channel AND d.revoked_at IS NULL
    ORDER BY d.id
    """
)
_FORGET_TOKEN = text(
    "UPDATE devices SET push_channel = NULL, push_token = NULL WHERE id = :device_id AND push_token = :token"
)


def find(session: Session, message_id: uuid.UUID) -> Message | None:
    return session.execute(select(Message).where(Message.id == message_id)).scalar_one_or_none()


def list_subjects(session: Session, message_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, uuid.UUID]]:
    """(kind, subject id) by message id."""
    query = select(Message.id, Message.kind, Message.subject_id).where(Message.id.in_(message_ids))
    return {row.id: (row.kind, row.subject_id) for row in session.execute(query)}


def list_held(session: Session, message_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Message]:
    """The messages as they are now, held until the end of the transaction, by id."""
    query = select(Message).where(Message.id.in_(message_ids)).order_by(Message.id).with_for_update(key_share=True)
    return {message.id: message for message in session.scalars(query, execution_options={"populate_existing": True})}


def list_untold(session: Session, subject_ids: Collection[uuid.UUID]) -> Sequence[Message]:
    """Messages about (or named) one of ``subject_ids`` that nobody recalled, locked, in one order for everybody."""
    return (
        session.execute(
            select(Message)
            .where(or_(Message.subject_id.in_(subject_ids), Message.id.in_(subject_ids)), Message.recalled_at.is_(None))
            .order_by(Message.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )


def list_of_account(
    session: Session, account_id: uuid.UUID, *, since: datetime | None, limit: int
) -> Sequence[Message]:
    """The account's messages made after ``since``, oldest first; without ``since`` the newest ones."""
    statement = select(Message).where(Message.account_id == account_id)
    if since is not None:
        statement = statement.where(Message.created_at > since).order_by(Message.created_at, Message.id)
        return session.execute(statement.limit(limit)).scalars().all()
    statement = statement.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit)
    return list(reversed(session.execute(statement).scalars().all()))


def add(session: Session, messages: Sequence[Message]) -> None:
    """Insert them, each with one queued delivery per device of its account that has a screen."""
    session.execute(_ADD, {name: [getattr(message, name) for message in messages] for name in _TOLD})


def write_sent(
    session: Session, pairs: Iterable[tuple[uuid.UUID, uuid.UUID | None]], *, channel: str, at: datetime
) -> None:
    """Messages that left for devices: (message id, device id)."""
    rows = sorted(set(pairs), key=str)
    if rows:
        ids = {"message_ids": [str(m) for m, _ in rows], "device_ids": [str(d) if d else None for _, d in rows]}
        session.execute(_SENT, {**ids, "channel": channel, "at": at})


def write_failed(
    session: Session, message_id: uuid.UUID, device_id: uuid.UUID | None, *, channel: str, at: datetime, error: str
) -> None:
    """An attempt that did not get through. ``error`` is a code, never a provider's text about a person."""
    session.execute(
        _FAILED,
        {"message_id": message_id, "device_id": device_id, "channel": channel, "at": at, "error": error},
    )


def write_acknowledged(session: Session, rows: Sequence[tuple[uuid.UUID, uuid.UUID, Step, datetime]]) -> None:
    """Devices say that they have, or show, messages: (message, device, step, at). That proves the devices reachable."""
    if rows:
        message_ids, device_ids, steps, ats = map(list, zip(*rows, strict=True))
        values = {"message_ids": message_ids, "device_ids": device_ids, "steps": steps, "ats": ats}
        session.execute(_ACKNOWLEDGED, values)


def list_push_targets(session: Session, account_id: uuid.UUID, channel: str) -> Sequence[Row[tuple[uuid.UUID, str]]]:
    """(device id, push token) of every device of the account that registered with ``channel``."""
    return session.execute(_PUSH_TARGETS, {"account_id": account_id, "channel": channel}).all()


def forget_push_token(session: Session, device_id: uuid.UUID, token: str) -> None:
    """The provider knows this token no more. A newer token of the device stays."""
    session.execute(_FORGET_TOKEN, {"device_id": device_id, "token": token})
