"""What the person behind an order is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.orders.model import Order
from dispatch.orders.states import OrderState
from notifications.outbox import service as outbox
from notifications.outbox.service import Letter

_ASKING = {"offer": "order.offered", "command": "order.commanded"}
_OVER = {
    OrderState.STOOD_DOWN: "order.stood_down",
    OrderState.CANCELLED: "order.cancelled",
    OrderState.EXPIRED: "order.expired",
    OrderState.FAILED: "order.failed",
}


def ask(session: Session, orders: Sequence[Order], *, at: datetime) -> None:
    """Tell of new orders; each message lives as long as its order may be accepted."""
    letters = [
        Letter(
            account_id=order.account_id,
            subject_id=order.id,
            kind=_ASKING[order.mode],
            ttl_s=(order.accept_due_at - at).total_seconds() if order.accept_due_at is not None else None,
        )
        for order in orders
    ]
    outbox.put_all(session, letters, station_id=orders[0].station_id, at=at, urgent=True)


def call_off(session: Session, order: Order, *, at: datetime) -> None:
    """Tell that he need not come any more, in place of whatever was still to be told."""
    call_all_off(session, [order], at=at)


def call_all_off(session: Session, orders: Sequence[Order], *, at: datetime) -> None:
    """``call_off`` for several orders that ended alike."""
    outbox.recall_all(session, [order.id for order in orders], at)
    _put(session, orders, _OVER[OrderState(orders[0].state)], at=at)


def hush(session: Session, order: Order, *, at: datetime) -> None:
    """Stop telling: the order is over without a word to add."""
    outbox.recall(session, order.id, at)


def tell_of_change(session: Session, order: Order, *, at: datetime) -> None:
    """Tell that somebody else changed the order."""
    _put(session, [order], "order.changed", at=at)


def try_next_channel(session: Session, order: Order, *, at: datetime) -> int:
    """No receipt came: climb the ladder now."""
    return outbox.next_channel(session, order.id, at)


def _put(session: Session, orders: Sequence[Order], kind: str, *, at: datetime) -> None:
    letters = [Letter(account_id=order.account_id, subject_id=order.id, kind=kind) for order in orders]
    outbox.put_all(session, letters, station_id=orders[0].station_id, at=at, urgent=True)
