"""Recommendations at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.fields import Schema, View
from api.orders.schemas import PartsOut, ResponderKind
from dispatch.matching.values import Exclusion, ShortfallReason


class PreviewIn(Schema):
    """For which need; without one for all of them."""

    need_id: UUID | None = None


class NeedOut(View):
    """How many of whom."""

    id: UUID
    kind: ResponderKind
    mode: Literal["command", "offer"]
    skills: list[str]
    needed: int = Field(examples=[2])
    accepted: int
    alert_factor: float
    radius_m: int = Field(examples=[500])
    widened: bool
    state: Literal["open", "filled", "short", "closed"]


class RankedOut(View):
    """Somebody who can be asked, and why in this place."""

    responder_id: UUID
    name: str
    call_sign: str | None
    score_s: float
    eta_s: float
    distance_m: float
    travel_m: float
    basis: str
    parts: PartsOut
    why: str = Field(examples=["预计 4 分 55 秒到场；路程约 270 米（直线估算），出发准备约 1 分 42 秒。"])


class ExcludedOut(View):
    """Somebody who is not asked, and why not."""

    responder_id: UUID
    name: str
    call_sign: str | None
    reason: Exclusion
    distance_m: float | None
    why: str = Field(examples=["定位已过时"])


class ShortfallOut(View):
    """Why there are too few."""

    reason: ShortfallReason
    count: int
    why: str = Field(examples=["附近力量均有任务"])


class RecommendationOut(View):
    """Whom the machine would ask for one need."""

    id: UUID
    incident_id: UUID
    need: NeedOut
    made_at: datetime
    ask: int = Field(description="how many are wanted now")
    short_of: int = Field(description="places for which nobody can even be asked")
    chosen: list[RankedOut]
    reserves: list[RankedOut]
    excluded: list[ExcludedOut]
    shortfall: list[ShortfallOut]


class RecommendationsOut(View):
    """One per need."""

    items: list[RecommendationOut]
