"""A device says that it has a message, or shows it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.orders import firing, repository
from dispatch.orders.model import Order
from dispatch.orders.states import ORDER, OrderState
from kit import feed
from kit.actor import Actor
from notifications.outbox import service as outbox
from notifications.outbox.model import Message

_ASKING = frozenset({"order.offered", "order.commanded"})
_CALLING_OFF = frozenset({"order.stood_down", "order.cancelled"})
_EVENTS = {"received": "receive", "shown": "show"}


def take_receipt(
    session: Session, *, actor: Actor, message_id: uuid.UUID, step: Literal["received", "shown"], at: datetime
) -> Message:
    """Mark the delivery, and move the order that the message tells of. Safe to repeat, in any order.

    Raises MessageNotFound (404) for a message of somebody else.
    """
    if actor.account_id is None:
        raise outbox.MessageNotFound
    seen = outbox.get_message(session, message_id, actor.account_id)
    # the order before its messages, as everybody who ends an order does
    order = repository.lock(session, seen.subject_id) if seen.kind in _ASKING | _CALLING_OFF else None
    message = outbox.mark(session, message_id, actor.account_id, actor.device_id, step, at)
    if order is None or order.account_id != actor.account_id:
        return message
    evidence = {"message_id": str(message.id), "device_id": str(actor.device_id) if actor.device_id else None}
    if message.kind in _ASKING:
        _move(session, order, actor=actor, step=step, at=at, evidence=evidence)
    elif firing.mark_beside(session, order.id, "stand_down_received", at=at, evidence=evidence):
        feed.changed(session, firing.ENTITY, order.id)
    return message


def acknowledge(
    session: Session, *, subject_id: uuid.UUID, actor: Actor, step: Literal["received", "shown"], at: datetime
) -> None:
    """His phone has the order, whichever message told of it."""
    order = repository.lock(session, subject_id)
    if order.account_id == actor.account_id:
        _move(session, order, actor=actor, step=step, at=at)


def _move(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    step: Literal["received", "shown"],
    at: datetime,
    evidence: dict[str, str | None] | None = None,
) -> None:
    """Fire receive or show, where the order has not moved on already: a late receipt changes nothing."""
    if ORDER.allows(_EVENTS[step], OrderState(order.state)):
        firing.fire_all(session, [order], _EVENTS[step], needs=[], by=actor, at=at, evidence=evidence)
