"""A line for each who went on duty, was located again, logged in or was freed. Read once, then gone.

Only inserts, so that whoever writes one waits for nobody: positions and duties never meet a dispatcher's locks here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

_NOTE = text("INSERT INTO availabilities (responder_id) SELECT unnest(CAST(:ids AS uuid[]))")
_NOTE_ACCOUNT = text(
    "INSERT INTO availabilities (responder_id) SELECT id FROM responders WHERE account_id = :account_id AND active"
)
_TAKE = text("SELECT id FROM availabilities ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED")
# an old line is about somebody who was found in the ordinary way since
_FORGET = text("DELETE FROM availabilities WHERE id = ANY(:ids) OR noted_at < clock_timestamp() - interval '60 s'")


def note(session: Session, responder_ids: Collection[uuid.UUID]) -> None:
    """They are there from this commit on."""
    session.execute(_NOTE, {"ids": [str(id_) for id_ in responder_ids]})


def note_account(session: Session, account_id: uuid.UUID) -> None:
    """Whoever this account answers for can be told from this commit on."""
    session.execute(_NOTE_ACCOUNT, {"account_id": account_id})


def take(session: Session, *, limit: int) -> list[int]:
    """Lines that nobody else looks at, held; the oldest first."""
    return list(session.scalars(_TAKE, {"limit": limit}))


def forget(session: Session, line_ids: Collection[int]) -> None:
    """These lines are dealt with."""
    session.execute(_FORGET, {"ids": list(line_ids)})
