"""Reading the numbered log of an audience."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.prepared import Prepared

#: epoch of an audience to whom nothing has happened yet; its number is 0
NO_EPOCH = str(uuid.UUID(int=0))


@dataclass(frozen=True)
class Mark:
    """A place in the log of one audience."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log. ``json`` is the whole event as a client gets it."""

    seq: int
    entity: str
    entity_id: str
    gone: bool
    json: str


@dataclass(frozen=True)
class Batch:
    """Events of one audience in order, none missing between them."""

    audience: str
    epoch: str
    events: list[Event]


_HEAD = text("SELECT epoch, seq FROM feed_heads WHERE audience = :audience")
_EVENT = """
    e.seq, e.entity, e.entity_id::text AS entity_id, e.value IS NULL AS gone,
    jsonb_build_object('seq', e.seq, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'entity', e.entity, 'id', e.entity_id, 'value', e.value)::text AS json
"""
_RANGE = text(
    f"""
    SELECT {_EVENT} FROM feed_events e
    WHERE e.audience = :audience AND e.seq > :after AND e.seq <= :upto ORDER BY e.seq
    """
)
_NEWER = Prepared(
    f"""
    SELECT c.audience, h.epoch::text AS epoch, {_EVENT}
    FROM unnest(:audiences, :seqs) AS c (audience, seq)
    JOIN feed_heads h ON h.audience = c.audience AND h.seq > c.seq
    JOIN LATERAL (
        SELECT f.seq, f.at, f.entity, f.entity_id, f.value FROM feed_events f
        WHERE f.audience = c.audience AND f.seq > c.seq ORDER BY f.seq LIMIT :most
    ) e ON true
    ORDER BY c.audience, e.seq
    """,
    audiences="text[]", seqs="bigint[]", most="bigint",
)  # fmt: skip
_HEADS = Prepared(
    "SELECT h.audience, h.epoch::text AS epoch, h.seq FROM feed_heads h WHERE h.audience = ANY(:audiences)",
    audiences="text[]",
)


def read_head(session: Session, audience: str) -> Mark:
    """Where the log of the audience ends now."""
    row = session.execute(_HEAD, {"audience": audience}).one_or_none()
    return Mark(str(row.epoch), row.seq) if row else Mark(NO_EPOCH, 0)


def read_heads(session: Session, audiences: list[str]) -> dict[str, Mark]:
    """The ends of many logs; an audience to whom nothing has happened is absent."""
    return {audience: Mark(epoch, seq) for audience, epoch, seq in _HEADS.fetch_all(session, {"audiences": audiences})}


def find_missed(session: Session, audience: str, mark: Mark, *, limit: int) -> tuple[Mark, list[Event]] | None:
    """What came after ``mark`` and where that ends; None when it must be fetched anew.

    That is so for another epoch, a number from the future, more than ``limit`` events, or trimmed ones.
    """
    head = read_head(session, audience)
    same_epoch = mark.epoch == head.epoch or (mark.epoch == NO_EPOCH and mark.seq == 0)
    if not same_epoch or mark.seq > head.seq or head.seq - mark.seq > limit:
        return None
    rows = session.execute(_RANGE, {"audience": audience, "after": mark.seq, "upto": head.seq})
    events = [Event(r.seq, r.entity, r.entity_id, r.gone, r.json) for r in rows]
    return (head, events) if len(events) == head.seq - mark.seq else None


def read_newer(session: Session, after: Mapping[str, int], *, limit: int = 500) -> list[Batch]:
    """What came after the given number of each audience, at most ``limit`` events of each."""
    if not after:
        return []
    values = {"audiences": list(after), "seqs": list(after.values()), "most": limit}
    batches: list[Batch] = []
    for audience, epoch, *event in _NEWER.fetch_all(session, values):
        if not batches or batches[-1].audience != audience:
            batches.append(Batch(audience, epoch, []))
        batches[-1].events.append(Event(*event))
    return batches
