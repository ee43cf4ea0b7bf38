"""The course of an incident."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.fields import View
from dispatch.timelines.values import EntryKind


class EntryOut(View):
    """One thing that happened. ``how``: of a milestone, measured 实测, inferred 推断 or stated 填报."""

    id: uuid.UUID
    at: datetime
    kind: EntryKind
    name: str = Field(
        description="milestone, alarm's step, rating's outcome, action of the record", examples=["arrived"]
    )
    how: Literal["measured", "inferred", "stated"] | None
    subject_id: uuid.UUID | None
    order_id: uuid.UUID | None
    account_id: uuid.UUID | None
    who: str | None = Field(description="the person, or the responder of the order")
    text: str | None
    detail: dict[str, Any]
