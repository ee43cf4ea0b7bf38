"""Where somebody went."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.fields import Instant, Line
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.tracks.schemas import TrackOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.tracks.service import TrackReasonRequired, TrackSpanTooLong, read_track
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/responders", tags=["tracks"], route_class=WorkRoute)


@router.get("/{responder_id}/track", summary="查询轨迹", responses=problems(TrackSpanTooLong, TrackReasonRequired))
def get_track(
    responder_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.TRACK_READ))],
    session: WriteSession,
    now: Now,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
    incident_id: Annotated[UUID | None, Query(description="a leader names the incident")] = None,
    reason: Annotated[Line | None, Query(description="a leader says why; it is recorded")] = None,
) -> TrackOut:
    """One's own track (the last day unless said otherwise), or, for a leader, a helper's during one incident."""
    track = read_track(
        session,
        grant=grant,
        responder_id=responder_id,
        start=start,
        end=end,
        incident_id=incident_id,
        reason=reason,
        at=now,
    )
    return TrackOut.of(track)
