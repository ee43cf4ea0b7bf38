"""Duties as rows, for tests of what reads them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from geo.duty.model import Duty
from geo.responders.model import Responder
from kit.ids import new_id


def make_duty(
    session: Session, responder: Responder, *, start: datetime, end: datetime | None = None, hours: float = 12
) -> Duty:
    """A duty from ``start``; open unless ``end`` is given."""
    row = Duty(
        id=new_id(),
        responder_id=responder.id,
        station_id=responder.station_id,
        started_at=start,
        planned_end=start + timedelta(hours=hours),
        ended_at=end,
        ended_how="self" if end else None,
    )
    session.add(row)
    session.flush()
    return row
