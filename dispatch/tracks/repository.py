"""The times during which a responder worked on an incident."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.orders.model import Order


def list_order_times(
    session: Session, *, incident_id: uuid.UUID, responder_id: uuid.UUID
) -> Sequence[tuple[datetime, datetime | None]]:
    """(offered, ended) of his orders on that incident; ended None while one lives."""
    query = (
        select(Order.offered_at, Order.ended_at)
        .where(Order.incident_id == incident_id, Order.responder_id == responder_id)
        .order_by(Order.offered_at)
    )
    return [(row.offered_at, row.ended_at) for row in session.execute(query)]
