"""Who is asked for one need, in which order, and why the others are not. Values in, a value out."""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from dispatch.matching.chance import add_one, count_accepting, expected_arrival_s, reaches, silence_s, tail
from dispatch.matching.experience import NIGHT, band_of
from dispatch.matching.fitness import SHORTFALL_OF, find_exclusion, find_sparing
from dispatch.matching.race import Course, Runner, brings_forward_s
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


def rank(
    need: NeedValue,
    scene: Scene,
    candidates: Iterable[Candidate],
    travel: Mapping[uuid.UUID, TravelValue],
    weights: Weights,
    now: datetime,
    *,
    elsewhere: Collection[uuid.UUID] = (),
) -> Plan:
    """The plan. Independent of the order of ``candidates``; ties go by distance, then by id.

    People are asked by ascending score until the chance that the places are filled in time reaches the need's
    target, within what its alert factor allows, and as long as one more makes the arrival earlier. Whoever is spared by
    a rule comes after all others, and is asked only for a place that would stay empty. ``elsewhere``: people whom other
    needs of the incident get.
    """
    fit, excluded = judge(need, scene, candidates, travel, weights, now, elsewhere=elsewhere)
    cap, floor = count_to_ask(need), max(0, need.places - need.waiting)
    counts = count_accepting(need.pending)
    chosen: list[Scored] = []
    reserves: list[Scored] = []
    taken: Counter[uuid.UUID] = Counter()
    held = False
    for scored, candidate in fit:
        # two from one post leave it together, so each counts against the same spare
        if _leaves_post_bare(candidate, taken, weights):
            excluded.append(_excluded(candidate, Exclusion.LAST_ON_POST))
            continue
        enough = len(chosen) >= floor and (scored.waived is not None or _is_sure(need, counts))
        if len(chosen) < cap and not enough and len(chosen) >= floor:
            held = held or not _is_worth_it(need, chosen, scored, weights)
        if len(chosen) >= cap or enough or held:
            reserves.append(scored)
            continue
        chosen.append(scored)
        if candidate.post_id is not None:
            taken[candidate.post_id] += 1
        if scored.chance is not None:
            counts = add_one(counts, scored.chance)
    excluded.sort(key=lambda e: (math.inf if e.distance_m is None else e.distance_m, e.responder_id))
    wanting = len(chosen) < cap and not held and not _is_sure(need, counts)
    return Plan(
        ask=cap if wanting and not reserves else len(chosen),
        chosen=tuple(chosen),
        reserves=tuple(reserves),
        excluded=tuple(excluded),
        shortfall=_shortfall(excluded, reserves) if wanting else (),
        short_of=max(0, need.places - need.waiting - len(chosen)),
        chance=_chance(need, counts, chosen),
        expected_s=_expected_s(need, chosen),
        held=held,
    )


def replay(inputs: Inputs) -> Plan:
    """The plan that these inputs lead to, then as now."""
    return rank(
        inputs.need, inputs.scene, inputs.candidates, inputs.travel, inputs.weights, inputs.now,
        elsewhere=inputs.elsewhere,
    )  # fmt: skip


def judge(
    need: NeedValue,
    scene: Scene,
    candidates: Iterable[Candidate],
    travel: Mapping[uuid.UUID, TravelValue],
    weights: Weights,
    now: datetime,
    *,
    elsewhere: Collection[uuid.UUID] = (),
) -> tuple[list[tuple[Scored, Candidate]], list[Excluded]]:
    """Those who can be asked, in their order, and those who cannot with their reason. Posts are not judged yet."""
    fit: list[tuple[Scored, Candidate]] = []
    excluded: list[Excluded] = []
    for candidate in candidates:
        reason = find_exclusion(need, candidate, weights, now)
        if reason is None and candidate.responder_id not in travel:
            reason = Exclusion.NO_POSITION
        if reason is None and candidate.responder_id in elsewhere:
            reason = Exclusion.FOR_ANOTHER_NEED
        if reason is not None:
            excluded.append(_excluded(candidate, reason))
            continue
        waived = find_sparing(candidate, weights, now)
        scored = score(need, scene, candidate, travel[candidate.responder_id], weights, now, waived=waived)
        fit.append((scored, candidate))
    fit.sort(key=lambda pair: (pair[0].waived is not None, pair[0].score_s, pair[0].distance_m, pair[0].responder_id))
    return fit, excluded


def count_to_ask(need: NeedValue) -> int:
    """How many may be asked at most: commands go to as many as are needed; offers to as many more as the scenario
    says, less who still thinks."""
    if need.mode == "command":
        return max(0, need.places - need.waiting)
    # a factor that was stored in single precision must not push a whole number up by one
    return max(0, math.ceil(need.places * need.alert_factor - 1e-4) - need.waiting)


