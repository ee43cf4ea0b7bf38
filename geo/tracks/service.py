"""Keeping tracks as long as they may be kept, and no longer."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from geo.tracks import repository
from geo.tracks.repository import TrackPoint

#: one answer; a day at a fix every ten seconds is 8 640
MAX_POINTS = 20_000


@dataclass(frozen=True, kw_only=True)
class Track:
    """``truncated``: more points than one answer carries; ask for a shorter time."""

    points: list[TrackPoint]
    truncated: bool


def keep_days(session: Session, *, today: date, retention_days: int) -> int:
    """Make the partitions of yesterday, today and tomorrow (UTC); drop those older than the retention.

    Returns how many were dropped. Fixes up to a day old are still taken, hence yesterday.
    """
    for offset in (-1, 0, 1):
        repository.make_day(session, today + timedelta(days=offset))
    return repository.drop_days(session, before=today - timedelta(days=max(retention_days, 1)))


def read(
    session: Session, responder_id: uuid.UUID, *, spans: Iterable[tuple[datetime, datetime]], limit: int = MAX_POINTS
) -> Track:
    """The fixes within the given spans (start included, end not), each once, in the order of capture.

    Who may see which span is decided by the caller.
    """
    points: list[TrackPoint] = []
    for start, end in _union(spans):
        points += repository.list_points(session, responder_id, start=start, end=end, limit=limit + 1 - len(points))
        if len(points) > limit:
            return Track(points=points[:limit], truncated=True)
    return Track(points=points, truncated=False)


def _union(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
