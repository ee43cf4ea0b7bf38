"""Reports from the scene, and the call for help."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.idempotency.service import Idempotent
from api.problems import problems
from api.reports.schemas import PhotoOut, ReportIn, ReportOut, ReportsOut, SosOut
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.orders import repository as orders
from dispatch.reports import repository, service, sos
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/orders/{order_id}", tags=["reports"], route_class=WorkRoute)


@router.post(
    "/reports",
    summary="提交现场反馈",
    status_code=201,
    responses=problems(service.ReportNotPossible, service.ReportTooLate),
)
def write_report(
    order_id: UUID,
    body: ReportIn,
    grant: Annotated[Grant, Depends(allow(Permission.REPORT_WRITE))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> ReportOut:
    """Report from one's own order: words and ticked items; several reports are welcome."""
    report = service.write_report(
        session,
        grant=grant,
        order_id=order_id,
        text=body.text,
        answers=[answer.value() for answer in body.checklist],
        at=now,
    )
    return ReportOut.model_validate(report)


@router.get("/reports", summary="查看现场反馈和照片")
def read_reports(
    order_id: UUID, grant: Annotated[Grant, Depends(allow(Permission.PHOTO_READ))], session: ReadSession
) -> ReportsOut:
    """Reports and photos of one order: for him who sent them, the officers on the incident, the command room."""
    order = orders.get_visible(session, order_id, grant)
    return ReportsOut(
        reports=[ReportOut.model_validate(row) for row in repository.list_reports(session, [order.id])],
        photos=[PhotoOut.model_validate(row) for row in repository.list_photos(session, [order.id])],
    )


@router.post("/sos", summary="现场紧急求救", status_code=201, responses=problems(sos.SosNotPossible))
def call_for_help(
    order_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.PANIC))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> SosOut:
    """Alarm the command room and the officers on the incident. Pressing again while it sounds changes nothing."""
    return SosOut.model_validate(sos.call(session, grant=grant, order_id=order_id, at=now))
