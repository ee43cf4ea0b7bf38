"""The course of an incident, thing by thing."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.paging import Page, Slicing, write_cursor
from api.route import WorkRoute
from api.session import ReadSession
from api.timelines.schemas import EntryOut
from api.who import allow
from dispatch.access.table import Permission
from dispatch.timelines import queries
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/timeline", tags=["timelines"], route_class=WorkRoute)


@router.get("", summary="查询警情时间线")
def list_timeline(
    incident_id: UUID,
    grant: Annotated[Grant, Depends(allow(Permission.INCIDENT_READ))],
    session: ReadSession,
    part: Slicing,
) -> Page[EntryOut]:
    """Oldest first: milestones, alarms, notes, talk, reports, photos, closure; for a leader also what the record holds.

    A helper sees how far it is, his own part, and the talk while his order is at work.
    """
    entries, after = queries.list_timeline(session, grant=grant, incident_id=incident_id, part=part)
    return Page(
        items=[EntryOut.model_validate(entry) for entry in entries], next_cursor=write_cursor(after) if after else None
    )
