"""Jurisdictions, beats and post areas: drawn, changed, and asked who owns a point."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.areas import repository
from geo.areas.errors import AreaNameTaken, JurisdictionOfDistrict, OwnerMissing, PolygonInvalid
from geo.areas.model import Area
from geo.areas.outline import Outline, read_outline
from geo.crs import Position
from kit import record
from kit.actor import Actor, Grant, Reach
from kit.errors import Fault, StaleVersion
from kit.ids import new_id
from kit.tenancy import Station

Put = Literal["added", "changed", "unchanged"]

_REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界的环自相交",
    "Hole lies outside shell": "内环在外环之外",
    "Holes are nested": "内环互相嵌套",
    "Nested shells": "多个面互相嵌套",
    "Interior is disconnected": "区域内部不连通",
    "Duplicate Rings": "有重复的环",
    "Invalid Coordinate": "坐标无效",
    "Too few points in geometry component": "边界的点太少",
}


@dataclass(frozen=True)
class Ownership:
    """The station that owns a point; ``tie``: others claim it too, somebody should choose by hand."""

    station_id: uuid.UUID
    tie: bool


def owner_of(session: Session, position: Position, *, district_id: uuid.UUID | None = None) -> Ownership | None:
    """Whose jurisdiction a point lies in; on a boundary or an overlap the lowest station id. None: nobody's."""
    owners = repository.list_owners(session, position, district_id=district_id)
    return Ownership(owners[0], len(owners) > 1) if owners else None


def check_outline(session: Session, outline: Outline, *, pointer: str = "/geometry") -> None:
    """Raises PolygonInvalid, with the reason and the place, when the outline encloses no proper area."""
    found = repository.find_invalidity(session, outline)
    if found is None:
        return
    where = "" if found.lon is None or found.lat is None else f"（{found.lon:.6f}, {found.lat:.6f} 附近）"
    raise PolygonInvalid(f"{say_invalidity(found)}{where}", pointer=pointer)


def say_invalidity(found: repository.Invalidity) -> str:
    """The reason in Chinese, without the place."""
    return _REASONS.get(found.reason, "边界图形无效")


def draw(
    session: Session,
    *,
    grant: Grant,
    station_id: uuid.UUID | None,
    kind: str,
    name: str,
    geometry: Any,
    attribution: str | None,
    at: datetime,
) -> Area:
    """A new area of a station within reach (None: one's own).

    Raises OwnerMissing, JurisdictionOfDistrict, a kind of OutlineRefused, AreaNameTaken.
    """
    wanted = station_id or grant.actor.station_id
    station = repository.find_station(session, wanted, grant) if wanted is not None else None
    if station is None:
        fault = Fault(pointer="/station_id", code="unknown-reference", message="请在可选范围内选择")
        raise OwnerMissing(faults=(fault,))
    _check_may_draw(grant, kind)
    outline = read_outline(geometry)
    check_outline(session, outline)
    area = Area(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        kind=kind,
        name=name,
        attribution=attribution,
        demo=station.demo,
        version=1,
    )
    _store(session, area, outline)
    _note(session, "area.drawn", area, grant.actor, at)
    return area


def redraw(
    session: Session,
    *,
    grant: Grant,
    area_id: uuid.UUID,
    version: int,
    name: str,
    geometry: Any,
    attribution: str | None,
    at: datetime,
) -> Area:
    """Raises NotFound, StaleVersion, JurisdictionOfDistrict, a kind of OutlineRefused, AreaNameTaken."""
    area = _get_current(session, grant, area_id, version)
    _check_may_draw(grant, area.kind)
    outline = read_outline(geometry)
    check_outline(session, outline)
    area.name, area.attribution, area.version = name, attribution, area.version + 1
    _store(session, area, outline)
    _note(session, "area.redrawn", area, grant.actor, at)
    return area


def erase(session: Session, *, grant: Grant, area_id: uuid.UUID, version: int, at: datetime) -> None:
    """Raises NotFound, StaleVersion, JurisdictionOfDistrict."""
    area = _get_current(session, grant, area_id, version)
    _check_may_draw(grant, area.kind)
    repository.delete(session, area)
    _note(session, "area.erased", area, grant.actor, at)


def put_jurisdiction(
    session: Session,
    *,
    station: Station,
    name: str,
    outline: Outline,
    attribution: str | None,
    actor: Actor,
    at: datetime,
) -> Put:
    """The station's jurisdiction of that name, new or changed where it differs. The outline has been checked."""
    area = repository.find_named(session, station_id=station.id, kind=repository.JURISDICTION, name=name)
    if area is None:
        area = Area(
            id=new_id(),
            district_id=station.district_id,
            station_id=station.id,
            kind=repository.JURISDICTION,
            name=name,
            attribution=attribution,
            demo=station.demo,
            version=1,
        )
        repository.put(session, area, outline)
        _note(session, "area.drawn", area, actor, at)
        return "added"
    if area.attribution == attribution and repository.is_same_outline(session, area, outline):
        return "unchanged"
    area.attribution, area.version = attribution, area.version + 1
    repository.put(session, area, outline)
    _note(session, "area.redrawn", area, actor, at)
    return "changed"


def _check_may_draw(grant: Grant, kind: str) -> None:
    """Where a jurisdiction ends another one begins: the district draws it, no station for itself."""
    if kind == repository.JURISDICTION and grant.reach is Reach.STATION:
        raise JurisdictionOfDistrict


def _get_current(session: Session, grant: Grant, area_id: uuid.UUID, version: int) -> Area:
    area = repository.get_visible(session, area_id, grant, lock=True)
    if area.version != version:
        raise StaleVersion(version=area.version)
    return area


def _store(session: Session, area: Area, outline: Outline) -> None:
    try:
        with session.begin_nested():
            repository.put(session, area, outline)
    except IntegrityError as exc:
        if getattr(exc.orig, "pgcode", None) == "23505":
            raise AreaNameTaken from None
        raise


def _note(session: Session, action: str, area: Area, actor: Actor, at: datetime) -> None:
    record.write(
        session,
        action,
        actor=actor,
        at=at,
        subject_kind="area",
        subject_id=area.id,
        station_id=area.station_id,
        kind=area.kind,
        version=area.version,
    )
