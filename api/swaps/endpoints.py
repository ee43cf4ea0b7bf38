"""Swaps that the machine proposes while people travel."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_page
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.swaps.schemas import SwapOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.orders import errors
from dispatch.swaps import repository, service
from dispatch.swaps.model import SwapProposal
from dispatch.swaps.projection import show
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["swaps"], route_class=WorkRoute)
Reading = Annotated[Grant, Depends(allow(Permission.SWAP_READ))]
Deciding = Annotated[Grant, Depends(allow(Permission.SWAP_DECIDE))]


def _out(session: Session, swap: SwapProposal) -> SwapOut:
    return SwapOut.model_validate(show(session, [swap])[0])


@router.get("/swaps", summary="查询换人建议")
def list_swaps(
    grant: Reading,
    session: ReadSession,
    part: Slicing,
    open_only: Annotated[bool, Query(alias="open", description="only those that wait for a decision")] = False,
) -> Page[SwapOut]:
    """Proposed swaps of the station, newest first."""
    swaps = repository.list_swaps(session, grant, open_only=open_only, part=part)
    return write_page(swaps, part, lambda swap: _out(session, swap), at="proposed_at")


@router.post(
    "/swaps/{swap_id}/accept",
    summary="采纳换人建议",
    responses=problems(
        service.SwapOver,
        errors.IncidentNotWorkable,
        errors.ResponderTaken,
        errors.ResponderUnfit,
        IdempotencyKeyRequired,
    ),
)
def accept(swap_id: UUID, grant: Deciding, session: WriteSession, now: Now, command: Idempotent) -> SwapOut:
    """The other one goes (采纳): the first is stood down and the other gets an order, both or neither."""
    return _out(session, service.accept(session, grant=grant, swap_id=swap_id, at=now))


@router.post(
    "/swaps/{swap_id}/dismiss", summary="忽略换人建议", responses=problems(service.SwapOver, IdempotencyKeyRequired)
)
def dismiss(swap_id: UUID, grant: Deciding, session: WriteSession, now: Now, command: Idempotent) -> SwapOut:
    """He goes on (忽略)."""
    return _out(session, service.dismiss(session, grant=grant, swap_id=swap_id, at=now))
