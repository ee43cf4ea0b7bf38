"""From words to places, and from a point to words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.places.words import escape_like, normalise
from kit.actor import Grant
from kit.errors import NotFound

MAX_RESULTS = 50
#: farther away a name says more about the place than about the point
NEAR_M = 300.0
#: nobody tells these apart by eye
AT_M = 15.0

_COLUMNS = """
    SELECT id, name, address, aliases, category, attribution, demo,
           ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat"""
_DISTANCE = "ST_Distance(position, ST_GeogFromText(:point))"
# few lie so near: all are measured, which is exact and needs no order from the index
_NEAREST = text(
    f"""{_COLUMNS}, {_DISTANCE} AS distance_m
    FROM places
    WHERE district_id = :district_id AND ST_DWithin(position, ST_GeogFromText(:point), :radius_m)
    ORDER BY distance_m, id
    LIMIT :limit
    """
)
_BY_ID = text(f"{_COLUMNS}, NULL::float8 AS distance_m FROM places WHERE id = :id")
# words: name, aliases and, where there is one, the address; a line each
_NAME = "split_part(words, E'\\n', 1)"
_ADDRESS = "CASE WHEN address = '' THEN '' ELSE split_part(words, E'\\n', -1) END"
_RANK = f"""
    CASE WHEN {_NAME} = :wanted THEN 0
         WHEN {_NAME} LIKE :start THEN 1
         WHEN {_NAME} LIKE :inside THEN 2
         WHEN left(words, length(words) - length({_ADDRESS})) LIKE :inside THEN 3
         ELSE 4 END"""
# by their numbers as numbers: 102号 before 1003号
_BY_NAME = "regexp_replace(name, '[0-9]+', '', 'g'), CAST(substring(name from '[0-9]+') AS numeric) NULLS FIRST, name"
#: the pairs of characters lead to the rows by index, LIKE keeps those that really contain the text
_CONTAINS = "bigrams(words) @> bigrams(:wanted) AND words LIKE :inside"
_BEGINS = f"{_NAME} LIKE :start"


@dataclass(frozen=True, kw_only=True)
class PlaceFound:
    """A place; ``distance_m`` from the point that was asked about, on the ellipsoid."""

    id: uuid.UUID
    name: str
    address: str
    aliases: Sequence[str]
    category: str
    position: Position
    attribution: str | None
    demo: bool
    distance_m: float | None


def search(
    session: Session, district_id: uuid.UUID, words: str, limit: int = 10, *, near: Position | None = None
) -> list[PlaceFound]:
    """Places of a district whose name, alias or address contains ``words`` (full and half width, upper and lower
    case alike).

    In this order: the very name, names that begin with it, names, aliases, addresses that contain it; the nearer
    first where ``near`` is given, else by name and the numbers in it. One character alone: names that begin with it.
    Empty words find nothing.
    """
    wanted = normalise(words)
    if not wanted:
        return []
    escaped = escape_like(wanted)
    statement = text(
        f"""{_COLUMNS}, {_DISTANCE if near else "NULL::float8"} AS distance_m
        FROM places
        WHERE district_id = :district_id AND {_CONTAINS if len(wanted) > 1 else _BEGINS}
        ORDER BY {_RANK}, {"distance_m, " if near else ""}{_BY_NAME}, address, id
        LIMIT :limit
        """
    )
    rows = session.execute(
        statement,
        {
            "district_id": district_id,
            "wanted": wanted,
            "start": f"{escaped}%",
            "inside": f"%{escaped}%",
            "point": near.ewkt if near else None,
            "limit": min(limit, MAX_RESULTS),
        },
    ).all()
    return [_found(row) for row in rows]


def get_place(session: Session, place_id: uuid.UUID) -> PlaceFound:
    """One place; raises NotFound."""
    row = session.execute(_BY_ID, {"id": place_id}).one_or_none()
    if row is None:
        raise NotFound
    return _found(row)


def district_of(grant: Grant) -> uuid.UUID:
    """The district whose places ``grant`` reaches; raises NotFound when its actor has none."""
    if grant.actor.district_id is None:
        raise NotFound
    return grant.actor.district_id


def list_near(session: Session, district_id: uuid.UUID, position: Position, *, limit: int = 5) -> list[PlaceFound]:
    """The nearest places of a district within NEAR_M, nearest first on the ellipsoid."""
    rows = session.execute(
        _NEAREST,
        {
            "point": position.ewkt,
            "district_id": district_id,
            "radius_m": NEAR_M,
            "limit": min(limit, MAX_RESULTS),
        },
    ).all()
    return [_found(row) for row in rows]


def name_near(session: Session, district_id: uuid.UUID, position: Position) -> str | None:
    """How one would say where a point is: “剑川路951号”, or “剑川路951号 旁 40 米”. None: nothing has a name here."""
    nearest = list_near(session, district_id, position, limit=1)
    return describe(nearest[0]) if nearest else None


def describe(place: PlaceFound) -> str:
    """The place itself when one stands in front of it, else beside it by so many tens of metres."""
    distance_m = place.distance_m or 0.0
    if distance_m < AT_M:
        return place.name
    return f"{place.name} 旁 {max(round(distance_m, -1), 10):.0f} 米"


def _found(row: Any) -> PlaceFound:
    return PlaceFound(
        id=row.id,
        name=row.name,
        address=row.address,
        aliases=tuple(row.aliases),
        category=row.category,
        position=Position(row.lon, row.lat),
        attribution=row.attribution,
        demo=row.demo,
        distance_m=row.distance_m,
    )
