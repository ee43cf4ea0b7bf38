"""Messages as their account gets them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import Field

from api.fields import Schema, View
from notifications.kinds import get_kind
from notifications.outbox.model import Message


class MessageOut(View):
    """What an opaque message id stands for."""

    id: uuid.UUID
    kind: str = Field(examples=["order.offered"])
    text: str = Field(examples=["您有一条新的协助指令，请打开平安联盟查看并答复。"])
    subject: str = Field(description="what subject_id is", examples=["order"])
    subject_id: uuid.UUID
    urgent: bool
    created_at: datetime
    expires_at: datetime
    received_at: datetime | None
    shown_at: datetime | None
    recalled_at: datetime | None = Field(description="no longer to be acted on: taken back, or its time ran out")

    @classmethod
    def of(cls, message: Message) -> MessageOut:
        kind = get_kind(message.kind)
        return cls(
            id=message.id,
            kind=message.kind,
            text=kind.text,
            subject=kind.subject,
            subject_id=message.subject_id,
            urgent=message.urgent,
            created_at=message.created_at,
            expires_at=message.expires_at,
            received_at=message.received_at,
            shown_at=message.shown_at,
            recalled_at=message.recalled_at,
        )


class MessagesOut(View):
    """Oldest first. Ask again with ``since`` = ``created_at`` of the last one."""

    at: datetime
    items: list[MessageOut]


class ReceiptIn(Schema):
    """The device has the message, or shows it to a person."""

    step: Literal["received", "shown"]
