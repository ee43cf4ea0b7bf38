"""What becomes of an order that nobody answers: a table over its state and the time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dispatch.orders.states import UNANSWERED, OrderState

#: after the first missed receipt the next channel is tried at once; after the second he counts as unreachable
REMINDERS = 1
#: whose socket broke off is back within seconds, or his phone is gone
LOST_AFTER = timedelta(seconds=20)
#: whoever had no socket at all, and sent no position for so long either
SILENT_AFTER = timedelta(seconds=120)


class Step(StrEnum):
    """What is to be done now."""

    WAIT = "wait"
    NEXT_CHANNEL = "next_channel"
    EXPIRE_UNREACHED = "unreached"
    EXPIRE_UNANSWERED = "unanswered"
    EXPIRE_OFF_DUTY = "off_duty"
    EXPIRE_LOST = "lost_contact"
    FAIL_OFF_DUTY = "gone_off_duty"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """An order as the watch sees it. ``off_duty``: its responder went off duty, or was sent off.

    ``heard_at``: when anything was last heard of one who is asked and cannot be told anything now (no socket, no
    push); None: he can, or he is police, who have a radio. ``was_live``: he had a socket before.
    """

    state: OrderState
    receipt_due_at: datetime | None
    accept_due_at: datetime | None
    reminders: int
    off_duty: bool = False
    offered_at: datetime | None = None
    heard_at: datetime | None = None
    was_live: bool = False


def next_step(order: Watched, now: datetime) -> Step:
    """The one thing to do at ``now``; WAIT before anything is due and when nothing is."""
    if order.state in UNANSWERED:
        if order.off_duty:
            return Step.EXPIRE_OFF_DUTY
        if order.accept_due_at is not None and order.accept_due_at <= now:
            return Step.EXPIRE_UNANSWERED if order.state != OrderState.OFFERED else Step.EXPIRE_UNREACHED
        if order.state == OrderState.OFFERED and order.receipt_due_at is not None and order.receipt_due_at <= now:
            return Step.NEXT_CHANNEL if order.reminders < REMINDERS else Step.EXPIRE_UNREACHED
        if _is_lost(order, now):
            return Step.EXPIRE_LOST
    elif order.state in (OrderState.ACCEPTED, OrderState.EN_ROUTE) and order.off_duty:
        return Step.FAIL_OFF_DUTY
    return Step.WAIT


def _is_lost(order: Watched, now: datetime) -> bool:
    if order.heard_at is None or order.offered_at is None:
        return False
    after = LOST_AFTER if order.was_live else SILENT_AFTER
    # he is given the time even if he was lost before he was asked
    return now - max(order.heard_at, order.offered_at) >= after
