"""Mutual aid at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.fields import Int, Line, Schema, View
from dispatch.aid.states import AidState

Kind = Literal["guard", "safe_house", "patrol_unit"]


class AidIn(Schema):
    """Which station is asked, why, for whom and for how long."""

    station_id: UUID = Field(examples=["0192f0c4-7b1e-7c3a-9d52-3f6c1f0c2d11"])
    reason: Line = Field(examples=["本所力量不足，请求派保安员协助警戒"])
    tier: Literal["view", "assist"] = Field(default="assist", description="assist: their people may be asked")
    kinds: list[Kind] = Field(default_factory=list, max_length=3, examples=[["guard"]])
    max_people: Annotated[Int, Field(ge=1, le=50)] | None = Field(
        default=None, description="of theirs at once; null: as usual, within a pact's limit", examples=[2]
    )
    lasts_s: Annotated[Int, Field(ge=600, le=43_200)] = Field(default=7200, examples=[7200])


class NeighbourOut(View):
    """Who could help, in numbers: names and places are shown from an acceptance on."""

    station_id: UUID
    station: str = Field(examples=["紫竹派出所"])
    count: int = Field(description="free, in reach and to be told, within the radius", examples=[3])
    eta_s: list[float] = Field(description="seconds until the first ones would be there", examples=[[240, 310, 365]])
    agreed: bool = Field(description="a pact of both leaders covers it: open at once")


class WhyIn(Schema):
    """Why."""

    reason: Line = Field(examples=["现场已稳定，无需继续支援"])


class StationOut(View):
    """A station by name."""

    id: UUID
    name: str = Field(examples=["紫竹派出所"])


class ConsentOut(View):
    """Whose yes it was: a leader's now, by a pact, or the district's."""

    how: Literal["leader", "pact", "district"]
    label: str = Field(examples=["所长同意"])
    at: datetime


class PeopleOut(View):
    """How many people came by it. Their names are no part of it."""

    asked: int
    accepted: int
    under_way: int


class AidOut(View):
    """One incident opened, or asked to be opened, to one other station. ``a`` asks, ``b`` helps."""

    id: UUID
    state: AidState
    label: str = Field(examples=["已申请，待同意"])
    tier: Literal["view", "assist"]
    tier_label: str = Field(examples=["可派出力量"])
    kinds: list[Kind]
    max_people: int
    incident_id: UUID
    category: str = Field(examples=["public_order"])
    type: str = Field(examples=["fight"])
    type_name: str = Field(examples=["打架斗殴"])
    level: int
    requesting_station: StationOut
    helping_station: StationOut
    reason: str
    automatic: bool = Field(description="asked by the system, as nobody of the own station was left")
    requested_at: datetime
    consent_due_at: datetime
    approved_a: ConsentOut | None
    approved_b: ConsentOut | None
    force_proposed: bool = Field(description="one of the district has begun to override; a second one decides")
    starts_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    people: PeopleOut
    drill: bool
    demo: bool
    version: int
