"""How an alarm looks to the consoles of its station: there until somebody takes it up."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.escalation.labels import KINDS
from dispatch.escalation.model import Alarm
from kit.feed import Projection, station_audience

ENTITY = "alarm"


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    for alarm in session.scalars(select(Alarm).where(Alarm.id.in_(ids)).order_by(Alarm.id)):
        yield Projection(
            audience=station_audience(alarm.station_id),
            entity=ENTITY,
            entity_id=alarm.id,
            value=view(alarm) if alarm.acknowledged_at is None else None,
        )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """Ids of the station's open alarms."""
    kind, _, owner = audience.partition(":")
    if kind != "station":
        return []
    query = select(Alarm.id).where(Alarm.station_id == uuid.UUID(owner), Alarm.acknowledged_at.is_(None))
    return list(session.scalars(query.order_by(Alarm.raised_at, Alarm.id)))


def view(alarm: Alarm) -> dict[str, Any]:
    """JSON of an alarm."""
    return {
        "id": str(alarm.id),
        "kind": alarm.kind,
        "label": KINDS[alarm.kind],
        "incident_id": str(alarm.incident_id),
        "order_id": str(alarm.order_id) if alarm.order_id else None,
        "detail": alarm.detail,
        "raised_at": alarm.raised_at.isoformat(),
        "acknowledged_at": alarm.acknowledged_at.isoformat() if alarm.acknowledged_at else None,
        "acknowledged_by": str(alarm.acknowledged_by) if alarm.acknowledged_by else None,
    }
