"""Appeals: made by the rated, settled by the leader."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.appeals.schemas import AppealIn, AppealLine, AppealOut, SettlementIn
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_cursor
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.appeals import service
from dispatch.appeals.queries import list_appeals
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["appeals"], route_class=WorkRoute)
Settle = Annotated[Grant, Depends(allow(Permission.APPEAL_SETTLE))]


@router.post(
    "/ratings/{rating_id}/appeal",
    summary="对本人评价提出申诉",
    status_code=201,
    responses=problems(service.AlreadyAppealed, service.AppealTooLate),
)
def make_appeal(
    rating_id: UUID,
    body: AppealIn,
    grant: Annotated[Grant, Depends(allow(Permission.APPEAL_WRITE))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> AppealOut:
    """Object to one's own rating, once, within seven days."""
    return AppealOut.model_validate(service.appeal(session, grant=grant, rating_id=rating_id, text=body.text, at=now))


@router.get("/appeals", summary="查询申诉列表")
def read_appeals(grant: Settle, session: ReadSession, part: Slicing, settled: bool = False) -> Page[AppealLine]:
    """The station's appeals that wait, or those that are settled; newest first."""
    rows, after = list_appeals(session, grant=grant, slice_=part, settled=settled)
    return Page(items=[AppealLine.of(row) for row in rows], next_cursor=write_cursor(after) if after else None)


@router.post(
    "/appeals/{appeal_id}/settlement",
    summary="处理申诉",
    status_code=201,
    responses=problems(service.AlreadySettled, service.SettlesOwnCase),
)
def settle_appeal(
    appeal_id: UUID, body: SettlementIn, grant: Settle, session: WriteSession, now: Now, command: Idempotent
) -> AppealOut:
    """Keep the rating or correct it, with a reply to the helper."""
    settled = service.settle(
        session,
        grant=grant,
        appeal_id=appeal_id,
        outcome=body.outcome,
        reply=body.reply,
        corrected=None if body.corrected is None else body.corrected.values(),
        at=now,
    )
    return AppealOut.model_validate(settled)
