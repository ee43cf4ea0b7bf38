"""How a message looks on the devices of its account."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from kit.feed import Projection, account_audience
from notifications.kinds import get_kind
from notifications.outbox.model import Message

ENTITY = "message"


_SHOWN = text(
    """
    SELECT id, account_id, kind, subject_id, urgent, created_at, expires_at, shown_at, recalled_at
    FROM messages WHERE id = ANY(:ids) ORDER BY id
    """
)


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    """On the account's screen until shown or taken back. Receipts are no change of what one sees."""
    for message in session.execute(_SHOWN, {"ids": ids}):
        gone = message.shown_at is not None or message.recalled_at is not None
        yield Projection(
            audience=account_audience(message.account_id),
            entity=ENTITY,
            entity_id=message.id,
            value=None if gone else view(message),
        )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """Ids of the messages that are on the audience's screen now."""
    kind, _, owner = audience.partition(":")
    if kind != "account":
        return []
    return list(
        session.execute(
            select(Message.id)
            .where(Message.account_id == uuid.UUID(owner), Message.shown_at.is_(None), Message.recalled_at.is_(None))
            .order_by(Message.created_at)
        ).scalars()
    )


def view(message: Message | Row[Any]) -> dict[str, object]:
    """JSON of a message."""
    kind = get_kind(message.kind)
    return {
        "id": str(message.id),
        "kind": message.kind,
        "subject": kind.subject,
        "subject_id": str(message.subject_id),
        "urgent": message.urgent,
        "text": kind.text,
        "created_at": message.created_at.isoformat(),
        "expires_at": message.expires_at.isoformat(),
    }
