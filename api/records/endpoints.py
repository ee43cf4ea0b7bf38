"""The record of one's station."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.fields import Instant
from api.paging import Page, Slicing, write_cursor
from api.records.schemas import RecordOut
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.records import queries
from kit.actor import Grant, Role

_Action = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+\.[a-z_]+$")]

router = APIRouter(prefix="/api/v1/records", tags=["records"], route_class=WorkRoute)


@router.get("", summary="查询操作留痕")
def list_records(
    grant: Annotated[Grant, Depends(allow(Permission.RECORD_READ))],
    session: ReadSession,
    part: Slicing,
    subject_id: Annotated[UUID | None, Query()] = None,
    actor: Annotated[UUID | None, Query(description="account that acted")] = None,
    action: Annotated[list[_Action] | None, Query(max_length=20)] = None,
    subject_kind: Annotated[str | None, Query(max_length=32, pattern=r"^[a-z_]+$")] = None,
    role: Annotated[Role | None, Query(description="of who acted")] = None,
    start: Annotated[Instant | None, Query(alias="from")] = None,
    end: Annotated[Instant | None, Query(alias="to")] = None,
) -> Page[RecordOut]:
    """What was done and revealed at one's station, newest first. Telephone numbers in reasons are masked."""
    lines, after = queries.list_records(
        session,
        grant,
        part=part,
        subject_id=subject_id,
        actor_id=actor,
        actions=action or (),
        subject_kind=subject_kind,
        role=role,
        start=start,
        end=end,
    )
    return Page(
        items=[RecordOut.model_validate(line) for line in lines], next_cursor=write_cursor(after) if after else None
    )
