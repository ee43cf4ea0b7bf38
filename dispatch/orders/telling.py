"""What the person behind an order is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.orders.model import Order
from notifications.outbox import service as outbox

_ASKING = {"offer": "order.offered", "command": "order.commanded"}


def ask(session: Session, order: Order, *, at: datetime) -> None:
    """Tell of a new order; the message lives as long as it may be accepted."""
    ttl_s = (order.accept_due_at - at).total_seconds() if order.accept_due_at is not None else None
    _put(session, order, _ASKING[order.mode], at=at, ttl_s=ttl_s)


def call_off(session: Session, order: Order, *, at: datetime) -> None:
    """Tell that nobody need come any more, in place of whatever was still to be told."""
    outbox.recall(session, order.id, at)
    _put(session, order, "order.cancelled" if order.state == "cancelled" else "order.stood_down", at=at)


def hush(session: Session, order: Order, *, at: datetime) -> None:
    """Stop telling: the order is over without a word to add."""
    outbox.recall(session, order.id, at)


def tell_of_change(session: Session, order: Order, *, at: datetime) -> None:
    """Tell that somebody else changed the order."""
    _put(session, order, "order.changed", at=at)


def try_next_channel(session: Session, order: Order, *, at: datetime) -> int:
    """No receipt came: climb the ladder now."""
    return outbox.next_channel(session, order.id, at)


def _put(session: Session, order: Order, kind: str, *, at: datetime, ttl_s: float | None = None) -> None:
    outbox.put(
        session,
        account_id=order.account_id,
        kind=kind,
        subject_id=order.id,
        station_id=order.station_id,
        at=at,
        urgent=True,
        ttl_s=ttl_s,
    )
