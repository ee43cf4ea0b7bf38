"""The k nearest responders of a kind, on the ellipsoid, by index.

The spatial index orders by the sphere, which is up to half a percent off: enough to rank two guards wrongly.
So the first pass takes any k that fit, by the sphere, only for the radius that is certain to hold the true
k; the second ranks what lies within it on the ellipsoid. Ties go by id, so that the answer is one answer.

Nothing here locks: PostgreSQL 15.18 cannot lock rows that come out of such a scan ("attempted to lock
invisible tuple"). Whoever wants a responder claims him by primary key.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from geo.crs import Position

#: half the way round the earth and some more: no bound
EVERYWHERE_M = 20_100_000.0
_ASIDE_DEG = 0.01

# The predicates of the partial indexes, word for word: the planner must recognise them.
KINDS = {
    "guard": "kind = 'guard'",
    "safe_house": "kind = 'safe_house'",
    "patrol_unit": "kind = 'patrol_unit'",
}
FREE = "on_duty AND NOT engaged"
NOT_FREE = "position IS NOT NULL AND (engaged OR NOT on_duty)"
RARE_SKILLS = {"aed": "skills @> '{aed}'"}

POINT = "CAST(:point AS geography)"
OUTLOOK = "CAST(:outlook AS geography)"
_COLUMNS = (
    "responder_id, station_id, organization_id, post_id, skills, engaged, on_duty, fixed, captured_at, accuracy_m,"
    " ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat"
)


@dataclass(frozen=True, kw_only=True)
class Near:
    """A responder, his distance in metres on the ellipsoid, and what is known about his place."""

    responder_id: uuid.UUID
    station_id: uuid.UUID
    organization_id: uuid.UUID
    post_id: uuid.UUID | None
    distance_m: float
    position: Position
    #: None for a fixed one, whose position does not grow old
    captured_at: datetime | None
    accuracy_m: float | None
    skills: tuple[str, ...]
    engaged: bool
    on_duty: bool
    fixed: bool


def nearest(
    session: Session,
    position: Position,
    *,
    kind: str,
    k: int,
    radius_m: float | None = None,
    station_ids: Collection[uuid.UUID] | None,
    skills: Collection[str] = (),
    fresh_since: datetime | None = None,
    only_free: bool = True,
    exclude: Collection[uuid.UUID] = (),
) -> list[Near]:
    """The ``k`` nearest, nearest first, equal to a comparison of all of them; ties by id.

    ``radius_m`` includes its edge; None: anywhere. ``station_ids`` None: of every station. ``skills``: who has
    all of them. ``fresh_since``: a fix captured then or later, or a fixed place. ``only_free``: on duty and not
    engaged.
    """
    if k <= 0 or (station_ids is not None and not station_ids):
        return []
    where, values = _conditions(
        kind=kind, station_ids=station_ids, skills=skills, fresh_since=fresh_since, exclude=exclude
    )
    values |= {
        "point": position.ewkt,
        "outlook": outlook(position).ewkt,
        "k": k,
        "radius_m": EVERYWHERE_M if radius_m is None else float(radius_m),
    }
    rows = session.execute(compose(where, only_free=only_free), values)
    return [_near(row) for row in rows]


@lru_cache(maxsize=256)
def compose(where: str, *, only_free: bool) -> TextClause:
    """The statement; one branch for each set of rows that has an index of its own."""
    branches = [FREE] if only_free else [FREE, NOT_FREE]
    by_sphere = " UNION ALL ".join(
        f"(SELECT ST_Distance(position, {POINT}) AS d FROM responder_index WHERE {where} AND {branch}"
        f" AND ST_DWithin(position, {POINT}, :radius_m) ORDER BY position <-> {OUTLOOK} LIMIT :k)"
        for branch in branches
    )
    by_ellipsoid = " UNION ALL ".join(
        f"SELECT {_COLUMNS}, ST_Distance(position, {POINT}) AS distance_m FROM responder_index"
        f" WHERE {where} AND {branch} AND ST_DWithin(position, {POINT}, (SELECT m FROM bound))"
        for branch in branches
    )
    # ST_Distance rounds to 1e-8 m and ST_DWithin does not: a millimetre keeps the k-th inside
    return text(
        f"WITH any_k AS MATERIALIZED (SELECT d FROM ({by_sphere}) AS found ORDER BY d LIMIT :k),"
        " bound AS MATERIALIZED (SELECT CASE WHEN count(*) < :k THEN :radius_m"
        " ELSE least(max(d) + 0.001, :radius_m) END AS m FROM any_k)"
        f" SELECT * FROM ({by_ellipsoid}) AS ranked ORDER BY distance_m, responder_id LIMIT :k"
    )


def outlook(position: Position) -> Position:
    """Where the first pass looks from: the place itself, but a kilometre beside six points of the earth.

    The index holds boxes of single precision in earth-centred coordinates. Where two of the three coordinates
    are zero (0/0, 90/0, 180/0, -90/0, the poles) the boxes have no slack, and a rounding makes PostgreSQL stop
    with "index returned tuples in wrong order". Any k that fit will do for the first pass, so it may stand aside.
    """
    lon, lat = position.lon, position.lat
    if abs(lat) > 90.0 - _ASIDE_DEG:
        return Position(45.0, math.copysign(90.0 - _ASIDE_DEG, lat))
    axis = 90.0 * round(lon / 90.0)
    if abs(lat) < _ASIDE_DEG and abs(lon - axis) < _ASIDE_DEG:
        return Position(axis - math.copysign(_ASIDE_DEG, axis), _ASIDE_DEG)
    return position


def _conditions(
    *,
    kind: str,
    station_ids: Collection[uuid.UUID] | None,
    skills: Collection[str],
    fresh_since: datetime | None,
    exclude: Collection[uuid.UUID],
) -> tuple[str, dict[str, Any]]:
    parts, values = [KINDS[kind]], dict[str, Any]()
    parts += [predicate for skill, predicate in RARE_SKILLS.items() if skill in skills]
    common = sorted(set(skills) - RARE_SKILLS.keys())
    if common:
        parts.append("skills @> CAST(:skills AS text[])")
        values["skills"] = common
    if station_ids is not None:
        parts.append("station_id = ANY (CAST(:station_ids AS uuid[]))")
        values["station_ids"] = [str(id_) for id_ in station_ids]
    if fresh_since is not None:
        parts.append("(fixed OR captured_at >= :fresh_since)")
        values["fresh_since"] = fresh_since
    if exclude:
        parts.append("responder_id <> ALL (CAST(:exclude AS uuid[]))")
        values["exclude"] = [str(id_) for id_ in exclude]
    return " AND ".join(parts), values


def _near(row: Any) -> Near:
    return Near(
        responder_id=row.responder_id,
        station_id=row.station_id,
        organization_id=row.organization_id,
        post_id=row.post_id,
        distance_m=row.distance_m,
        position=Position(row.lon, row.lat),
        captured_at=row.captured_at,
        accuracy_m=row.accuracy_m,
        skills=tuple(row.skills),
        engaged=row.engaged,
        on_duty=row.on_duty,
        fixed=row.fixed,
    )
