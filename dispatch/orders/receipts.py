"""Devices say that they have messages, or show them. Many say so in the same second, so they are taken together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.orders import firing, repository
from kit import feed
from kit.actor import Actor
from notifications.outbox import service as outbox
from notifications.outbox.model import Message

Step = Literal["received", "shown"]

_ASKING = frozenset({"order.offered", "order.commanded"})
_CALLING_OFF = frozenset({"order.stood_down", "order.cancelled", "order.expired", "order.failed"})
_EVENTS = {"received": "receive", "shown": "show"}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The device of ``actor`` has (``received``) or shows (``shown``) the message."""

    actor: Actor
    message_id: uuid.UUID
    step: Step
    at: datetime


class Held:
    """Somebody else holds the order now: take the receipt by itself."""


Taken = Message | outbox.MessageNotFound | Held


def take_receipt(session: Session, *, actor: Actor, message_id: uuid.UUID, step: Step, at: datetime) -> Message:
    """Mark the delivery, and move the order that the message tells of. Safe to repeat, in any order.

    Raises MessageNotFound (404) for a message of somebody else.
    """
    receipt = Receipt(actor=actor, message_id=message_id, step=step, at=at)
    (taken,) = _take(session, [receipt], wait=True)
    if not isinstance(taken, Message):
        raise outbox.MessageNotFound
    return taken


def take_receipts(session: Session, receipts: Sequence[Receipt]) -> list[Taken]:
    """``take_receipt`` for many of any people, in one transaction that waits for nobody's order.

    For each, in the same order: its message, the refusal, or Held where nothing was written.
    """
    return _take(session, receipts, wait=False)


def _take(session: Session, receipts: Sequence[Receipt], *, wait: bool) -> list[Taken]:
    told_of = outbox.list_subjects(session, {receipt.message_id for receipt in receipts})
    order_ids = {subject_id for kind, subject_id in told_of.values() if kind in _ASKING | _CALLING_OFF}
    # the orders before their messages, as everybody who ends an order does
    orders = repository.lock_all_free(session, order_ids, wait=wait) if order_ids else {}
    held = {m for m, (_, subject_id) in told_of.items() if subject_id in order_ids and subject_id not in orders}
    ready = [receipt for receipt in receipts if receipt.message_id not in held]
    marked = iter(_mark(session, ready))
    taken: list[Taken] = []
    moves: list[firing.Move] = []
    for receipt in receipts:
        if receipt.message_id in held:
            taken.append(Held())
            continue
        message = next(marked)
        taken.append(outbox.MessageNotFound() if message is None else message)
        order = orders.get(message.subject_id) if message is not None else None
        if message is None or order is None or order.account_id != receipt.actor.account_id:
            continue
        device_id = receipt.actor.device_id
        evidence = {"message_id": str(message.id), "device_id": str(device_id) if device_id else None}
        if message.kind in _ASKING:
            moves.append(firing.Move(order, _EVENTS[receipt.step], by=receipt.actor, at=receipt.at, evidence=evidence))
        elif firing.mark_beside(session, order.id, "stand_down_received", at=receipt.at, evidence=evidence):
            feed.changed(session, firing.ENTITY, order.id, under=order.incident_id)
    firing.fire_beside(session, moves)
    return taken


def acknowledge(session: Session, *, subject_id: uuid.UUID, actor: Actor, step: Step, at: datetime) -> None:
    """His phone has the order, whichever message told of it."""
    order = repository.lock(session, subject_id)
    if order.account_id == actor.account_id:
        firing.fire_beside(session, [firing.Move(order, _EVENTS[step], by=actor, at=at)])


def _mark(session: Session, receipts: Sequence[Receipt]) -> list[Message | None]:
    return outbox.mark_all(
        session,
        [
            outbox.Receipt(
                message_id=receipt.message_id,
                account_id=receipt.actor.account_id,
                device_id=receipt.actor.device_id,
                step=receipt.step,
                at=receipt.at,
            )
            for receipt in receipts
        ],
    )
