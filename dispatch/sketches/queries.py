"""What an outline holds before anybody has saved it: the calls of the past month, the posts, what it overlaps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from dispatch.figures.queries import usual_sort
from dispatch.sketches import repository
from geo.areas import repository as areas
from geo.areas.outline import read_outline
from geo.areas.service import say_invalidity
from kit.actor import Grant, Reach

#: how far back a leader looks to see what a boundary means
LOOK_BACK = timedelta(days=30)
#: of a change that moves more than these, a map shows the latest
MAX_CALLS = 500

Move = Literal["stays", "comes", "goes"]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One past incident that lies within the outline, or lay within the one in force."""

    incident_id: uuid.UUID
    number: str
    category: str
    type: str
    received_at: datetime
    lon: float
    lat: float
    move: Move


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """``fault``: why it encloses no proper area, in Chinese; all else is empty then. ``calls``: of one's own station
    only, the district gets the numbers."""

    fault: str | None = None
    fault_at: tuple[float, float] | None = None
    area_m2: float = 0.0
    since: datetime
    stays: int = 0
    comes: int = 0
    goes: int = 0
    calls: tuple[Call, ...] = ()
    posts: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()


def look_at(
    session: Session, grant: Grant, *, kind: str, geometry: Any, area_id: uuid.UUID | None, at: datetime
) -> Sketch:
    """``area_id``: the area that is being redrawn. Raises a kind of OutlineRefused, and NotFound."""
    outline, since = read_outline(geometry), at - LOOK_BACK
    former = areas.get_visible(session, area_id, grant) if area_id is not None else None
    wrong = areas.find_invalidity(session, outline)
    if wrong is not None:
        place = None if wrong.lon is None or wrong.lat is None else (wrong.lon, wrong.lat)
        return Sketch(fault=say_invalidity(wrong), fault_at=place, since=since)
    rows = repository.list_calls(
        session, grant, outline=outline, former_id=area_id, since=since, sort=usual_sort(session, grant)
    )
    calls = [_call(row) for row in rows]
    return Sketch(
        area_m2=areas.measure(session, outline),
        since=since,
        stays=_count(calls, "stays"),
        comes=_count(calls, "comes"),
        goes=_count(calls, "goes"),
        calls=() if grant.reach is Reach.DISTRICT else tuple(calls[:MAX_CALLS]),
        posts=tuple(repository.list_posts(session, grant, outline)),
        overlaps=tuple(
            areas.list_overlapping(
                session, grant, kind=kind, outline=outline, station_id=former.station_id if former else None,
                but=area_id,
            )
        ),
    )  # fmt: skip


def _call(row: Any) -> Call:
    move: Move = "stays" if row.inside and row.was else "comes" if row.inside else "goes"
    return Call(
        incident_id=row.id,
        number=row.number,
        category=row.category,
        type=row.type,
        received_at=row.received_at,
        lon=row.lon,
        lat=row.lat,
        move=move,
    )


def _count(calls: Sequence[Call], move: Move) -> int:
    return sum(call.move == move for call in calls)
