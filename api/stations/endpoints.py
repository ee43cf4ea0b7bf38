"""Stations: read by their people, founded and renamed by the district, set up by their leader."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.etag import IfMatch, set_etag
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import PreconditionRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.stations.schemas import NewStationIn, StationEditIn, StationOut, StationSettingsIn, StationSettingsOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.tenancy import repository, service, settings
from kit.actor import Grant
from kit.errors import StaleVersion
from kit.phones import PhoneFormat

router = APIRouter(prefix="/api/v1/stations", tags=["stations"], route_class=WorkRoute)
Read = Annotated[Grant, Depends(allow(Permission.STATION_READ))]
Write = Annotated[Grant, Depends(allow(Permission.STATION_WRITE))]
Settings = Annotated[Grant, Depends(allow(Permission.STATION_SETTINGS))]


@router.get("", summary="查询派出所列表")
def list_stations(grant: Read, session: ReadSession, part: Slicing) -> Page[StationOut]:
    """The stations within reach, newest first."""
    rows = repository.list_stations(session, grant, part=part)
    return write_page(rows, part, StationOut.model_validate, at="created_at")


@router.post("", summary="设立派出所", status_code=201, responses=problems(service.NameTaken, PhoneFormat))
def open_station(
    body: NewStationIn, grant: Write, session: WriteSession, now: Now, response: Response, command: Idempotent
) -> StationOut:
    """Found a station in one's district."""
    station = service.open_station(
        session, grant=grant, name=body.name, code=body.code, duty_phone=body.duty_phone, at=now
    )
    set_etag(response, station.version)
    response.headers["Location"] = f"/api/v1/stations/{station.id}"
    return StationOut.model_validate(station)


@router.get("/{station_id}", summary="查看派出所")
def read_station(station_id: UUID, grant: Read, session: ReadSession, response: Response) -> StationOut:
    """One station."""
    station = repository.get_visible_station(session, station_id, grant)
    set_etag(response, station.version)
    return StationOut.model_validate(station)


@router.patch(
    "/{station_id}", summary="修改派出所名称", responses=problems(service.NameTaken, StaleVersion, PreconditionRequired)
)
def rename_station(
    station_id: UUID,
    body: StationEditIn,
    grant: Write,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> StationOut:
    """Rename a station."""
    station = service.rename_station(
        session, grant=grant, station_id=station_id, version=version, name=body.name, at=now
    )
    set_etag(response, station.version)
    return StationOut.model_validate(station)


@router.get("/{station_id}/settings", summary="查看派出所设置")
def read_settings(station_id: UUID, grant: Settings, session: ReadSession, response: Response) -> StationSettingsOut:
    """What the station has decided for itself, and the targets that hold."""
    station = settings.get_settings_of(session, grant=grant, station_id=station_id)
    set_etag(response, station.version)
    return StationSettingsOut.of(station)


@router.put(
    "/{station_id}/settings",
    summary="修改派出所设置",
    responses=problems(StaleVersion, PreconditionRequired, PhoneFormat),
)
def change_settings(
    station_id: UUID,
    body: StationSettingsIn,
    grant: Settings,
    session: WriteSession,
    now: Now,
    version: IfMatch,
    response: Response,
    command: Idempotent,
) -> StationSettingsOut:
    """Put these settings in place of the present ones; they count at once."""
    station = settings.change(
        session,
        grant=grant,
        station_id=station_id,
        version=version,
        zone=body.zone,
        targets=body.targets.model_dump(exclude_none=True),
        matching=None if body.matching is None else body.matching.model_dump(exclude_none=True),
        duty_phone=body.duty_phone if "duty_phone" in body.model_fields_set else settings.UNSET,
        at=now,
    )
    set_etag(response, station.version)
    return StationSettingsOut.of(station)
