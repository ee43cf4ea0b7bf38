"""What the matcher weighs, as values: no row, no session, no clock."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import TypeAdapter


class Exclusion(StrEnum):
    """Why somebody is not asked (排除原因); the first that applies, in this order."""

    KIND = "kind"
    ALREADY_ASKED = "already_asked"
    OUTSIDE_RADIUS = "outside_radius"
    CLOSED = "closed"
    OFF_DUTY = "off_duty"
    ENGAGED = "engaged"
    NO_POSITION = "no_position"
    STALE_POSITION = "stale_position"
    MISSING_SKILL = "missing_skill"
    NO_ACCOUNT = "no_account"
    UNREACHABLE = "unreachable"
    LAST_ON_POST = "last_on_post"


class ShortfallReason(StrEnum):
    """Why there are fewer than wanted (缺口原因)."""

    NO_CANDIDATES = "NoCandidates"
    OUTSIDE_RADIUS = "OutsideRadius"
    NOBODY_ON_DUTY = "NobodyOnDuty"
    ALL_ENGAGED = "AllEngaged"
    NO_LOCATION_DATA = "NoLocationData"
    LOCATIONS_TOO_STALE = "LocationsTooStale"
    MISSING_SKILL = "MissingSkill"
    NOBODY_REACHABLE = "NobodyReachable"
    POSTS_AT_MINIMUM = "PostsAtMinimum"
    ALL_ASKED = "AllAsked"


@dataclass(frozen=True, kw_only=True)
class NeedValue:
    """What is wanted. ``places`` are still empty, ``waiting`` people have been asked and not answered."""

    kind: str
    mode: Literal["command", "offer"]
    skills: tuple[str, ...]
    places: int
    waiting: int
    alert_factor: float
    radius_m: float


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where, and whose."""

    station_id: uuid.UUID
    lon: float
    lat: float


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One responder as he stands now. Distance in metres along the ellipsoid; times are aware UTC."""

    responder_id: uuid.UUID
    kind: str
    station_id: uuid.UUID
    skills: tuple[str, ...] = ()
    on_duty: bool = True
    engaged: bool = False
    #: declined, let pass or gave up an order of this incident
    asked: bool = False
    #: None: no position is known
    distance_m: float | None = None
    #: a safe-house stands where it stands
    fixed: bool = False
    captured_at: datetime | None = None
    has_account: bool = True
    #: somebody is logged in on a device that has not been revoked
    reachable: bool = True
    post_id: uuid.UUID | None = None
    #: people on that post now beyond its minimum, himself included
    post_spare: int | None = None


@dataclass(frozen=True, kw_only=True)
class TravelValue:
    """The way to the scene: seconds, metres, and what the estimate rests on."""

    seconds: float
    metres: float
    basis: str


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Expected seconds to the scene and what is added to them; their sum is the score, the least is best."""

    travel_s: float
    turnout_s: float
    post_s: float
    skill_s: float
    station_s: float

    @property
    def score_s(self) -> float:
        return self.travel_s + self.turnout_s + self.post_s + self.skill_s + self.station_s


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Somebody who can be asked, and why in this place of the list."""

    responder_id: uuid.UUID
    score_s: float
    #: travel and turnout alone: when he would be there
    eta_s: float
    parts: Parts
    distance_m: float
    travel_m: float
    basis: str


@dataclass(frozen=True, kw_only=True)
class Excluded:
    """Somebody who is not asked."""

    responder_id: uuid.UUID
    reason: Exclusion
    distance_m: float | None


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """A reason for the gap, and how many people it concerns."""

    reason: ShortfallReason
    count: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The advice: ``ask`` people were wanted; ``short_of`` places cannot even be asked for."""

    ask: int
    chosen: tuple[Scored, ...]
    reserves: tuple[Scored, ...]
    excluded: tuple[Excluded, ...]
    shortfall: tuple[Shortfall, ...]
    short_of: int


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What is weighed, in seconds of delay that one would accept instead.

    Turnout: 102 s by day and 142 s by night are the medians of 4 138 volunteer operations (PMID 40816549),
    the only measured ones; an on-duty guard should be quicker, and the station's own log will say so.
    60 s for police is the usual target of an ambulance crew. The other figures are this project's judgement.
    """

    turnout_day_s: float = 102.0
    turnout_night_s: float = 142.0
    turnout_police_s: float = 60.0
    #: taking the last one above a post's minimum
    thin_post_s: float = 45.0
    #: per skill that this incident does not want and another might
    spare_skill_s: float = 10.0
    #: sent by a neighbouring station
    other_station_s: float = 180.0
    #: an older fix is not recommended (trust P15)
    fresh_s: float = 120.0


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All that a plan was made from: with it the plan can be made again."""

    need: NeedValue
    scene: Scene
    candidates: tuple[Candidate, ...]
    travel: dict[uuid.UUID, TravelValue]
    weights: Weights
    now: datetime


_INPUTS = TypeAdapter(Inputs)
_PLAN = TypeAdapter(Plan)


def write_inputs(inputs: Inputs) -> dict[str, Any]:
    """JSON."""
    written: dict[str, Any] = _INPUTS.dump_python(inputs, mode="json")
    return written


def read_inputs(value: dict[str, Any]) -> Inputs:
    return _INPUTS.validate_python(value)


def write_plan(plan: Plan) -> dict[str, Any]:
    """JSON."""
    written: dict[str, Any] = _PLAN.dump_python(plan, mode="json")
    return written


def read_plan(value: dict[str, Any]) -> Plan:
    return _PLAN.validate_python(value)
