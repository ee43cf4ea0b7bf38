"""Who was on duty when, for figures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.duty.model import Duty
from geo.responders import repository as responders
from geo.responders.model import Responder
from kit.actor import Grant


@dataclass(frozen=True, kw_only=True)
class DutyStretch:
    """The part of one duty that lies in a period; hours between start and end."""

    responder_id: uuid.UUID
    responder: str
    organization_id: uuid.UUID
    station_id: uuid.UUID
    kind: str
    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        return (self.end - self.start).total_seconds() / 3600


def list_stretches(
    session: Session, grant: Grant, *, start: datetime, end: datetime, now: datetime, demo: bool
) -> Sequence[DutyStretch]:
    """The duties within reach that touch the period, cut to it; one that goes on ends now."""
    ended = func.coalesce(Duty.ended_at, now)
    rows = session.execute(
        select(
            Responder.id,
            Responder.name,
            Responder.organization_id,
            Responder.station_id,
            Responder.kind,
            func.greatest(Duty.started_at, start).label("start"),
            func.least(ended, end).label("end"),
        )
        .join(Responder, Responder.id == Duty.responder_id)
        .where(responders.visible(grant), Responder.demo == demo, Duty.started_at < end, ended > start)
        .order_by(Duty.started_at, Duty.id)
    )
    return [
        DutyStretch(
            responder_id=row.id,
            responder=row.name,
            organization_id=row.organization_id,
            station_id=row.station_id,
            kind=row.kind,
            start=row.start,
            end=row.end,
        )
        for row in rows
        if row.end > row.start
    ]
