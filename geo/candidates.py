"""Everybody who might be asked, also those who will not be: the matcher states a reason for each.

A fragment of SQL, so that whoever knows more of these people (dispatch) learns all in one trip.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from geo.crs import Position
from geo.nearest import FREE, KINDS, NOT_FREE, OUTLOOK, POINT, RARE_SKILLS, WITHIN_BOX, outlook

#: a post or a safe-house so near belongs to the scene's premises
PREMISES_M = 100.0
#: whoever stands so near a safe-house of his own organization keeps it
HOUSE_M = 40.0
#: a safe-house so near the scene is one that its people would run to
HOUSE_NEAR_M = 500.0


#: of the values of every pool, as the database calls them
TYPES = {
    "point": "geography",
    "outlook": "geography",
    "radius_m": "float8",
    "look_m": "float8",
    "station_ids": "uuid[]",
    "skills": "text[]",
    "fresh_since": "timestamptz",
    "also": "uuid[]",
    "premises_m": "float8",
    "house_m": "float8",
    "house_near_m": "float8",
}


@dataclass(frozen=True, kw_only=True)
class Pool:
    """``sql`` selects responder_id, distance_m (metres on the ellipsoid, NULL without a place), lon and lat; and
    what the place says of him: ``at_home`` (a post or safe-house of his organization is at the scene), ``in_beat``
    (a patrol in the beat of the scene; NULL: no patrol, no beat), ``house_id`` (the safe-house that he alone keeps),
    ``house_needed`` (it has an order, or is the only open one near the scene)."""

    sql: str
    values: dict[str, Any]


def pool(
    position: Position,
    *,
    kind: str,
    radius_m: float,
    look_m: float,
    station_ids: Collection[uuid.UUID],
    skills: Collection[str] = (),
    fresh_since: datetime,
    free: int,
    most: int,
    also: Collection[uuid.UUID] = (),
) -> Pool:
    """Those of ``kind`` at these stations who are worth a look, by index.

    The ``free`` nearest within ``radius_m`` who are on duty, not engaged, have the ``skills`` and a fresh or fixed
    place: in a crowd of busy ones the free one behind them is not overlooked. The ``most`` nearest within
    ``look_m`` of those who are free, and of those who are not, whatever else they lack. On duty, and nobody knows
    where. And ``also``, wherever they are. The nearness is that of the index (the sphere, half a percent off), the
    distance exact: who stands at the edge of a full list is a matter of rounding, who stands at its head is not.
    """
    values: dict[str, Any] = {
        "point": position.ewkt,
        "outlook": outlook(position).ewkt,
        "radius_m": float(radius_m),
        "look_m": float(look_m),
        "station_ids": _array(station_ids),
        "skills": sorted(skills),
        "fresh_since": fresh_since,
        "also": _array(also),
        "premises_m": PREMISES_M,
        "house_m": HOUSE_M,
        "house_near_m": HOUSE_NEAR_M,
    }
    rare = tuple(skill for skill in RARE_SKILLS if skill in skills)
    return Pool(sql=_compose(kind, rare, bool(skills), int(free), int(most)), values=values)


def _array(ids: Collection[uuid.UUID]) -> str:
    # a prepared statement takes no list of texts for one of ids
    return "{" + ",".join(map(str, ids)) + "}"


@lru_cache(maxsize=64)
def _compose(kind: str, rare: tuple[str, ...], skilled: bool, free: int, most: int) -> str:
    # limits are written out: one that the planner does not know makes it plan anew each time
    theirs = f"{KINDS[kind]} AND station_id = ANY (CAST(:station_ids AS uuid[]))"
    fit = [theirs, FREE, *(RARE_SKILLS[skill] for skill in rare), "(fixed OR captured_at >= :fresh_since)"]
    if skilled:
        fit.append("skills @> CAST(:skills AS text[])")
    in_beat, house = _IN_BEAT if kind == "patrol_unit" else "NULL::boolean", _HOUSE if kind == "guard" else _NO_HOUSE
    return f"""
        WITH premises AS MATERIALIZED ({_PREMISES}), houses AS MATERIALIZED ({_HOUSES}),
        beat AS MATERIALIZED ({_BEAT})
        SELECT i.responder_id, ST_Distance(i.position, {POINT}) AS distance_m,
               ST_X(i.position::geometry) AS lon, ST_Y(i.position::geometry) AS lat,
               i.organization_id IN (SELECT organization_id FROM premises) AS at_home, {in_beat} AS in_beat,
               house.id AS house_id, house.needed AS house_needed
        FROM responder_index i LEFT JOIN LATERAL ({house}) AS house ON true WHERE i.responder_id IN (
            {_nearest(" AND ".join(fit), "radius_m", free)}
            UNION {_nearest(f"{theirs} AND {FREE}", "look_m", most)}
            UNION {_nearest(f"{theirs} AND {NOT_FREE}", "look_m", most)}
            UNION (SELECT responder_id FROM responder_index WHERE {theirs} AND on_duty AND position IS NULL
                   ORDER BY responder_id LIMIT {most})
            UNION SELECT unnest(CAST(:also AS uuid[])))
    """


_STATIONS = "station_id = ANY (CAST(:station_ids AS uuid[]))"
_PREMISES = (
    f"SELECT organization_id FROM posts WHERE {_STATIONS} AND ST_DWithin(position, {POINT}, :premises_m)"
    f" UNION SELECT organization_id FROM responder_index WHERE {KINDS['safe_house']} AND {_STATIONS} AND {FREE}"
    f" AND ST_DWithin(position, {POINT}, :premises_m)"
)
_BEAT = f"SELECT outline FROM areas WHERE kind = 'beat' AND {_STATIONS} AND ST_Covers(outline, {POINT}::geometry)"
_IN_BEAT = (
    "CASE WHEN EXISTS (SELECT FROM beat) THEN EXISTS (SELECT FROM beat WHERE ST_Covers(outline, i.position::geometry))"
    " END"
)
# open ones, asked or not: each kind of row has an index of its own
_HOUSES = " UNION ALL ".join(
    f"SELECT responder_id AS id, organization_id, position, engaged,"
    f" ST_DWithin(position, {POINT}, :house_near_m) AS near FROM responder_index"
    f" WHERE {KINDS['safe_house']} AND {_STATIONS} AND {branch}"
    f" AND ST_DWithin(position, {POINT}, :look_m + :house_m)"
    for branch in (FREE, f"{NOT_FREE} AND engaged")
)
_HOUSE = f"""
    SELECT h.id, h.engaged OR (h.near AND (SELECT count(*) FROM houses WHERE near) = 1) AS needed
    FROM houses h
    WHERE h.organization_id = i.organization_id AND ST_DWithin(h.position, i.position, :house_m)
      AND NOT EXISTS (
        SELECT FROM responder_index o
        WHERE o.{KINDS["guard"]} AND o.on_duty AND NOT o.engaged AND o.organization_id = h.organization_id
          AND o.responder_id <> i.responder_id AND ST_DWithin(o.position, h.position, :house_m))
    ORDER BY needed DESC, h.id LIMIT 1
"""
_NO_HOUSE = "SELECT NULL::uuid AS id, false AS needed WHERE false"


def _nearest(where: str, within: str, limit: int) -> str:
    # the radius is judged of the few only: in the scan it would mislead the planner (see WITHIN_BOX)
    return (
        f"(SELECT responder_id FROM (SELECT responder_id, position FROM responder_index WHERE {where}"
        f" AND {WITHIN_BOX.format(point=POINT, radius=within)} ORDER BY position <-> {OUTLOOK} LIMIT {limit}) AS few"
        f" WHERE ST_DWithin(position, {POINT}, :{within}))"
    )
