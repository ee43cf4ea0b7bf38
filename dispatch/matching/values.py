"""What the matcher weighs, as values: no row, no session, no clock."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Exclusion(StrEnum):
    """Why somebody is not asked (排除原因); the first that applies, in this order."""

    KIND = "kind"
    ALREADY_ASKED = "already_asked"
    #: this kind, or who lacks the skill for it, is not sent to such a danger
    BARRED = "barred"
    OUTSIDE_RADIUS = "outside_radius"
    CLOSED = "closed"
    OFF_DUTY = "off_duty"
    ENGAGED = "engaged"
    NO_POSITION = "no_position"
    STALE_POSITION = "stale_position"
    MISSING_SKILL = "missing_skill"
    NO_ACCOUNT = "no_account"
    UNREACHABLE = "unreachable"
    #: logged in, but nothing was heard of his device for long
    UNPROVEN = "unproven"
    KEEPS_SAFE_HOUSE = "keeps_safe_house"
    LAST_ON_POST = "last_on_post"
    #: the same incident needs him in another role
    FOR_ANOTHER_NEED = "for_another_need"
    #: these two give way when nobody else is left
    RESTING = "resting"
    OVER_BUDGET = "over_budget"


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
    TOO_DANGEROUS = "TooDangerous"
    SAFE_HOUSES_STAFFED = "SafeHousesStaffed"
    NEEDED_ELSEWHERE = "NeededElsewhere"
    ALL_SPARED = "AllSpared"


@dataclass(frozen=True, kw_only=True)
class NeedValue:
    """What is wanted. ``places`` are still empty, ``waiting`` people have been asked and not answered.

    Members with a default are younger than the first recommendations: without them a need is what it was then.
    """

    kind: str
    mode: Literal["command", "offer"]
    skills: tuple[str, ...]
    places: int
    waiting: int
    #: at most so many are asked per place
    alert_factor: float
    radius_m: float
    #: how sure it is to be that the places are filled in time; None: always as many as ``alert_factor`` says
    target_chance: float | None = None
    #: seconds within which an acceptance is wanted, and after which silence counts as no
    within_s: float | None = None
    accept_s: float | None = None
    #: time to accept, log-normal, as learned; None: it plays no part in how many are asked
    answer_s: float | None = None
    answer_spread: float | None = None
    #: of those who wait: each one's chance to accept yet
    pending: tuple[float, ...] = ()
    #: nobody of this kind is sent to such a danger
    barred: bool = False
    #: without these nobody is sent to such a danger
    danger_skills: tuple[str, ...] = ()


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
    #: people on that post now, himself included
    post_present: int | None = None
    #: to accept within the wanted time; None: nothing is known, and it plays no part
    chance: float | None = None
    #: learned; None: what the weights assume
    turnout_s: float | None = None
    #: how often the chance has been seen tried
    tries: int | None = None
    #: when his device, or he himself, was last heard of; None: not asked for
    proven_at: datetime | None = None
    #: when his last order ended that he had gone for
    last_done_at: datetime | None = None
    #: how often he was asked within the last hour, and since his duty began (at most twelve hours)
    alerts_hour: int = 0
    alerts_shift: int = 0
    #: his post, his organization's premises or an earlier order is at the scene; None: not looked at
    familiar: bool | None = None
    #: a patrol that is in the scene's beat now; None: no beat there, or no patrol
    in_beat: bool | None = None
    #: the safe-house that he alone keeps; ``keeps_house``: it was asked itself, or is the only open one near the scene
    house_id: uuid.UUID | None = None
    keeps_house: bool = False


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
    #: what his silence would cost, by how often he is silent
    silence_s: float = 0.0
    #: he does not know the place
    strange_s: float = 0.0
    #: he leaves another beat for it
    beat_s: float = 0.0

    @property
    def score_s(self) -> float:
        beside = self.post_s + self.skill_s + self.station_s + self.silence_s + self.strange_s + self.beat_s
        return self.travel_s + self.turnout_s + beside


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
    chance: float | None = None
    tries: int | None = None
    #: the rule that spares him, set aside because nobody else is left
    waived: Exclusion | None = None


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
    #: that all places are filled in the wanted time, by the chosen and those who were asked before
    chance: float | None = None
    #: mean seconds until the places are filled at the scene, if so many of the chosen accept
    expected_s: float | None = None
    #: more would be surer, but nobody would be there sooner by it
    held: bool = False


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What is weighed, in seconds of delay that one would accept instead.

    Turnout: 102 s by day and 142 s by night are the medians of 4 138 volunteer operations (PMID 40816549),
    the only measured ones; used where nothing was learned (``experience.py``). 60 s for police is the usual target
    of an ambulance crew. The other figures are this project's judgement; docs/matching.md gives the reasons.
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
    #: what it costs to take one from a post below its minimum, where the station allows that; None: it does not
    below_post_s: float | None = None
    #: a helper to whom the place is strange
    strange_s: float = 15.0
    #: a patrol from another beat
    other_beat_s: float = 30.0
    #: a device that was not heard of for longer counts as unreachable; None: a login suffices
    proven_s: float | None = None
    #: rest after an order; orders at most within an hour, and within a shift. None: no such rule
    rest_s: float | None = None
    alerts_per_hour: int | None = None
    alerts_per_shift: int | None = None
    #: one more is asked only if the mean arrival is so much earlier by it; None: whatever it does to the arrival
    alert_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All that a plan was made from: with it the plan can be made again."""

    need: NeedValue
    scene: Scene
    candidates: tuple[Candidate, ...]
    travel: dict[uuid.UUID, TravelValue]
    weights: Weights
    now: datetime
    #: people whom the other needs of the incident get
    elsewhere: tuple[uuid.UUID, ...] = ()
    #: version of the station's calibration that the chances come from; None: it had none
    calibration: int | None = None
