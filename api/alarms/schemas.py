"""Alarms at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.fields import View

AlarmKind = Literal["helpers_short", "police_short", "sos", "unreceived", "undispatched", "boundary", "aid_lapsed"]


class AlarmOut(View):
    """Something that a named person must take up."""

    id: UUID
    kind: AlarmKind
    label: str = Field(examples=["协助力量不足，请人工调度"])
    incident_id: UUID
    order_id: UUID | None
    detail: dict[str, Any] = Field(examples=[{"short_of": 1, "reasons": [{"reason": "AllEngaged", "count": 3}]}])
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
