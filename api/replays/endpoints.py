"""An ended incident played again on the map."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from api.fields import Line
from api.problems import problems
from api.replays.schemas import ReplayOut
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.replays import service
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/replay", tags=["replays"], route_class=WorkRoute)


@router.get("", summary="回放已结束的警情（留痕）", responses=problems(service.NotOverYet))
def replay(
    incident_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.INCIDENT_REPLAY))],
    session: WriteSession,
    now: Now,
    request: Request,
    reason: Annotated[Line, Query(description="why; it is recorded", examples=["复盘处置过程"])],
) -> ReplayOut:
    """Its orders over time, and where each responder was from offer to end, as far as he was on duty."""
    days = request.app.state.settings.track_retention_days
    return ReplayOut.of(
        service.replay(session, grant=grant, incident_id=incident_id, reason=reason, retention_days=days, at=now)
    )
