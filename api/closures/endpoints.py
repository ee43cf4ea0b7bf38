"""The queue of closures, and one closure whole."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.closures.schemas import ClosureDetailOut, ClosureOut, Waiting
from api.paging import Page, Slicing, write_cursor
from api.route import WorkRoute
from api.session import Now, ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.closures.queries import WAITING, QueueFilter, get_closure, list_queue
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["closures"], route_class=WorkRoute)
Read = Annotated[Grant, Depends(allow(Permission.CLOSURE_READ))]


@router.get("/closures", summary="查询待办结警情")
def read_queue(
    grant: Read,
    session: ReadSession,
    now: Now,
    part: Slicing,
    state: Annotated[list[Waiting] | None, Query(max_length=3)] = None,
    overdue: bool | None = None,
    ratings_missing: bool | None = None,
    appeals_open: bool | None = None,
) -> Page[ClosureOut]:
    """Handled incidents that wait for a form, ratings or the review; what is overdue first, then by due time."""
    wanted = QueueFilter(
        states=state or WAITING, overdue=overdue, ratings_missing=ratings_missing, appeals_open=appeals_open
    )
    closures, after = list_queue(session, grant=grant, slice_=part, wanted=wanted, now=now)
    return Page(
        items=[ClosureOut.of(closure) for closure in closures], next_cursor=write_cursor(after) if after else None
    )


@router.get("/incidents/{incident_id}/closure", summary="查看警情办结情况")
def read_closure(incident_id: UUID, grant: Read, session: ReadSession, now: Now) -> ClosureDetailOut:
    """Milestones and how they are known, intervals, orders, ratings, form, reviews, completeness."""
    return ClosureDetailOut.of(get_closure(session, grant=grant, incident_id=incident_id, now=now))
