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
from geo.nearest import FREE, KINDS, NOT_FREE, OUTLOOK, POINT, RARE_SKILLS, outlook


@dataclass(frozen=True, kw_only=True)
class Pool:
    """``sql`` selects responder_id, distance_m (metres on the ellipsoid, NULL without a place), lon and lat."""

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
        "station_ids": [str(id_) for id_ in station_ids],
        "skills": sorted(skills),
        "fresh_since": fresh_since,
        "free": free,
        "most": most,
        "also": [str(id_) for id_ in also],
    }
    rare = tuple(skill for skill in RARE_SKILLS if skill in skills)
    return Pool(sql=_compose(kind, rare, bool(skills)), values=values)


@lru_cache(maxsize=64)
def _compose(kind: str, rare: tuple[str, ...], skilled: bool) -> str:
    theirs = f"{KINDS[kind]} AND station_id = ANY (CAST(:station_ids AS uuid[]))"
    fit = [theirs, FREE, *(RARE_SKILLS[skill] for skill in rare), "(fixed OR captured_at >= :fresh_since)"]
    if skilled:
        fit.append("skills @> CAST(:skills AS text[])")
    return f"""
        SELECT responder_id, ST_Distance(position, {POINT}) AS distance_m,
               ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat
        FROM responder_index WHERE responder_id IN (
            {_nearest(" AND ".join(fit), "radius_m", "free")}
            UNION {_nearest(f"{theirs} AND {FREE}", "look_m", "most")}
            UNION {_nearest(f"{theirs} AND {NOT_FREE}", "look_m", "most")}
            UNION (SELECT responder_id FROM responder_index WHERE {theirs} AND on_duty AND position IS NULL
                   ORDER BY responder_id LIMIT :most)
            UNION SELECT unnest(CAST(:also AS uuid[])))
    """


def _nearest(where: str, within: str, limit: str) -> str:
    return (
        f"(SELECT responder_id FROM responder_index WHERE {where} AND ST_DWithin(position, {POINT}, :{within})"
        f" ORDER BY position <-> {OUTLOOK} LIMIT :{limit})"
    )
