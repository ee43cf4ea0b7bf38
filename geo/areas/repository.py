"""Where areas are fetched from and put to."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from geo.areas.model import Area
from geo.areas.outline import Outline
from geo.crs import Position
from kit.actor import Grant, Reach
from kit.errors import NotFound
from kit.reach import rows_within
from kit.tenancy import Station

JURISDICTION = "jurisdiction"

_INVALIDITY = text(
    """
    SELECT d.valid, d.reason, ST_X(d.location) AS lon, ST_Y(d.location) AS lat
    FROM ST_IsValidDetail(ST_GeomFromEWKT(:outline)) AS d
    """
)
# ST_Covers: who stands on the boundary belongs to both sides, and the tie is told
_OWNERS = text(
    """
    SELECT DISTINCT station_id FROM areas
    WHERE kind = 'jurisdiction' AND ST_Covers(outline, ST_GeomFromEWKT(:point))
      AND (CAST(:district_id AS uuid) IS NULL OR district_id = CAST(:district_id AS uuid))
    ORDER BY station_id
    """
)


@dataclass(frozen=True, kw_only=True)
class Invalidity:
    """Why PostGIS does not take an outline for an area, and where (WGS-84)."""

    reason: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, kw_only=True)
class AreaShown:
    """An area as it is shown: its outline as a GeoJSON geometry in WGS-84."""

    id: uuid.UUID
    station_id: uuid.UUID
    kind: str
    name: str
    geometry: dict[str, Any]
    attribution: str | None
    demo: bool
    version: int


def visible(grant: Grant) -> ColumnElement[bool]:
    """The areas that ``grant`` reaches."""
    return rows_within(grant, station=Area.station_id, district=Area.district_id)


def find_invalidity(session: Session, outline: Outline) -> Invalidity | None:
    """What is wrong with a well-formed outline; None: nothing."""
    row = session.execute(_INVALIDITY, {"outline": outline.ewkt}).one()
    return None if row.valid else Invalidity(reason=row.reason, lon=row.lon, lat=row.lat)


def list_owners(session: Session, position: Position, *, district_id: uuid.UUID | None) -> Sequence[uuid.UUID]:
    """The stations whose jurisdiction covers the point, in the order of their ids."""
    return session.execute(_OWNERS, {"point": position.ewkt, "district_id": district_id}).scalars().all()


def list_visible(
    session: Session, grant: Grant, *, kind: str | None = None, area_id: uuid.UUID | None = None
) -> list[AreaShown]:
    """Areas in the order of kind and name; the outlines come with seven decimals, which is a centimetre."""
    outline = func.ST_AsGeoJSON(Area.outline, 7)
    columns = (Area.id, Area.station_id, Area.kind, Area.name, outline, Area.attribution, Area.demo, Area.version)
    query = select(*columns).where(visible(grant))
    if kind is not None:
        query = query.where(Area.kind == kind)
    if area_id is not None:
        query = query.where(Area.id == area_id)
    rows = session.execute(query.order_by(Area.kind, Area.name, Area.id))
    return [
        AreaShown(
            id=id_,
            station_id=station_id,
            kind=kind_,
            name=name,
            geometry=json.loads(geometry),
            attribution=attribution,
            demo=demo,
            version=version,
        )
        for id_, station_id, kind_, name, geometry, attribution, demo, version in rows
    ]


def get_visible(session: Session, area_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Area:
    """The area, if ``grant`` reaches it; raises NotFound."""
    query = select(Area).where(Area.id == area_id, visible(grant))
    if lock:
        query = query.with_for_update()
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def find_named(session: Session, *, station_id: uuid.UUID, kind: str, name: str) -> Area | None:
    """The area of that name, held until the transaction ends."""
    query = select(Area).where(Area.station_id == station_id, Area.kind == kind, Area.name == name)
    return session.execute(query.with_for_update()).scalar_one_or_none()


def find_station(session: Session, station_id: uuid.UUID, grant: Grant) -> Station | None:
    """A station whose areas ``grant`` may draw."""
    actor = grant.actor
    query = select(Station).where(Station.id == station_id)
    match grant.reach:
        case Reach.ANY:
            pass
        case Reach.DISTRICT:
            query = query.where(Station.district_id == actor.district_id)
        case _:
            query = query.where(Station.id == actor.station_id)
    return session.execute(query).scalar_one_or_none()


def measure(session: Session, outline: Outline) -> float:
    """Square metres of a valid outline."""
    query = select(func.ST_Area(func.geography(func.ST_GeomFromEWKT(outline.ewkt))))
    return float(session.execute(query).scalar_one())


def list_overlapping(
    session: Session,
    grant: Grant,
    *,
    kind: str,
    outline: Outline,
    station_id: uuid.UUID | None,
    but: uuid.UUID | None,
) -> list[str]:
    """Names of areas of the same kind whose ground it shares, more than a common boundary; not of ``but`` itself."""
    drawn = func.ST_GeomFromEWKT(outline.ewkt)
    query = select(Area.name).where(
        visible(grant),
        Area.kind == kind,
        func.ST_Relate(Area.outline, drawn, "T********"),
        Area.outline.intersects(drawn),
    )
    if station_id is not None and kind != JURISDICTION:
        query = query.where(Area.station_id == station_id)
    if but is not None:
        query = query.where(Area.id != but)
    return list(session.scalars(query.order_by(Area.name).limit(20)))


def is_same_outline(session: Session, area: Area, outline: Outline) -> bool:
    """Whether the stored outline has exactly these points."""
    query = select(Area.outline == func.ST_GeomFromEWKT(outline.ewkt)).where(Area.id == area.id)
    return bool(session.execute(query).scalar_one())


def put(session: Session, area: Area, outline: Outline | None) -> None:
    """Add or change; the outline goes in as text."""
    if outline is not None:
        area.outline = outline.ewkt  # type: ignore[assignment]
    session.add(area)
    session.flush()


def delete(session: Session, area: Area) -> None:
    session.delete(area)
    session.flush()
