"""Areas: list, show, draw, change, erase; whose is a point."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from api.areas.schemas import AreaChange, AreaIn, AreaKind, AreaOut, OwnerOut, SketchIn, SketchOut
from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.places.schemas import PointAsked
from api.problems import IdempotencyKeyRequired, PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.sketches import queries as sketches
from geo.areas import errors, queries, service
from kit.actor import Grant
from kit.errors import StaleVersion

router = APIRouter(prefix="/api/v1/areas", tags=["areas"], route_class=WorkRoute)
_Read = Annotated[Grant, Depends(allow(Permission.AREA_READ))]
_Write = Annotated[Grant, Depends(allow(Permission.AREA_WRITE))]
_OUTLINES = (
    errors.GeometryTypeNotAllowed,
    errors.CrsNotAllowed,
    errors.GeometryEmpty,
    errors.GeometryTooComplex,
    errors.RingNotClosed,
    errors.PolygonInvalid,
)
_REFUSALS = (IdempotencyKeyRequired, errors.AreaNameTaken, errors.JurisdictionOfDistrict, *_OUTLINES)


@router.get("", summary="查询辖区、警格和岗区")
def list_areas(grant: _Read, session: ReadSession, kind: Annotated[AreaKind | None, Query()] = None) -> list[AreaOut]:
    """The areas of one's station, or of one's district, by kind and name."""
    return [AreaOut.model_validate(area) for area in queries.list_areas(session, grant, kind=kind)]


@router.get("/owner", summary="查询坐标点所属派出所")
def get_owner(grant: _Read, session: ReadSession, point: PointAsked) -> OwnerOut:
    """Whose jurisdiction a point of one's district lies in."""
    owner = service.owner_of(session, point, district_id=grant.actor.district_id)
    return OwnerOut(station_id=owner.station_id if owner else None, tie=owner.tie if owner else False)


@router.get("/{area_id}", summary="查看区域")
def get_area(area_id: UUID, grant: _Read, session: ReadSession, response: Response) -> AreaOut:
    """One area."""
    area = queries.get_area(session, area_id, grant)
    set_etag(response, area.version)
    return AreaOut.model_validate(area)


@router.post("", summary="绘制区域", status_code=201, responses=problems(*_REFUSALS, errors.OwnerMissing))
def draw_area(
    body: AreaIn, grant: _Write, session: WriteSession, now: Now, command: Idempotent, response: Response
) -> AreaOut:
    """Draw an area of one's station."""
    area = service.draw(session, grant=grant, at=now, **body.model_dump())
    set_etag(response, area.version)
    return AreaOut.model_validate(queries.get_area(session, area.id, grant))


@router.post("/preview", summary="查看拟定边界内的警情", responses=problems(*_OUTLINES))
def preview_area(body: SketchIn, grant: _Write, session: ReadSession, now: Now) -> SketchOut:
    """What an outline would hold: calls of the past 30 days beside those within the one in force. Nothing is kept."""
    return SketchOut.model_validate(sketches.look_at(session, grant, at=now, **body.model_dump()))


@router.put("/{area_id}", summary="修改区域", responses=problems(*_REFUSALS, StaleVersion, PreconditionRequired))
def redraw_area(
    area_id: UUID,
    body: AreaChange,
    grant: _Write,
    session: WriteSession,
    now: Now,
    command: Idempotent,
    version: IfMatch,
    response: Response,
) -> AreaOut:
    """Change name and outline."""
    area = service.redraw(session, grant=grant, area_id=area_id, version=version, at=now, **body.model_dump())
    set_etag(response, area.version)
    return AreaOut.model_validate(queries.get_area(session, area.id, grant))


@router.delete(
    "/{area_id}",
    summary="删除区域",
    status_code=204,
    responses=problems(IdempotencyKeyRequired, errors.JurisdictionOfDistrict, StaleVersion, PreconditionRequired),
)
def erase_area(
    area_id: UUID, grant: _Write, session: WriteSession, now: Now, command: Idempotent, version: IfMatch
) -> None:
    """Take an area away."""
    service.erase(session, grant=grant, area_id=area_id, version=version, at=now)
