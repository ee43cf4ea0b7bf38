"""What is said about an incident."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from api.fields import Bool, Schema, View, clean_text
from dispatch.chats.model import Readers


class LineIn(Schema):
    """Something to say."""

    text: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(clean_text)] = Field(
        examples=["老人已找到，请到小区南门接应。"]
    )
    urgent: Bool = Field(default=False, description="each of the others has to confirm that he has seen it")
    readers: Readers = Field(default=Readers.EVERYBODY, description="police: not the helpers", examples=["everybody"])


class WaitingOut(View):
    """Somebody who has still to confirm."""

    account_id: uuid.UUID
    name: str


class SeenOut(WaitingOut):
    """Somebody who has confirmed."""

    at: datetime


class LineOut(View):
    """One line. A helper reads of the confirmations his own only."""

    id: uuid.UUID
    incident_id: uuid.UUID
    account_id: uuid.UUID
    author: str
    author_role: str
    at: datetime
    text: str
    urgent: bool
    readers: Readers
    seen: list[SeenOut]
    waiting: list[WaitingOut]
