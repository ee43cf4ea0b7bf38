"""Alarms: what waits for a named person."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.alarms.schemas import AlarmOut
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.escalation import repository, service
from dispatch.escalation.projection import view
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["alarms"], route_class=WorkRoute)
Reading = Annotated[Grant, Depends(allow(Permission.ALARM_READ))]
Acknowledging = Annotated[Grant, Depends(allow(Permission.ALARM_ACKNOWLEDGE))]


@router.get("/alarms", summary="查询告警列表")
def list_alarms(
    grant: Reading,
    session: ReadSession,
    part: Slicing,
    open_only: Annotated[bool, Query(alias="open", description="only those that nobody has taken up")] = False,
) -> Page[AlarmOut]:
    """Alarms of the station, newest first."""
    alarms = repository.list_alarms(session, grant, open_only=open_only, part=part)
    return write_page(alarms, part, lambda alarm: AlarmOut.model_validate(view(alarm)), at="raised_at")


@router.post(
    "/alarms/{alarm_id}/acknowledge", summary="认领告警", responses=problems(service.AlarmTaken, IdempotencyKeyRequired)
)
def acknowledge(alarm_id: UUID, grant: Acknowledging, session: WriteSession, now: Now, command: Idempotent) -> AlarmOut:
    """I take it up (认领)."""
    return AlarmOut.model_validate(view(service.acknowledge(session, grant=grant, alarm_id=alarm_id, at=now)))
