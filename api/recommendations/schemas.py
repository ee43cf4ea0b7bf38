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
    target_chance: float | None = Field(description="how sure to be that enough accept; null: by the factor alone")
    within_s: int | None = Field(description="seconds within which they are wanted; null: as long as they have")
    radius_m: int = Field(examples=[500])
    widened: bool
    state: Literal["open", "filled", "short", "closed"]


class RankedOut(View):
    """Somebody who can be asked, and why in this place."""

    responder_id: UUID
    name: str
    call_sign: str | None
    lent: bool = Field(description="of a neighbour that helps; his name is shown from his acceptance on")
    score_s: float
    eta_s: float
    distance_m: float
    travel_m: float
    basis: str
    chance: float | None = Field(description="to accept within the wanted time", examples=[0.78])
    tries: int | None = Field(description="how often he was asked before", examples=[30])
    waived: Exclusion | None = Field(description="the rule that spares him, set aside because nobody else is left")
    parts: PartsOut
    why: str = Field(
        examples=["预计 2 分 10 秒到场，签收可能 78 %（近 30 次）；路程约 140 米（直线估算），出发准备约 30 秒。"]
    )


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
    chance: float | None = Field(description="that all places are taken within the wanted time", examples=[0.91])
    expected_s: float | None = Field(description="mean seconds until as many as needed are there, if they accept")
    summary: str | None = Field(
        examples=["请求 3 人，2 人按时签收的把握 91 %，到齐预计 2 分 40 秒"],
        description="null where nothing is known of chances",
    )
    chosen: list[RankedOut]
    reserves: list[RankedOut]
    excluded: list[ExcludedOut]
    shortfall: list[ShortfallOut]


class RecommendationsOut(View):
    """One per need."""

    items: list[RecommendationOut]
