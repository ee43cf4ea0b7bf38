"""The k nearest responders of a kind, on the ellipsoid, by index.

The spatial index orders by the sphere, which is up to six thousandths off: enough to rank two guards wrongly. So a few
more than k are read in that order and ranked on the ellipsoid; whoever was not read is at least as far on the sphere
as the last one who was, so nearly always nobody of them can belong to the k. Where one could, a second statement takes
any k that fit only for the radius that is certain to hold the true ones, and ranks what lies within it. Ties go by id,
so that the answer is one answer.

Nothing here locks: PostgreSQL 15.18 cannot lock rows that come out of such a scan ("attempted to lock
invisible tuple"). Whoever wants a responder claims him by primary key.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from geo.crs import Position
from kit.prepared import Prepared

#: half the way round the earth and some more: no bound
EVERYWHERE_M = 20_100_000.0
#: of a way on the ellipsoid over the same on PostGIS's sphere of 6 371 008.8 m: not less than the least radius of
#: curvature (6 335 439 m, along the meridian at the equator) over that
LEAST_RATIO = 0.9944
#: so many more than k are read at once
BESIDE = 3
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
#: everybody within the radius, and few others; ST_DWithin reads the index by the same box, but lets the planner expect
#: so few that it would sort a whole city
WITHIN_BOX = "position && _ST_Expand({point}, :{radius})"
_RESULT = (
    "responder_id, station_id, ST_Distance(position, :point) AS distance_m, ST_X(position::geometry) AS lon,"
    " ST_Y(position::geometry) AS lat"
)
_DISTANCE_M, _ON_SPHERE_M = 2, 5
_DISTANCE_THEN_ID = itemgetter(_DISTANCE_M, 0)
_TYPES = {
    "point": "geography",
    "outlook": "geography",
    "radius_m": "float8",
    "skills": "text[]",
    "station_ids": "uuid[]",
    "fresh_since": "timestamptz",
    "exclude": "uuid[]",
}


class Near(NamedTuple):
    """A responder, whose he is, his distance in metres on the ellipsoid and his place."""

    responder_id: uuid.UUID
    station_id: uuid.UUID
    distance_m: float
    lon: float
    lat: float

    @property
    def position(self) -> Position:
        return Position(self.lon, self.lat)


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
    aside = outlook(position)
    values |= {"point": position.ewkt, "radius_m": radius_m}
    if aside is position:
        rows = one_look(where, k, only_free, radius_m is not None).fetch_all(session, values)
        found = _closest(rows, k, radius_m)
        if found is not None:
            return found
    values |= {"outlook": aside.ewkt, "radius_m": EVERYWHERE_M if radius_m is None else radius_m}
    return [Near(*row) for row in two_looks(where, k, only_free).fetch_all(session, values)]


def _closest(rows: list[tuple[Any, ...]], k: int, radius_m: float | None) -> list[Near] | None:
    """The k nearest of those who were read, by the sphere as far as ``rows`` go; None: somebody who was not read may
    be nearer."""
    # the server could do it, but setting up a sort and a window there takes longer than all of this
    ranked = sorted(rows, key=_DISTANCE_THEN_ID)[:k]
    if len(rows) == k + BESIDE:
        unseen_m = rows[-1][_ON_SPHERE_M] * LEAST_RATIO
        if ranked[-1][_DISTANCE_M] >= unseen_m and (radius_m is None or radius_m >= unseen_m):
            return None
    return [Near(*row[:_ON_SPHERE_M]) for row in ranked if radius_m is None or row[_DISTANCE_M] <= radius_m]


@lru_cache(maxsize=256)
def one_look(where: str, k: int, only_free: bool, bounded: bool) -> Prepared:
    """The first few by the sphere, with their metres on the ellipsoid and on the sphere.

    One branch for each set of rows that has an index of its own. The limit is written out: where the planner does not
    know it, it makes a new plan each time, which takes as long as the search.
    """
    box = f" AND {WITHIN_BOX.format(point=':point', radius='radius_m')}" if bounded else ""
    branches = [
        f"SELECT {_RESULT}, position <-> :point AS on_sphere_m FROM responder_index WHERE {where} AND {branch}{box}"
        f" ORDER BY position <-> :point LIMIT {k + BESIDE}"
        for branch in _branches(only_free)
    ]
    if only_free:
        return _prepared(branches[0])
    both = " UNION ALL ".join(f"({branch})" for branch in branches)
    return _prepared(f"SELECT * FROM ({both}) AS found ORDER BY on_sphere_m LIMIT {k + BESIDE}")


@lru_cache(maxsize=256)
def two_looks(where: str, k: int, only_free: bool) -> Prepared:
    """Certain at any place: a radius from any k, then everybody within it."""
    box = WITHIN_BOX.format(point=":point", radius="radius_m")
    by_sphere = " UNION ALL ".join(
        f"(SELECT ST_Distance(position, :point) AS d FROM responder_index WHERE {where} AND {branch}"
        f" AND {box} ORDER BY position <-> :outlook LIMIT {k})"
        for branch in _branches(only_free)
    )
    by_ellipsoid = " UNION ALL ".join(
        f"SELECT {_RESULT} FROM responder_index"
        f" WHERE {where} AND {branch} AND ST_DWithin(position, :point, (SELECT m FROM bound))"
        for branch in _branches(only_free)
    )
    # ST_Distance rounds to 1e-8 m and ST_DWithin does not: a millimetre keeps the k-th inside
    return _prepared(
        f"WITH any_k AS MATERIALIZED (SELECT d FROM ({by_sphere}) AS found ORDER BY d LIMIT {k}),"
        f" bound AS MATERIALIZED (SELECT CASE WHEN count(*) < {k} THEN :radius_m"
        " ELSE least(max(d) + 0.001, :radius_m) END AS m FROM any_k)"
        f" SELECT * FROM ({by_ellipsoid}) AS ranked ORDER BY distance_m, responder_id LIMIT {k}"
    )


def _branches(only_free: bool) -> list[str]:
    return [FREE] if only_free else [FREE, NOT_FREE]


def _prepared(sql: str) -> Prepared:
    return Prepared(sql, **{name: type_ for name, type_ in _TYPES.items() if f":{name}" in sql})


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
        parts.append("skills @> :skills")
        values["skills"] = common
    if station_ids is not None:
        parts.append("station_id = ANY (:station_ids)")
        values["station_ids"] = _array(station_ids)
    if fresh_since is not None:
        parts.append("(fixed OR captured_at >= :fresh_since)")
        values["fresh_since"] = fresh_since
    if exclude:
        parts.append("responder_id <> ALL (:exclude)")
        values["exclude"] = _array(exclude)
    return " AND ".join(parts), values


def _array(ids: Collection[uuid.UUID]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"
