"""Messages for a phone that was woken by a push, or that polls because it has no socket."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.fields import Instant
from api.idempotency.service import Idempotent
from api.messages.schemas import MessageOut, MessagesOut, ReceiptIn
from api.problems import problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.orders.receipts import take_receipt
from kit.actor import Grant
from notifications.outbox import service
from notifications.outbox.repository import list_of_account
from notifications.outbox.service import MessageNotFound

router = APIRouter(prefix="/api/v1/messages", tags=["messages"], route_class=WorkRoute)
Receiver = Annotated[Grant, Depends(allow(Permission.MESSAGE_RECEIVE))]


@router.get("", summary="查询本人消息")
def list_messages(
    grant: Receiver,
    session: ReadSession,
    now: Now,
    since: Annotated[Instant | None, Query(description="only messages made after this instant")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessagesOut:
    """One's own messages, the newest ``limit`` of them, or the oldest ``limit`` after ``since``."""
    assert grant.actor.account_id is not None
    found = list_of_account(session, grant.actor.account_id, since=since, limit=limit)
    return MessagesOut(at=now, items=[MessageOut.of(message) for message in found])


@router.get("/{message_id}", summary="查看消息", responses=problems(MessageNotFound))
def get_message(message_id: UUID, grant: Receiver, session: ReadSession) -> MessageOut:
    """What the id in a push stands for. Reading it is no receipt."""
    assert grant.actor.account_id is not None
    return MessageOut.of(service.get_message(session, message_id, grant.actor.account_id))


@router.post(
    "/{message_id}/receipts", summary="消息送达、已读回执", status_code=201, responses=problems(MessageNotFound)
)
def take(
    message_id: UUID, body: ReceiptIn, grant: Receiver, session: WriteSession, now: Now, command: Idempotent
) -> MessageOut:
    """This device has the message, or shows it: the ladder ends, and the order behind it moves on."""
    return MessageOut.of(take_receipt(session, actor=grant.actor, message_id=message_id, step=body.step, at=now))
