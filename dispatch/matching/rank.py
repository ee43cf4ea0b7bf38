"""Who is asked, in which order, and why the others are not. Values in, a value out."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from dispatch.matching.values import (
    Candidate,
    Excluded,
    Exclusion,
    Inputs,
    NeedValue,
    Parts,
    Plan,
    Scene,
    Scored,
    Shortfall,
    ShortfallReason,
    TravelValue,
    Weights,
)

_LOCAL = timedelta(hours=8)  # China knows one time
_NIGHT_FROM, _NIGHT_TO = 22, 6

_WHY_SHORT = {
    Exclusion.ALREADY_ASKED: ShortfallReason.ALL_ASKED,
    Exclusion.OUTSIDE_RADIUS: ShortfallReason.OUTSIDE_RADIUS,
    Exclusion.CLOSED: ShortfallReason.NOBODY_ON_DUTY,
    Exclusion.OFF_DUTY: ShortfallReason.NOBODY_ON_DUTY,
    Exclusion.ENGAGED: ShortfallReason.ALL_ENGAGED,
    Exclusion.NO_POSITION: ShortfallReason.NO_LOCATION_DATA,
    Exclusion.STALE_POSITION: ShortfallReason.LOCATIONS_TOO_STALE,
    Exclusion.MISSING_SKILL: ShortfallReason.MISSING_SKILL,
    Exclusion.NO_ACCOUNT: ShortfallReason.NOBODY_REACHABLE,
    Exclusion.UNREACHABLE: ShortfallReason.NOBODY_REACHABLE,
    Exclusion.LAST_ON_POST: ShortfallReason.POSTS_AT_MINIMUM,
}


def rank(
    need: NeedValue,
    scene: Scene,
    candidates: Iterable[Candidate],
    travel: Mapping[uuid.UUID, TravelValue],
    weights: Weights,
    now: datetime,
) -> Plan:
    """The plan. Independent of the order of ``candidates``; ties go by distance, then by id."""
    excluded: list[Excluded] = []
    fit: list[tuple[Scored, Candidate]] = []
    for candidate in candidates:
        reason = find_exclusion(need, candidate, weights, now)
        if reason is None and candidate.responder_id not in travel:
            reason = Exclusion.NO_POSITION
        if reason is None:
            fit.append((score(need, scene, candidate, travel[candidate.responder_id], weights, now), candidate))
        else:
            excluded.append(_excluded(candidate, reason))
    fit.sort(key=lambda pair: (pair[0].score_s, pair[0].distance_m, pair[0].responder_id))

    ask = count_to_ask(need)
    chosen: list[Scored] = []
    reserves: list[Scored] = []
    taken: Counter[uuid.UUID] = Counter()
    for scored, candidate in fit:
        # two from one post leave it together, so each counts against the same spare
        if _leaves_post_bare(candidate, taken):
            excluded.append(_excluded(candidate, Exclusion.LAST_ON_POST))
        elif len(chosen) < ask:
            chosen.append(scored)
            if candidate.post_id is not None:
                taken[candidate.post_id] += 1
        else:
            reserves.append(scored)
    excluded.sort(key=lambda e: (math.inf if e.distance_m is None else e.distance_m, e.responder_id))
    return Plan(
        ask=ask,
        chosen=tuple(chosen),
        reserves=tuple(reserves),
        excluded=tuple(excluded),
        shortfall=_shortfall(excluded) if len(chosen) < ask else (),
        short_of=max(0, need.places - need.waiting - len(chosen)),
    )


def replay(inputs: Inputs) -> Plan:
    """The plan that these inputs lead to, then as now."""
    return rank(inputs.need, inputs.scene, inputs.candidates, inputs.travel, inputs.weights, inputs.now)


def count_to_ask(need: NeedValue) -> int:
    """Commands go to as many as are needed; offers to as many more as the scenario says, less who still thinks."""
    if need.mode == "command":
        return max(0, need.places - need.waiting)
    # a factor that was stored in single precision must not push a whole number up by one
    return max(0, math.ceil(need.places * need.alert_factor - 1e-4) - need.waiting)


def find_exclusion(need: NeedValue, candidate: Candidate, weights: Weights, now: datetime) -> Exclusion | None:
    """The first hard rule that keeps the candidate out."""
    stale = candidate.captured_at is None or now - candidate.captured_at > timedelta(seconds=weights.fresh_s)
    not_on_duty = Exclusion.CLOSED if candidate.kind == "safe_house" else Exclusion.OFF_DUTY
    rules = (
        (Exclusion.KIND, candidate.kind != need.kind),
        (Exclusion.ALREADY_ASKED, candidate.asked),
        (Exclusion.OUTSIDE_RADIUS, candidate.distance_m is not None and candidate.distance_m > need.radius_m),
        (not_on_duty, not candidate.on_duty),
        (Exclusion.ENGAGED, candidate.engaged),
        (Exclusion.NO_POSITION, candidate.distance_m is None),
        (Exclusion.STALE_POSITION, not candidate.fixed and stale),
        (Exclusion.MISSING_SKILL, not set(need.skills) <= set(candidate.skills)),
        (Exclusion.NO_ACCOUNT, not candidate.has_account),
        (Exclusion.UNREACHABLE, not candidate.reachable),
        (Exclusion.LAST_ON_POST, candidate.post_spare is not None and candidate.post_spare < 1),
    )
    return next((reason for reason, applies in rules if applies), None)


def score(
    need: NeedValue, scene: Scene, candidate: Candidate, travel: TravelValue, weights: Weights, now: datetime
) -> Scored:
    """Expected seconds to the scene plus what it costs elsewhere, part by part."""
    spare_skills = len(set(candidate.skills) - set(need.skills))
    parts = Parts(
        travel_s=round(travel.seconds, 1),
        turnout_s=_turnout_s(candidate.kind, weights, now),
        post_s=weights.thin_post_s if candidate.post_spare == 1 else 0.0,
        skill_s=weights.spare_skill_s * spare_skills,
        station_s=0.0 if candidate.station_id == scene.station_id else weights.other_station_s,
    )
    return Scored(
        responder_id=candidate.responder_id,
        score_s=round(parts.score_s, 1),
        eta_s=round(parts.travel_s + parts.turnout_s, 1),
        parts=parts,
        distance_m=round(candidate.distance_m or 0.0, 1),
        travel_m=round(travel.metres, 1),
        basis=travel.basis,
    )


def _turnout_s(kind: str, weights: Weights, now: datetime) -> float:
    if kind == "patrol_unit":
        return weights.turnout_police_s
    hour = (now + _LOCAL).hour
    return weights.turnout_night_s if hour >= _NIGHT_FROM or hour < _NIGHT_TO else weights.turnout_day_s


def _leaves_post_bare(candidate: Candidate, taken: Counter[uuid.UUID]) -> bool:
    if candidate.post_id is None or candidate.post_spare is None:
        return False
    return taken[candidate.post_id] >= candidate.post_spare


def _excluded(candidate: Candidate, reason: Exclusion) -> Excluded:
    distance_m = None if candidate.distance_m is None else round(candidate.distance_m, 1)
    return Excluded(responder_id=candidate.responder_id, reason=reason, distance_m=distance_m)


def _shortfall(excluded: list[Excluded]) -> tuple[Shortfall, ...]:
    counts = Counter(_WHY_SHORT[e.reason] for e in excluded if e.reason in _WHY_SHORT)
    if not counts:
        return (Shortfall(reason=ShortfallReason.NO_CANDIDATES, count=0),)
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Shortfall(reason=reason, count=count) for reason, count in most)
