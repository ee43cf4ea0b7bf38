"""Positions from phones, in batches."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.positions.schemas import PositionsIn, PositionsOut
from api.positions.waiting import write
from api.problems import problems
from api.route import WorkRoute
from api.session import Now
from api.who import allow
from dispatch.access.table import Permission
from geo.positions.errors import BatchTooLarge, OffDuty, TimestampInFuture, TimestampTooOld
from geo.positions.intake import refuse_if_none_was_kept
from kit.actor import Grant
from kit.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["positions"], route_class=WorkRoute)


@router.post(
    "/positions", summary="上报本人位置", responses=problems(OffDuty, BatchTooLarge, TimestampInFuture, TimestampTooOld)
)
async def send_positions(
    body: PositionsIn, grant: Annotated[Grant, Depends(allow(Permission.POSITION_WRITE))], request: Request, now: Now
) -> PositionsOut:
    """Hand over one's own fixes, also buffered ones. Answered when they are stored.

    Sending a fix again does no harm, so no Idempotency-Key is asked for. When not one of them could be kept, and all
    for the same reason, that reason is the answer.
    """
    if grant.actor.responder_id is None:
        raise NotFound
    outcomes = await write(
        request.app.state.positions,
        grant.actor.responder_id,
        [fix.to_raw() for fix in body.fixes],
        source="phone",
        at=now,
    )
    refuse_if_none_was_kept(outcomes, at=now)
    return PositionsOut.of(body.fixes, outcomes, now)
