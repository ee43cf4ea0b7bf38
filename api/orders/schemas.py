"""Orders at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.fields import Bool, Int, Line, Schema, View, Word
from api.points import PointOut
from dispatch.matching.values import ShortfallReason
from dispatch.orders.progress import DeclineReason, WithdrawReason
from dispatch.orders.states import OrderState

ResponderKind = Literal["guard", "safe_house", "patrol_unit"]


class DispatchIn(Schema):
    """Whom to send: the machine's choice, or those named (with a reason where the advice was another)."""

    auto: Bool = Field(default=True, description="the machine chooses for every need for which nobody is named")
    responder_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)
    reason: Line | None = Field(default=None, examples=["熟悉该小区地形"])


class MoreIn(Schema):
    """How many more of what."""

    kind: ResponderKind = Field(examples=["guard"])
    count: Annotated[Int, Field(ge=1, le=10)] = Field(default=1, examples=[2])
    reason: Line | None = Field(default=None, examples=["围观人员较多"])


class DeclineIn(Schema):
    """Why not."""

    reason: DeclineReason = Field(examples=["post"])
    text: Line | None = Field(default=None, examples=["岗位只有我一人"])


class WithdrawIn(Schema):
    """Why no longer."""

    reason: WithdrawReason = Field(examples=["recalled"])
    text: Line | None = Field(default=None, examples=["本单位发生紧急情况"])


class CompleteIn(Schema):
    """Which items of the checklist are done."""

    checklist: Annotated[list[Word], Field(max_length=20)] = Field(default_factory=list, examples=[["looked"]])


class ControlIn(Schema):
    """Why; and what was on the screen, so that an acceptance in between is not undone unseen."""

    reason: Line = Field(examples=["报警人称事态已平息"])
    seen_state: OrderState | None = Field(default=None, examples=["offered"])


class ReasonIn(Schema):
    """Why."""

    reason: Line = Field(examples=["电话答复可以前往"])


class ReassignIn(Schema):
    """To whom, and why."""

    responder_id: UUID
    reason: Line = Field(examples=["该保安员距离更近"])


class MilestoneOut(View):
    """When, and how that is known."""

    at: datetime
    how: Literal["measured", "inferred", "stated"]


class ResponderBriefOut(View):
    """Who was asked."""

    id: UUID
    kind: ResponderKind
    name: str = Field(examples=["保安员（演示）"])
    call_sign: str | None


class IncidentBriefOut(View):
    """What happened and where; nothing of the caller.

    Not where and how for a company manager, and for a helper whose order is over.
    """

    id: UUID
    number: str | None
    category: str
    type: str
    subtype: str | None
    type_name: str = Field(examples=["迷途走失"])
    subtype_name: str | None
    level: int = Field(examples=[2])
    summary: str | None
    address: str | None
    position: PointOut | None
    drill: bool
    demo: bool


class CheckItemOut(View):
    """One line of the checklist."""

    key: str
    text: str
    required: bool


class PartsOut(View):
    """Seconds that made the score."""

    travel_s: float
    turnout_s: float
    post_s: float
    skill_s: float
    station_s: float
    silence_s: float = Field(default=0.0, description="what his silence would cost, by how often he is silent")
    strange_s: float = Field(default=0.0, description="he does not know the place")
    beat_s: float = Field(default=0.0, description="a patrol that leaves another beat")


class ScoreOut(View):
    """Why this one: expected seconds to the scene and what was added. Empty for one named by hand off the list."""

    score_s: float | None = None
    eta_s: float | None = None
    distance_m: float | None = None
    travel_m: float | None = None
    basis: str | None = None
    chance: float | None = None
    tries: int | None = None
    waived: str | None = None
    parts: PartsOut | None = None


class WayOut(View):
    """The way to the scene, as it was reckoned at the offer (``as_of``): he may have moved since."""

    distance_m: float = Field(description="metres of way", examples=[270.0])
    straight_m: float = Field(description="metres in a straight line")
    travel_s: float = Field(description="seconds on the way")
    eta_s: float = Field(description="seconds from the offer until he is expected, getting ready included")
    basis: str = Field(examples=["road"])
    basis_label: str = Field(examples=["按道路"])
    as_of: datetime


class OrderOut(View):
    """One order as the reader may see it."""

    id: UUID
    incident_id: UUID
    need_id: UUID
    organization_id: UUID
    mode: Literal["command", "offer"]
    state: OrderState
    label: str = Field(examples=["已签收"])
    forced: bool
    responder: ResponderBriefOut
    incident: IncidentBriefOut
    instruction: str | None
    allowed_verbs: list[str]
    verb_names: list[str] = Field(examples=[["引导带路"]])
    checklist: list[CheckItemOut]
    photo_required: bool
    target: PointOut | None
    stand_off_m: int
    duty_phone: str | None = Field(description="值班电话 of the command room that sends", examples=["+862164500110"])
    way: WayOut | None = Field(description="null for one who was named though nothing was reckoned for him")
    withdraw_first: bool = Field(description="he was too near as he was asked: the target is a point to withdraw to")
    offered_at: datetime
    accept_due_at: datetime | None
    ended_at: datetime | None
    milestones: dict[str, MilestoneOut]
    score: ScoreOut | None
    reason: str | None
    replaces_id: UUID | None
    version: int


class OrdersOut(View):
    """Orders."""

    items: list[OrderOut]


class MissingOut(View):
    """Why somebody is missing, how many it concerns, and what can be done about it."""

    reason: ShortfallReason
    count: int
    why: str = Field(examples=["附近力量均有任务"])
    advice: str = Field(examples=["可改派处置较轻警情的力量，或等待其完成"])


class NeedStateOut(View):
    """How far one need is met. ``waiting``: asked and not answered; ``short_of``: places for which nobody is asked."""

    id: UUID
    kind: ResponderKind
    kind_label: str = Field(examples=["保安员"])
    mode: Literal["command", "offer"]
    skills: list[str]
    needed: int = Field(examples=[2])
    accepted: int
    waiting: int
    short_of: int
    reasons: list[MissingOut]
    retry_at: datetime | None = Field(description="when it is looked again at the latest")
    says: str = Field(
        examples=["保安员：需 2 名，已签收 0 名，等待答复 0 名，尚缺 2 名：附近力量未上岗或未开放 3 名。"]
    )


class SentOut(OrdersOut):
    """The new orders, and how far each need is met now: also when nobody could be asked."""

    needs: list[NeedStateOut]
