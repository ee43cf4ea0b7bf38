"""Pacts at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.aid.schemas import StationOut
from api.fields import Line, Schema, View
from dispatch.pacts.limits import Limits

_EXAMPLE = {
    "scenarios": ["fight", "lost_person"],
    "levels": [1, 2],
    "hours": {"mon": [["22:00", "06:00"]], "tue": [["22:00", "06:00"]]},
    "kinds": ["guard"],
    "max_people": 2,
    "automatic": True,
}


class PactIn(Schema):
    """With which station, and how far."""

    station_id: UUID = Field(examples=["0192f0c4-7b1e-7c3a-9d52-3f6c1f0c2d11"])
    limits: Limits = Field(default_factory=Limits, examples=[_EXAMPLE])


class EndIn(Schema):
    """Why it ends."""

    reason: Line = Field(examples=["两所重新划分支援范围"])


class PactOut(View):
    """A standing consent of two stations. One signature is that leader's yes, two are both's."""

    id: UUID
    state: Literal["proposed", "active", "revoked"]
    label: str = Field(examples=["生效中"])
    proposed_by_station: StationOut
    other_station: StationOut
    limits: Limits
    proposed_by: str
    proposed_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    revoked_at: datetime | None
    reason: str | None
    version: int
