"""The hard rules: who is not asked at all, and who only when nobody else is left. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.matching.values import Candidate, Exclusion, NeedValue, ShortfallReason, Weights

SHORTFALL_OF = {
    Exclusion.ALREADY_ASKED: ShortfallReason.ALL_ASKED,
    Exclusion.BARRED: ShortfallReason.TOO_DANGEROUS,
    Exclusion.OUTSIDE_RADIUS: ShortfallReason.OUTSIDE_RADIUS,
    Exclusion.CLOSED: ShortfallReason.NOBODY_ON_DUTY,
    Exclusion.OFF_DUTY: ShortfallReason.NOBODY_ON_DUTY,
    Exclusion.ENGAGED: ShortfallReason.ALL_ENGAGED,
    Exclusion.NO_POSITION: ShortfallReason.NO_LOCATION_DATA,
    Exclusion.STALE_POSITION: ShortfallReason.LOCATIONS_TOO_STALE,
    Exclusion.MISSING_SKILL: ShortfallReason.MISSING_SKILL,
    Exclusion.NO_ACCOUNT: ShortfallReason.NOBODY_REACHABLE,
    Exclusion.UNREACHABLE: ShortfallReason.NOBODY_REACHABLE,
    Exclusion.UNPROVEN: ShortfallReason.NOBODY_REACHABLE,
    Exclusion.KEEPS_SAFE_HOUSE: ShortfallReason.SAFE_HOUSES_STAFFED,
    Exclusion.LAST_ON_POST: ShortfallReason.POSTS_AT_MINIMUM,
    Exclusion.FOR_ANOTHER_NEED: ShortfallReason.NEEDED_ELSEWHERE,
}


def find_exclusion(need: NeedValue, candidate: Candidate, weights: Weights, now: datetime) -> Exclusion | None:
    """The first hard rule that keeps the candidate out."""
    stale = _is_older(candidate.captured_at, weights.fresh_s, now)
    not_on_duty = Exclusion.CLOSED if candidate.kind == "safe_house" else Exclusion.OFF_DUTY
    skills = set(candidate.skills)
    rules = (
        (Exclusion.KIND, candidate.kind != need.kind),
        (Exclusion.ALREADY_ASKED, candidate.asked),
        (Exclusion.BARRED, need.barred or not set(need.danger_skills) <= skills),
        (Exclusion.OUTSIDE_RADIUS, candidate.distance_m is not None and candidate.distance_m > need.radius_m),
        (not_on_duty, not candidate.on_duty),
        (Exclusion.ENGAGED, candidate.engaged),
        (Exclusion.NO_POSITION, candidate.distance_m is None),
        (Exclusion.STALE_POSITION, not candidate.fixed and stale),
        (Exclusion.MISSING_SKILL, not set(need.skills) <= skills),
        (Exclusion.NO_ACCOUNT, not candidate.has_account),
        (Exclusion.UNREACHABLE, not candidate.reachable),
        (Exclusion.UNPROVEN, _is_unproven(candidate, weights, now)),
        (Exclusion.KEEPS_SAFE_HOUSE, candidate.keeps_house),
        (Exclusion.LAST_ON_POST, _must_stay(candidate, weights)),
    )
    return next((reason for reason, applies in rules if applies), None)


def find_sparing(candidate: Candidate, weights: Weights, now: datetime) -> Exclusion | None:
    """The rule that spares him as long as there is anybody else."""
    rested = weights.rest_s is None or candidate.last_done_at is None
    if not rested and not _is_older(candidate.last_done_at, weights.rest_s or 0.0, now):
        return Exclusion.RESTING
    for asked, most in (
        (candidate.alerts_hour, weights.alerts_per_hour),
        (candidate.alerts_shift, weights.alerts_per_shift),
    ):
        if most is not None and asked >= most:
            return Exclusion.OVER_BUDGET
    return None


def _is_older(at: datetime | None, seconds: float, now: datetime) -> bool:
    return at is None or now - at > timedelta(seconds=seconds)


def _is_unproven(candidate: Candidate, weights: Weights, now: datetime) -> bool:
    return weights.proven_s is not None and _is_older(candidate.proven_at, weights.proven_s, now)


def _must_stay(candidate: Candidate, weights: Weights) -> bool:
    spare, present = candidate.post_spare, candidate.post_present
    if spare is None or spare >= 1:
        return False
    # a station may set a price on going below the minimum; the last one stays whatever the price
    return weights.below_post_s is None or present is None or present <= 1
