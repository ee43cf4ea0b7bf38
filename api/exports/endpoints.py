"""Taking data along: ask, agree, take."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.exports.schemas import DecisionIn, ExportIn, ExportOut
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.exports import page, repository, service, sheet
from dispatch.exports.states import ExportKind
from dispatch.figures.scope import PeriodEmpty, PeriodTooLong, TooManyIncidents
from kit.actor import Grant
from kit.fonts import FontMissing

router = APIRouter(prefix="/api/v1/exports", tags=["exports"], route_class=WorkRoute)

_Take = Annotated[Grant, Depends(allow(Permission.EXPORT_TAKE))]
_Decide = Annotated[Grant, Depends(allow(Permission.EXPORT_DECIDE))]


@router.post("", summary="申请导出", status_code=201, responses=problems(PeriodTooLong, PeriodEmpty))
def ask(body: ExportIn, grant: _Take, session: WriteSession, now: Now, command: Idempotent) -> ExportOut:
    """Ask for a file, with a reason. Lists of people wait for a second person of the station."""
    export = service.ask(
        session,
        grant=grant,
        kind=ExportKind(body.what.kind),
        format_=body.format,
        asked=body.what.asked(),
        reason=body.reason,
        at=now,
    )
    return ExportOut.of(export, now, repository.list_names(session, [export]))


@router.get("", summary="查询导出申请")
def list_exports(grant: _Decide, session: ReadSession, now: Now, part: Slicing) -> Page[ExportOut]:
    """The station's, newest first: what waits for a second person, and what went out."""
    rows = repository.list_visible(session, grant, part)
    names = repository.list_names(session, rows)
    return write_page(rows, part, lambda export: ExportOut.of(export, now, names), at="asked_at")


@router.post(
    "/{export_id}/decision",
    summary="复核导出申请",
    responses=problems(service.ExportOwn, service.ExportDecided, service.ExportOver),
)
def decide(
    export_id: UUID, body: DecisionIn, grant: _Decide, session: WriteSession, now: Now, command: Idempotent
) -> ExportOut:
    """Agree, or not, to what somebody else asked for."""
    export = service.decide(session, grant=grant, export_id=export_id, agreed=body.agreed, at=now)
    return ExportOut.of(export, now, repository.list_names(session, [export]))


@router.get(
    "/{export_id}/file",
    summary="下载导出文件（留痕）",
    response_class=Response,
    responses={
        200: {"content": {page.MEDIA_TYPE: {}, sheet.MEDIA_TYPE: {}}, "description": "the file"},
        **problems(service.ExportWaits, service.ExportOver, FontMissing, TooManyIncidents),
    },
)
def take(export_id: UUID, grant: _Take, session: WriteSession, now: Now) -> Response:
    """The file, made now, with one's name and the time on every page. Each taking is recorded."""
    file = service.take(session, grant=grant, export_id=export_id, at=now)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(file.content, media_type=file.media_type, headers=headers)
