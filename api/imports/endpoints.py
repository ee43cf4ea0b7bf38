"""Whole rosters: the empty one to fill in, and the filled one, all of it or nothing."""

from __future__ import annotations

import io
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.imports.schemas import ImportOut
from api.imports.upload import ROSTER, RosterCommand, RosterUploadMalformed
from api.problems import MediaTypeNotSupported, PayloadTooLarge, problems
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.rosters import service
from geo.rosters.faults import RosterRefused, RosterUnreadable
from geo.rosters.parse import read
from geo.rosters.sheets import read_content
from geo.rosters.template import write_template
from kit.actor import Grant
from kit.tenancy import Station

router = APIRouter(prefix="/api/v1/responders/import", tags=["imports"], route_class=WorkRoute)

_Write = Annotated[Grant, Depends(allow(Permission.RESPONDER_WRITE))]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(
    "/template",
    summary="下载花名册模板",
    response_class=Response,
    responses={200: {"content": {_XLSX: {}}, "description": "the empty roster"}},
)
def get_template(grant: _Write) -> Response:
    """A sheet for each kind with lists to choose from, and one that explains."""
    content = io.BytesIO()
    write_template(content)
    headers = {"Content-Disposition": 'attachment; filename="roster.xlsx"', "Cache-Control": "private, no-store"}
    return Response(content.getvalue(), media_type=_XLSX, headers=headers)


def import_responders(
    grant: _Write,
    session: WriteSession,
    now: Now,
    command: RosterCommand,
    dry_run: Annotated[bool, Query(description="check everything, make nothing")] = False,
) -> ImportOut:
    """Register everybody of a roster with accounts, or nobody: then every faulty cell is named."""
    station = session.get_one(Station, grant.actor.station_id)
    roster = read(read_content(command.content, "the roster"))
    if dry_run:
        checked = service.check_roster(session, grant=grant, station=station, rows=roster.rows, faults=roster.faults)
        return ImportOut.of(checked, dry_run=True)
    made = service.import_roster(session, grant=grant, station=station, rows=roster.rows, faults=roster.faults, at=now)
    return ImportOut.of(made, dry_run=False)


# not the decorator: it takes a body of more than a mebibyte
router.add_api_route(
    "",
    import_responders,
    methods=["POST"],
    summary="导入花名册",
    status_code=201,
    openapi_extra=ROSTER.request_body,
    max_body_size=ROSTER.max_bytes,
    responses=problems(RosterRefused, RosterUnreadable, RosterUploadMalformed, MediaTypeNotSupported, PayloadTooLarge),
)