def score(
    need: NeedValue,
    scene: Scene,
    candidate: Candidate,
    travel: TravelValue,
    weights: Weights,
    now: datetime,
    *,
    waived: Exclusion | None = None,
) -> Scored:
    """Expected seconds to the scene plus what it costs elsewhere, part by part. ``waived``: what spares him."""
    spare_skills = len(set(candidate.skills) - set(need.skills))
    turnout_s = candidate.turnout_s if candidate.turnout_s is not None else _turnout_s(candidate.kind, weights, now)
    parts = Parts(
        travel_s=round(travel.seconds, 1),
        turnout_s=round(turnout_s, 1),
        post_s=_post_s(candidate, weights),
        skill_s=weights.spare_skill_s * spare_skills,
        station_s=0.0 if candidate.station_id == scene.station_id else weights.other_station_s,
        silence_s=_silence_s(need, candidate),
        strange_s=weights.strange_s if candidate.familiar is False else 0.0,
        beat_s=weights.other_beat_s if candidate.in_beat is False else 0.0,
    )
    return Scored(
        responder_id=candidate.responder_id,
        score_s=round(parts.score_s, 1),
        eta_s=round(parts.travel_s + parts.turnout_s, 1),
        parts=parts,
        distance_m=round(candidate.distance_m or 0.0, 1),
        travel_m=round(travel.metres, 1),
        basis=travel.basis,
        chance=candidate.chance,
        tries=candidate.tries,
        waived=waived,
    )


def _turnout_s(kind: str, weights: Weights, now: datetime) -> float:
    if kind == "patrol_unit":
        return weights.turnout_police_s
    return weights.turnout_night_s if band_of(now) == NIGHT else weights.turnout_day_s


def _silence_s(need: NeedValue, candidate: Candidate) -> float:
    if candidate.chance is None or need.accept_s is None:
        return 0.0
    return round(silence_s(candidate.chance, need.accept_s), 1)


def _post_s(candidate: Candidate, weights: Weights) -> float:
    spare = candidate.post_spare
    if spare is not None and spare < 1:
        return (weights.below_post_s or 0.0) * (1 - spare)
    return weights.thin_post_s if spare == 1 else 0.0


def _leaves_post_bare(candidate: Candidate, taken: Counter[uuid.UUID], weights: Weights) -> bool:
    if candidate.post_id is None or candidate.post_spare is None:
        return False
    may_go = candidate.post_spare
    if weights.below_post_s is not None and candidate.post_present is not None:
        # below its minimum at a price, but one always stays
        may_go = max(may_go, candidate.post_present - 1)
    return taken[candidate.post_id] >= may_go


def _is_sure(need: NeedValue, counts: Sequence[float]) -> bool:
    if need.mode == "command" or need.target_chance is None:
        return False
    return reaches(tail(counts, need.places), need.target_chance)


def _is_worth_it(need: NeedValue, chosen: Sequence[Scored], one_more: Scored, weights: Weights) -> bool:
    """Whether somebody is there earlier by asking him as well, in spite of those from whom he may take the place."""
    if weights.alert_s is None or need.answer_s is None or need.answer_spread is None or not need.within_s:
        return True
    if need.target_chance == 1.0 or one_more.chance is None or any(scored.chance is None for scored in chosen):
        # who wants to be certain gets as many as the factor allows
        return True
    if not chosen and not need.pending:
        return True
    # who still thinks was asked before these, and was nearer: he counts as the nearest of them
    nearest_s = min(scored.eta_s for scored in (*chosen, one_more))
    runners = [Runner(nearest_s, chance) for chance in need.pending]
    runners += [Runner(scored.eta_s, scored.chance or 0.0) for scored in chosen]
    # else he is the next to be asked, and does not always accept either
    next_s = one_more.eta_s + silence_s(one_more.chance, need.within_s)
    course = Course(need.answer_s, need.answer_spread, patience_s=need.within_s, next_s=next_s)
    forward_s = brings_forward_s(runners, Runner(one_more.eta_s, one_more.chance), need.places, course)
    return forward_s >= weights.alert_s


def _chance(need: NeedValue, counts: Sequence[float], chosen: Sequence[Scored]) -> float | None:
    if need.target_chance is None or any(scored.chance is None for scored in chosen):
        return None
    return round(tail(counts, need.places), 4)


def _expected_s(need: NeedValue, chosen: Sequence[Scored]) -> float | None:
    people = [(scored.eta_s, scored.chance) for scored in chosen if scored.chance is not None]
    if need.waiting or need.target_chance is None or len(people) < len(chosen):
        return None
    found = expected_arrival_s(people, need.places)
    return None if found is None else round(found, 1)


def _excluded(candidate: Candidate, reason: Exclusion) -> Excluded:
    distance_m = None if candidate.distance_m is None else round(candidate.distance_m, 1)
    return Excluded(responder_id=candidate.responder_id, reason=reason, distance_m=distance_m)


def _shortfall(excluded: Sequence[Excluded], reserves: Sequence[Scored]) -> tuple[Shortfall, ...]:
    counts = Counter(SHORTFALL_OF[e.reason] for e in excluded if e.reason in SHORTFALL_OF)
    counts.update(ShortfallReason.ALL_SPARED for scored in reserves if scored.waived is not None)
    if not counts:
        return (Shortfall(reason=ShortfallReason.NO_CANDIDATES, count=0),)
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Shortfall(reason=reason, count=count) for reason, count in most)
