"""The same reasons in English, for a room that has chosen it."""

from __future__ import annotations

from dispatch.matching.values import Exclusion, Parts, Plan, Scored, ShortfallReason

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


def say_why(scored: Scored) -> str:
    """When he is there, how surely he comes, and what speaks against him."""
    parts = scored.parts
    first = f"There in {_minutes(scored.eta_s)}"
    if scored.chance is not None:
        seen = f"of {scored.tries} times asked" if scored.tries else "not asked before, the station's mean"
        first += f", accepts with {round(scored.chance * 100)} % ({seen})"
    way = f"{scored.travel_m:.0f} m of way ({BASIS.get(scored.basis, scored.basis)})"
    said = [first, f"{way}, sets out after {_minutes(parts.turnout_s)}"]
    said += [text for value, text in _costs(parts) if value]
    if scored.waived is not None:
        said.append(f"{_within(EXCLUSIONS[scored.waived])}, yet nobody else is left")
    return "; ".join(said) + "."


def say_plan(plan: Plan, *, places: int) -> str | None:
    """One line about the whole choice; None where nothing is known of chances."""
    if plan.chance is None or places <= 0:
        return None
    line = f"{len(plan.chosen)} asked: {round(plan.chance * 100)} % sure that {places} accept in time"
    if plan.expected_s is not None:
        line += f", all there in about {_minutes(plan.expected_s)}"
    return f"{line}; asking more makes it surer, not sooner" if plan.held else line


def _costs(parts: Parts) -> list[tuple[float, str]]:
    return [
        (parts.post_s, "leaves a post thinly staffed"),
        (parts.skill_s, "has a rarer skill to keep for others"),
        (parts.strange_s, "does not know the place"),
        (parts.beat_s, "has to leave the beat"),
        (parts.station_s, "of the neighbouring station"),
    ]


def _within(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"
