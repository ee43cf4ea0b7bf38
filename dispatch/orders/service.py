"""What may be done with orders: the door for everybody outside this folder."""

from __future__ import annotations

from dispatch.orders.ending import end_all, stand_down_rest
from dispatch.orders.firing import fire
from dispatch.orders.receipts import acknowledge, take_receipt

__all__ = ["acknowledge", "end_all", "fire", "stand_down_rest", "take_receipt"]
