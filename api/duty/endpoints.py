"""On duty and off: by oneself, or by the station with a reason."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.duty.schemas import DutyOut, DutyStart, ForcedEnd, OwnDuty
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.orders import leaving
from geo.duty import queries, service
from geo.duty.errors import AlreadyOnDuty, EngagedOnDuty, NoResponder, NotOnDuty, PlannedEndRefused
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["duty"], route_class=WorkRoute)
_Own = Annotated[Grant, Depends(allow(Permission.DUTY_OWN))]


@router.get("/me/duty", summary="查看本人勤务状态", responses=problems(NoResponder))
def get_own_duty(grant: _Own, session: ReadSession) -> OwnDuty:
    """Am I on duty?"""
    return OwnDuty.model_validate(queries.get_own(session, grant.actor.responder_id))


@router.post(
    "/me/duty",
    summary="上岗",
    status_code=201,
    responses=problems(AlreadyOnDuty, NoResponder, PlannedEndRefused, IdempotencyKeyRequired),
)
def start_duty(body: DutyStart, grant: _Own, session: WriteSession, now: Now, command: Idempotent) -> DutyOut:
    """Go on duty (上岗): from now on I may be located and asked."""
    actor = grant.actor
    duty = service.start(session, responder_id=actor.responder_id, planned_end=body.planned_end, actor=actor, at=now)
    return DutyOut.model_validate(duty)


@router.delete(
    "/me/duty", summary="下岗", responses=problems(NotOnDuty, EngagedOnDuty, NoResponder, IdempotencyKeyRequired)
)
def end_duty(grant: _Own, session: WriteSession, now: Now, command: Idempotent) -> DutyOut:
    """Go off duty (下岗): my last position is erased at once."""
    actor = grant.actor
    return DutyOut.model_validate(service.end(session, responder_id=actor.responder_id, actor=actor, at=now))


@router.delete(
    "/responders/{responder_id}/duty",
    summary="强制下岗",
    responses=problems(NotOnDuty, NoResponder, IdempotencyKeyRequired),
)
def force_off_duty(
    responder_id: UUID,
    body: ForcedEnd,
    grant: Annotated[Grant, Depends(allow(Permission.DUTY_FORCE))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> DutyOut:
    """Take somebody of the station off duty, with the reason on record; an open order of his goes to the next one."""
    duty = leaving.force_off_duty(session, responder_id=responder_id, grant=grant, at=now, reason=body.reason)
    return DutyOut.model_validate(duty)


@router.get("/responders/{responder_id}/duties", summary="查询勤务记录")
def list_duties(
    responder_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.DUTY_READ))],
    session: ReadSession,
    slicing: Slicing,
) -> Page[DutyOut]:
    """Latest first."""
    rows = queries.list_duties(session, responder_id, grant, slicing)
    return write_page(rows, slicing, DutyOut.model_validate, at="started_at")
