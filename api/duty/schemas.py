"""What is sent and shown of duties."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from api.fields import Instant, Line, Schema, View


class DutyStart(Schema):
    """Going on duty."""

    planned_end: Instant | None = Field(
        default=None,
        description="at most 16 hours from now; not sent: 8 hours",
        examples=["2026-11-24T20:00:00+08:00"],
    )


class ForcedEnd(Schema):
    """Taking somebody off duty."""

    reason: Line = Field(examples=["身体不适，由领班代为下岗"])


class DutyOut(View):
    """One interval on duty; ``ended_at`` null: it lasts."""

    id: UUID
    responder_id: UUID
    started_at: Instant
    planned_end: Instant
    ended_at: Instant | None
    ended_how: Literal["self", "station", "planned_end", "revoked"] | None


class OwnDuty(View):
    """Whether I am on duty, and whether an order holds me."""

    responder_id: UUID
    on_duty: bool
    engaged: bool
    duty: DutyOut | None
