"""What may be done with orders: the door for everybody outside this folder."""

from __future__ import annotations

from dispatch.orders.calling import take_call
from dispatch.orders.control import cancel, confirm_arrival, force, reassign, recall, stand_down
from dispatch.orders.dispatching import dispatch, request_more
from dispatch.orders.ending import end_all
from dispatch.orders.firing import fire
from dispatch.orders.progress import (
    DeclineReason,
    WithdrawReason,
    accept,
    arrive,
    complete,
    decline,
    depart,
    withdraw,
)
from dispatch.orders.receipts import acknowledge, take_receipt

__all__ = [
    "DeclineReason",
    "WithdrawReason",
    "accept",
    "acknowledge",
    "arrive",
    "cancel",
    "complete",
    "confirm_arrival",
    "decline",
    "depart",
    "dispatch",
    "end_all",
    "fire",
    "force",
    "reassign",
    "recall",
    "request_more",
    "stand_down",
    "take_call",
    "take_receipt",
    "withdraw",
]
