"""An incident with all that its picture shows beside its own row, read in one look."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Executable, Row, Uuid, any_, bindparam, literal_column, select, text
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What an incident's picture shows beside its own row. ``milestones``: of the present round, in their order."""

    duty_phone: str | None
    last_note_at: datetime | None
    milestones: dict[str, datetime]
    #: the neighbours to which it is, or was, open by mutual aid, and whether it is
    helping: dict[uuid.UUID, bool]


def _passed(column: str) -> str:
    return (
        f"ARRAY(SELECT m.{column} FROM incident_milestones m"
        " WHERE m.incident_id = incidents.id AND m.round = incidents.reopened ORDER BY m.at, m.name)"
    )


def _helping(column: str) -> str:
    return (
        f"ARRAY(SELECT a.{column} FROM aids a"
        " WHERE a.incident_id = incidents.id AND a.starts_at IS NOT NULL ORDER BY a.id)"
    )


_SHOWN_BESIDE = {
    "duty_phone": "(SELECT s.duty_phone FROM stations s WHERE s.id = incidents.station_id)",
    "last_note_at": "(SELECT max(n.at) FROM incident_notes n WHERE n.incident_id = incidents.id)",
    "names": _passed("name"),
    "ats": _passed("at"),
    "helping": _helping("helping_station_id"),
    "helping_now": _helping("state = 'active'"),
}
_BESIDE = text(
    "SELECT id, {} FROM incidents WHERE id = ANY(:ids)".format(
        ", ".join(f"{column} AS {name}" for name, column in _SHOWN_BESIDE.items())
    )
)
_PICTURES: Executable = (
    select(Incident, *(literal_column(column).label(name) for name, column in _SHOWN_BESIDE.items()))
    .where(Incident.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(Incident.id)
)


def list_beside(session: Session, incident_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Beside]:
    """``Beside`` of each, in one look."""
    session.flush()
    return {row.id: _beside(row) for row in session.execute(_BESIDE, {"ids": list(incident_ids)})}


def list_pictures(session: Session, incident_ids: Collection[uuid.UUID]) -> list[tuple[Incident, Beside]]:
    """The incidents as the database has them now, by id, and what their pictures show beside their rows."""
    # this transaction may have read one before others changed it
    rows = session.execute(_PICTURES, {"ids": list(incident_ids)}, execution_options={"populate_existing": True})
    return [(row.Incident, _beside(row)) for row in rows]


def _beside(row: Row[Any]) -> Beside:
    helping: dict[uuid.UUID, bool] = {}
    for station_id, now in zip(row.helping, row.helping_now, strict=True):
        helping[station_id] = helping.get(station_id, False) or now
    return Beside(
        duty_phone=row.duty_phone,
        last_note_at=row.last_note_at,
        milestones=dict(zip(row.names, row.ats, strict=True)),
        helping=helping,
    )
