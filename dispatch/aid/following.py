"""What a step of a lent person's order changes beside the order: his own station's record, and who sees him."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.aid.model import Aid
from dispatch.orders.model import Order
from kit import feed, record
from kit.actor import Actor


def follow(session: Session, orders: Iterable[Order], *, by: Actor, at: datetime) -> None:
    """After each step of orders of any kind: those of lent people are written down where they belong."""
    lent = [order for order in orders if order.aid_id is not None]
    if not lent:
        return
    aids = {aid.id: aid for aid in session.scalars(select(Aid).where(Aid.id.in_({order.aid_id for order in lent})))}
    for order in lent:
        assert order.aid_id is not None
        record.write(
            session,
            f"aid.order_{order.state}",
            actor=by,
            at=at,
            subject_kind="aid",
            subject_id=order.aid_id,
            station_id=aids[order.aid_id].helping_station_id,
            order_id=str(order.id),
            responder_id=str(order.responder_id),
            incident_id=str(order.incident_id),
        )
        # he comes to the host's screen, or leaves it
        feed.changed(session, "responder", order.responder_id, under=order.incident_id)
