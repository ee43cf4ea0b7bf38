"""Departures and arrivals that the positions show, so that nobody need tap."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.incidents import repository as incidents
from dispatch.orders import repository
from dispatch.orders.arrival import Fix, Judgement, has_left, judge_arrival
from dispatch.orders.firing import fire
from dispatch.orders.model import Order
from dispatch.orders.progress import note_arrival
from dispatch.orders.states import OrderState
from kit.actor import SYSTEM

_BATCH = 200
#: an older fix tells where he was
FRESH = timedelta(seconds=120)


def tick(session: Session, at: datetime) -> int:
    """Look once at everybody who is on his way; how many departed or arrived."""
    return sum(_look(session, row, at) for row in repository.list_travelling(session, since=at - FRESH, limit=_BATCH))


def _look(session: Session, row: repository.Travelling, at: datetime) -> int:
    fix = Fix(position=row.position, accuracy_m=row.accuracy_m, captured_at=row.captured_at)
    judgement = judge_arrival(fix, row.target, first_seen_at=row.arrival_seen_at)
    left = row.state == OrderState.ACCEPTED and (
        row.accepted_from is not None and has_left(fix, started_from=row.accepted_from, target=row.target)
    )
    seen = judgement.there == "maybe" and row.arrival_seen_at is None
    gone = judgement.there == "no" and row.arrival_seen_at is not None
    if judgement.there != "yes" and not left and not seen and not gone:
        return 0
    if row.mode == "command":
        incidents.get_locked(session, row.incident_id)
    order = repository.lock(session, row.order_id)
    if order.state not in (OrderState.ACCEPTED, OrderState.EN_ROUTE):
        return 0
    if judgement.there == "yes":
        return _arrive(session, order, fix, judgement, written_at=at)
    if seen or gone:
        order.arrival_seen_at = fix.captured_at if seen else None
        session.flush()
    if left and order.state == OrderState.ACCEPTED:
        # read off the positions, not off a tap: the instant is the fix's
        fire(
            session, order, "depart", by=SYSTEM, at=fix.captured_at, how="measured", evidence={"by": "positions"},
            written_at=at,
        )  # fmt: skip
        return 1
    return 0


def _arrive(session: Session, order: Order, fix: Fix, judgement: Judgement, *, written_at: datetime) -> int:
    evidence = {
        "by": "positions",
        "distance_m": round(judgement.distance_m, 1),
        "accuracy_m": round(fix.accuracy_m, 1),
        "confidence": judgement.confidence,
        "first_seen_at": order.arrival_seen_at.isoformat() if order.arrival_seen_at else None,
    }
    at = fix.captured_at
    order = fire(
        session, order, "arrive", by=SYSTEM, at=at, how="measured", evidence=evidence, written_at=written_at
    )  # fmt: skip
    note_arrival(session, order, by=SYSTEM, at=at, how="measured", written_at=written_at)
    return 1
