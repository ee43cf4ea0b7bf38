"""What the station has learned, at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.fields import View
from api.orders.schemas import ResponderKind


class PriorOut(View):
    """What was assumed before anything was known, and on what that rests."""

    accept: float = Field(examples=[0.5])
    weight: float = Field(description="how many askings the assumption is worth")
    turnout_day_s: float
    turnout_night_s: float
    answer_s: float
    source: str


class FiguresOut(View):
    """How often a group was asked and accepted, and what is therefore expected of it."""

    asked: int
    accepted: int
    chance: float = Field(description="shrunken towards the station's rate", examples=[0.78])
    turnouts: int = Field(description="departures that the turnout rests on")
    turnout_s: float = Field(description="median seconds from acceptance to departure; by day where not of a band")


class GroupOut(FiguresOut):
    """A scenario, or a band of hours."""

    key: str
    name: str


class LearnedOut(View):
    """One kind of responder."""

    kind: ResponderKind
    prior: PriorOut
    station: FiguresOut
    answer_s: float = Field(description="median seconds from asking to acceptance")
    scenarios: list[GroupOut]
    bands: list[GroupOut]


class PersonLearnedOut(FiguresOut):
    """One responder."""

    responder_id: UUID
    kind: ResponderKind
    name: str
    call_sign: str | None


class DecileOut(View):
    """Those to whom a chance between low and high was given: what was promised, and what came."""

    low: float
    high: float
    n: int
    predicted: float
    observed: float


class TimingOut(View):
    """Times from the acceptance on, as expected when people were asked and as measured; medians in seconds."""

    kind: ResponderKind
    until: Literal["departure", "arrival"]
    n: int
    predicted_s: float
    observed_s: float
    off_s: float = Field(description="median of the distance between both, either way")
    kept: float = Field(description="share of those who were not later than expected", examples=[0.5])


class ReliabilityOut(View):
    """Whether the chances and the times are to be believed."""

    n: int
    brier: float | None = Field(description="mean squared error: 0 is best, 0.25 a coin")
    deciles: list[DecileOut]
    times: list[TimingOut]


class CalibrationOut(View):
    """What the station has learned from its own log."""

    version: int | None = Field(description="null: nothing was learned yet, and the priors hold")
    made_at: datetime | None
    since: datetime | None
    log_rows: int
    kinds: list[LearnedOut]
    responders: list[PersonLearnedOut]
    reliability: ReliabilityOut
