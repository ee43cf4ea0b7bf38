"""Where tracks are read from, and the days that they are kept in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position

_READ = text(
    """
    SELECT captured_at, lon, lat, accuracy_m, speed_mps, heading_deg, source, suspect
    FROM tracks WHERE responder_id = :responder_id AND captured_at >= :start AND captured_at < :end
    ORDER BY captured_at LIMIT :limit
    """
)
_MAKE = text("SELECT make_track_day(:day)")
_DROP = text("SELECT drop_track_days(:before)")


@dataclass(frozen=True, kw_only=True)
class TrackPoint:
    """One fix of a track: WGS-84, metres, metres per second, degrees from north.

    ``suspect``: he cannot have come there in that time (a mocked or broken receiver).
    """

    captured_at: datetime
    position: Position
    accuracy_m: float | None
    speed_mps: float | None
    heading_deg: float | None
    source: str
    suspect: bool


def list_points(
    session: Session, responder_id: uuid.UUID, *, start: datetime, end: datetime, limit: int
) -> Sequence[TrackPoint]:
    """The fixes from ``start`` until before ``end``, in the order of capture."""
    rows = session.execute(_READ, {"responder_id": responder_id, "start": start, "end": end, "limit": limit})
    return [
        TrackPoint(
            captured_at=row.captured_at,
            position=Position(row.lon, row.lat),
            accuracy_m=row.accuracy_m,
            speed_mps=row.speed_mps,
            heading_deg=row.heading_deg,
            source=row.source,
            suspect=row.suspect,
        )
        for row in rows
    ]


def make_day(session: Session, day: date) -> None:
    """Make the partition of a day (UTC), if it is not there."""
    session.execute(_MAKE, {"day": day})


def drop_days(session: Session, *, before: date) -> int:
    """Drop the partitions of all days before; how many."""
    dropped: int = session.execute(_DROP, {"before": before}).scalar_one()
    return dropped
