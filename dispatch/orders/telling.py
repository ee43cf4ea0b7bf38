"""What the person behind an order is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.orders.model import Order
from dispatch.orders.states import OrderState
from notifications.outbox import service as outbox

_ASKING = {"offer": "order.offered", "command": "order.commanded"}


def ask(session: Session, orders: Sequence[Order], *, at: datetime) -> None:
    """Tell of new orders for one need; the messages live as long as the orders may be accepted."""
    due_at = orders[0].accept_due_at
    ttl_s = (due_at - at).total_seconds() if due_at is not None else None
    _put(session, orders, _ASKING[orders[0].mode], at=at, ttl_s=ttl_s)


def call_off(session: Session, order: Order, *, at: datetime) -> None:
    """Tell that he need not come any more, in place of whatever was still to be told."""
    call_all_off(session, [order], at=at)


def call_all_off(session: Session, orders: Sequence[Order], *, at: datetime) -> None:
    """``call_off`` for several orders that ended alike."""
    outbox.recall_all(session, [order.id for order in orders], at)
    cancelled = orders[0].state == OrderState.CANCELLED
    _put(session, orders, "order.cancelled" if cancelled else "order.stood_down", at=at)


def hush(session: Session, order: Order, *, at: datetime) -> None:
    """Stop telling: the order is over without a word to add."""
    outbox.recall(session, order.id, at)


def tell_of_change(session: Session, order: Order, *, at: datetime) -> None:
    """Tell that somebody else changed the order."""
    _put(session, [order], "order.changed", at=at)


def try_next_channel(session: Session, order: Order, *, at: datetime) -> int:
    """No receipt came: climb the ladder now."""
    return outbox.next_channel(session, order.id, at)


def _put(session: Session, orders: Sequence[Order], kind: str, *, at: datetime, ttl_s: float | None = None) -> None:
    to = [(order.account_id, order.id) for order in orders]
    outbox.put_all(session, to, kind=kind, station_id=orders[0].station_id, at=at, urgent=True, ttl_s=ttl_s)
