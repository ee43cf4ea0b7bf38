"""Talking about an incident: with its people, while it goes on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.chats import repository
from dispatch.chats.model import ChatLine, Readers
from dispatch.chats.projection import ENTITY
from dispatch.incidents.hiding import hide_caller
from kit import feed, record
from kit.actor import HELPERS, Grant, Role
from kit.errors import Conflict, NotAllowed
from kit.ids import new_id
from notifications.outbox import service as outbox

#: what somebody on the street is told at once and has to confirm
URGENT_KIND = "chat.urgent"


class ChatEnded(Conflict):
    """The incident has ended, and with it the talk about it."""

    slug, title, hint = "chat-ended", "警情已结束，群组已关闭", "如需补充说明，请添加警情备注。"


class PoliceOnly(NotAllowed):
    """Only police write to police alone."""

    slug, title, hint = "chat-police-only", "无权发送仅民警可见的消息", "请发送全体可见的消息，或电话联系承办民警。"


def write(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, text: str, urgent: bool, readers: Readers, at: datetime
) -> ChatLine:
    """Say something. An urgent line asks each of the others on the incident to confirm that he has seen it.

    Raises NotFound, ChatEnded, PoliceOnly.
    """
    author = grant.actor.account_id
    assert author is not None
    helper = grant.actor.role in HELPERS
    # held, so that nobody joins or leaves between the look at who is there and the line
    incident = repository.get_incident(session, incident_id, grant, lock=True)
    if incident.ended_at is not None:
        raise ChatEnded
    if helper and readers is Readers.POLICE:
        raise PoliceOnly
    told = []
    if urgent:
        people = repository.list_people(session, [incident.id])[incident.id]
        told = [
            person.account_id
            for person in people
            if person.reads
            and person.account_id != author
            and (person.role is Role.OFFICER or readers is Readers.EVERYBODY)
        ]
    line = ChatLine(
        id=new_id(),
        incident_id=incident.id,
        station_id=incident.station_id,
        account_id=author,
        at=at,
        text=hide_caller(session, incident.id, text),
        urgent=urgent,
        readers=readers,
    )
    repository.add(session, line, told)
    for account_id in told:
        outbox.put(
            session, account_id=account_id, kind=URGENT_KIND, subject_id=line.id, station_id=line.station_id, at=at
        )
    _record(session, "chat.written", line, grant, at, urgent=urgent, readers=str(readers), told=len(told))
    feed.changed(session, ENTITY, line.id, under=line.incident_id)
    return line


def confirm(session: Session, *, grant: Grant, incident_id: uuid.UUID, line_id: uuid.UUID, at: datetime) -> ChatLine:
    """Say that one has seen a line; once said it stays. Raises NotFound."""
    account_id = grant.actor.account_id
    assert account_id is not None
    repository.get_incident(session, incident_id, grant)
    line = repository.get_line(session, incident_id, line_id, grant)
    if repository.mark_seen(session, line.id, account_id, at):
        outbox.mark_subject(session, line.id, account_id, grant.actor.device_id, at)
        if line.urgent:
            _record(session, "chat.confirmed", line, grant, at)
        feed.changed(session, ENTITY, line.id, under=line.incident_id)
    return line


def _record(session: Session, action: str, line: ChatLine, grant: Grant, at: datetime, **detail: Any) -> None:
    record.write(
        session,
        action,
        actor=grant.actor,
        at=at,
        subject_kind="chat_line",
        subject_id=line.id,
        station_id=line.station_id,
        incident_id=str(line.incident_id),
        **detail,
    )
