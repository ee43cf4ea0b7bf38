"""The live feed: a log of what changed on somebody's screen, numbered without gaps per audience.

A service says ``changed(session, "order", order.id)``. Just before the commit every changed entity is
projected once per audience — by the same functions that make the snapshot — and appended to the log, so
that a snapshot plus the events after it always equals a fresh snapshot. The numbers of an audience are
given out under its row lock, held only for the end of the transaction: their order is commit order.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, event, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from kit import record
from kit.database import Base, to_json

CHANNEL = "pingan_feed"


class FeedHead(Base):
    """The last number given to an audience, and the epoch in which it counts."""

    __tablename__ = "feed_heads"

    audience: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[uuid.UUID]
    seq: Mapped[int] = mapped_column(BigInteger)


class FeedEvent(Base):
    """One change on the screens of one audience."""

    __tablename__ = "feed_events"

    audience: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    entity: Mapped[str]
    entity_id: Mapped[uuid.UUID]
    value: Mapped[dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Projection:
    """What ``audience`` sees of an entity now; ``value`` None: it is no longer on its screen."""

    audience: str
    entity: str
    entity_id: uuid.UUID
    value: dict[str, Any] | None


Projector = Callable[[Session, list[uuid.UUID]], Iterable[Projection]]
_projectors: dict[str, Projector] = {}


def station_audience(station_id: uuid.UUID) -> str:
    """The consoles of a station."""
    return f"station:{station_id}"


def account_audience(account_id: uuid.UUID) -> str:
    """The devices of one account."""
    return f"account:{account_id}"


def register(entity: str, projector: Projector) -> None:
    """State how an entity looks to each audience. Values are JSON; they are already masked.

    The projector may show others that depend on it as well: it is asked when its transaction's turn has come.
    """
    _projectors[entity] = projector


def changed(session: Session, entity: str, entity_id: uuid.UUID, *, under: uuid.UUID | None = None) -> None:
    """Say that an entity changed in this transaction.

    ``under``: what else its picture is made of (an order shows its incident). Transactions that change
    something under one id are projected one after the other, each seeing what the former ones committed.
    """
    if entity not in _projectors:
        raise LookupError(f"nobody registered how {entity} is shown")
    # begun, so that a rollback is a rollback of this too
    session.connection()
    session.info.setdefault("feed", {}).setdefault(entity, set()).add(entity_id)
    if under is not None:
        session.info.setdefault("feed_under", set()).add(under)


# audiences in one order everywhere, so that two transactions cannot wait for each other
_EVENTS = """
    WITH events AS (
        SELECT * FROM unnest(CAST(:audiences AS text[]), CAST(:entities AS text[]), CAST(:entity_ids AS uuid[]),
                             CAST(:values AS text[])) WITH ORDINALITY AS e (audience, entity, entity_id, value, place)
    ), heads AS (
        INSERT INTO feed_heads AS h (audience, epoch, seq)
        SELECT audience, gen_random_uuid(), count(*) FROM events GROUP BY audience ORDER BY audience
        ON CONFLICT (audience) DO UPDATE SET seq = h.seq + excluded.seq
        RETURNING audience, seq
    )
    INSERT INTO feed_events (audience, seq, at, entity, entity_id, value)
    SELECT audience, seq + 1 - row_number() OVER (PARTITION BY audience ORDER BY place DESC), clock_timestamp(),
           entity, entity_id, CAST(value AS jsonb)
    FROM events JOIN heads USING (audience);
    SELECT pg_notify(:channel, :names)
    """
_APPEND = text(_EVENTS)
#: in one trip with what is still to be written into the record
_APPEND_BOTH = text(f"{record.APPEND};{_EVENTS}")
# held until the commit. Whoever waits here holds no head yet, and whoever holds one waits for heads alone
_IN_TURN = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('feed:' || id, 0)) FROM unnest(CAST(:ids AS text[])) AS id"
)
#: a notification carries at most 8000 bytes; without names the listener looks everywhere
_MAX_NAMES_BYTES = 7_000


# before the record's own turn, which writes what is left
@event.listens_for(Session, "before_commit", insert=True)
def _append(session: Session) -> None:
    if session.in_nested_transaction():
        # the end of a savepoint is no commit
        return
    pending: dict[str, set[uuid.UUID]] = session.info.pop("feed", {})
    under: set[uuid.UUID] = session.info.pop("feed_under", set())
    if not pending:
        return
    session.flush()
    if under:
        session.execute(_IN_TURN, {"ids": [str(id_) for id_ in sorted(under)]})
    projected = (p for entity in sorted(pending) for p in _projectors[entity](session, sorted(pending[entity])))
    seen = list({(p.audience, p.entity, p.entity_id): p for p in projected}.values())
    if not seen:
        return
    names = " ".join(sorted({p.audience for p in seen}))
    values = {
        "audiences": [p.audience for p in seen],
        "entities": [p.entity for p in seen],
        "entity_ids": [p.entity_id for p in seen],
        "values": [to_json(p.value) if p.value is not None else None for p in seen],
        "channel": CHANNEL,
        "names": names if len(names) < _MAX_NAMES_BYTES else "",
    }
    lines = record.take(session)
    session.execute(_APPEND if lines is None else _APPEND_BOTH, {**values, **(lines or {})})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        # what changed before a savepoint has changed when only that is undone
        return
    session.info.pop("feed", None)
    session.info.pop("feed_under", None)
