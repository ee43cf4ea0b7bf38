"""Which offers moved between calls that wanted the same people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.joint_plans.schemas import JointPlanOut, JointPlansOut
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.contention import queries, repository
from dispatch.incidents import repository as incidents
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["joint plans"], route_class=WorkRoute)
Recommending = Annotated[Grant, Depends(allow(Permission.RECOMMEND))]


@router.get("/incidents/{incident_id}/joint-plans", summary="查看联合调度记录")
def list_joint_plans(incident_id: UUID, grant: Recommending, session: ReadSession) -> JointPlansOut:
    """Plans for several calls at once that touched this one."""
    incident = incidents.get_visible(session, incident_id, grant)
    shown = queries.show(session, repository.list_of_incident(session, incident.id))
    return JointPlansOut(items=[JointPlanOut.model_validate(value) for value in shown])
