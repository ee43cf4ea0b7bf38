"""The same reasons in English, for a room that has chosen it."""

from __future__ import annotations

from dispatch.matching.sentences import Phrases
from dispatch.matching.values import Exclusion, ShortfallReason

EXCLUSIONS: dict[Exclusion, str] = {
    Exclusion.KIND: "Other kind of helper",
    Exclusion.ALREADY_ASKED: "Already declined, timed out, left or done in this incident",
    Exclusion.OUTSIDE_RADIUS: "Outside the search radius",
    Exclusion.CLOSED: "Safe-house is closed",
    Exclusion.OFF_DUTY: "Off duty",
    Exclusion.ENGAGED: "Busy with another order",
    Exclusion.NO_POSITION: "No position",
    Exclusion.STALE_POSITION: "Position too old",
    Exclusion.MISSING_SKILL: "Lacks the skill",
    Exclusion.NO_ACCOUNT: "Has no account",
    Exclusion.UNREACHABLE: "No device logged in",
    Exclusion.LAST_ON_POST: "Post at its minimum staffing",
    Exclusion.BARRED: "Too dangerous for this kind of helper",
    Exclusion.UNPROVEN: "Device not heard of for long",
    Exclusion.KEEPS_SAFE_HOUSE: "Alone in the safe-house",
    Exclusion.FOR_ANOTHER_NEED: "Chosen for another need of this incident",
    Exclusion.RESTING: "Resting after the last order",
    Exclusion.OVER_BUDGET: "Asked often enough lately",
}

SHORTFALLS: dict[ShortfallReason, str] = {
    ShortfallReason.NO_CANDIDATES: "Nobody is registered nearby",
    ShortfallReason.OUTSIDE_RADIUS: "All are outside the search radius",
    ShortfallReason.NOBODY_ON_DUTY: "Nobody nearby is on duty or open",
    ShortfallReason.ALL_ENGAGED: "All nearby are busy",
    ShortfallReason.NO_LOCATION_DATA: "Those on duty have no position",
    ShortfallReason.LOCATIONS_TOO_STALE: "Positions nearby are too old",
    ShortfallReason.MISSING_SKILL: "Nobody nearby has the skill",
    ShortfallReason.NOBODY_REACHABLE: "No device nearby is on line",
    ShortfallReason.POSTS_AT_MINIMUM: "Posts nearby are at their minimum staffing",
    ShortfallReason.ALL_ASKED: "All nearby declined, timed out or are done",
    ShortfallReason.TOO_DANGEROUS: "Too dangerous for the helpers nearby",
    ShortfallReason.SAFE_HOUSES_STAFFED: "Helpers nearby must keep their safe-house",
    ShortfallReason.NEEDED_ELSEWHERE: "Helpers nearby serve another need of this incident",
    ShortfallReason.ALL_SPARED: "The others rest or were asked often enough",
}

BASIS = {"straight_line": "straight line", "road": "by road"}

PHRASES = Phrases(
    seconds="{s} s",
    minutes="{m} min {s:02d} s",
    there="There in {eta}",
    chance=", accepts with {percent} % ({seen})",
    asked_before="of {tries} times asked",
    never_asked="not asked before, the station's mean",
    way="{m:.0f} m of way ({basis}), sets out after {turnout}",
    costs={
        "post_s": "leaves a post thinly staffed",
        "skill_s": "has a rarer skill to keep for others",
        "strange_s": "does not know the place",
        "beat_s": "has to leave the beat",
        "station_s": "of the neighbouring station",
    },
    waived="{reason}, yet nobody else is left",
    between="; ",
    stop=".",
    asked="{asked} asked: {percent} % sure that {places} accept in time",
    gathered=", all there in about {expected}",
    held="; asking more makes it surer, not sooner",
    basis=BASIS,
    exclusions=EXCLUSIONS,
)
say_why, say_plan = PHRASES.say_why, PHRASES.say_plan
