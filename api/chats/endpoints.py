"""The talk about an incident: read, write, confirm."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.chats.schemas import LineIn, LineOut
from api.idempotency.service import Idempotent
from api.paging import Page, Slicing, write_cursor
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.chats import queries, service
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/chat", tags=["chats"], route_class=WorkRoute)

_Read = Annotated[Grant, Depends(allow(Permission.CHAT_READ))]
_Write = Annotated[Grant, Depends(allow(Permission.CHAT_WRITE))]


@router.get("", summary="查询警情群组消息")
def list_lines(incident_id: UUID, grant: _Read, session: ReadSession, part: Slicing) -> Page[LineOut]:
    """Newest first. A helper reads while his order is at work, an officer until the incident ends."""
    lines, after = queries.list_lines(session, grant=grant, incident_id=incident_id, part=part)
    return Page(
        items=[LineOut.model_validate(line) for line in lines], next_cursor=write_cursor(after) if after else None
    )


@router.post("", summary="发送警情群组消息", status_code=201, responses=problems(service.ChatEnded, service.PoliceOnly))
def write_line(
    incident_id: UUID, body: LineIn, grant: _Write, session: WriteSession, now: Now, command: Idempotent
) -> LineOut:
    """Say something to everybody who works on the incident, or to its police alone."""
    line = service.write(
        session, grant=grant, incident_id=incident_id, text=body.text, urgent=body.urgent, readers=body.readers, at=now
    )
    return LineOut.model_validate(queries.show(session, [line], grant)[0])


@router.post("/{line_id}/confirmation", summary="确认已看到群组消息")
def confirm_line(
    incident_id: UUID, line_id: UUID, grant: _Read, session: WriteSession, now: Now, command: Idempotent
) -> LineOut:
    """Say that one has seen it; a second time changes nothing."""
    line = service.confirm(session, grant=grant, incident_id=incident_id, line_id=line_id, at=now)
    return LineOut.model_validate(queries.show(session, [line], grant)[0])
