"""How helpers answered, came and were rated; how the burden lay on them. Pure."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dispatch.closures.facts import measure
from dispatch.figures.cases import Asked, Case, Group, Sets, group_of_order, in_order
from dispatch.figures.scope import By
from dispatch.figures.statistics import Quantile, Share, gini, quantile, share
from dispatch.ratings.score import Standing, standing

_ENDED_UNANSWERED = {
    "declined": "declined",
    "expired": "ignored",
    "stood_down": "called_off",
    "cancelled": "called_off",
}
#: of less duty than this a rate per hour says nothing
LEAST_DUTY_H = 1.0


@dataclass(frozen=True, kw_only=True)
class AssistLine:
    """Offers of one group. ``acceptance``: of those who answered or let it pass, not of those called off before."""

    group: Group
    offers: int
    received: int
    accepted: int
    declined: int
    ignored: int
    called_off: int
    arrived: int
    completed: int
    failed: int
    acceptance: Share
    #: of those who accepted
    arrival: Share
    answering: tuple[Quantile, ...]
    ratings: Standing
    unrated: int
    duty_h: float
    offers_per_duty_h: float | None
    #: 1 is best, by the lower bound of arrivals per offer that was not called off; None: not ranked
    rank: int | None = None
    arrived_of_offers: Share = field(default_factory=lambda: share(0, 0))
    sets: Mapping[str, frozenset[uuid.UUID]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Burden:
    """How evenly offers lay on the responders who were on duty at least an hour. ``gini`` of offers per duty hour."""

    people: int
    offers: int
    duty_h: float
    offers_per_duty_h: float | None
    gini: float | None
    ignored: Share
    quantiles: tuple[Quantile, ...]
    most: tuple[tuple[Group, int, float], ...]


@dataclass
class _Counts:
    of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    answering_s: list[float] = field(default_factory=list)
    score_total: int = 0
    scores: int = 0
    sets: Sets = field(default_factory=Sets)


def assist_lines(cases: Iterable[Case], by: By, duty_h: Mapping[str, float]) -> list[AssistLine]:
    """One line per group; ``duty_h``: hours on duty by group's key. Organizations and people are ranked."""
    counts: dict[Group, _Counts] = defaultdict(_Counts)
    for case in cases:
        for one in case.asked:
            if not one.facts.police:
                _count(counts[group_of_order(case, one, by)], case, one)
    total = sum(each.score_total for each in counts.values())
    scores = sum(each.scores for each in counts.values())
    mean = total / scores if scores else None
    lines = [_line(group, counts[group], mean, duty_h.get(group.key, 0.0)) for group in in_order(counts, by)]
    return _ranked(lines) if by in (By.ORGANIZATION, By.RESPONDER) else lines


def _count(counts: _Counts, case: Case, one: Asked) -> None:
    marks = one.facts.marks
    names = ["offers"]
    names += [name for name in ("received", "accepted", "arrived", "completed") if name in marks]
    if "accepted" not in marks and one.facts.state in _ENDED_UNANSWERED:
        names.append(_ENDED_UNANSWERED[one.facts.state])
    if one.facts.state == "failed":
        names.append("failed")
    if one.score is not None:
        names.append("scored")
        counts.score_total += one.score
        counts.scores += 1
    if one.facts.state == "completed" and not one.rated:
        names.append("unrated")
    for name in names:
        counts.of[name] += 1
        counts.sets.add(name, case)
    answered = measure("answering", marks, "offered", "accepted")
    if answered.measured and answered.seconds is not None:
        counts.answering_s.append(answered.seconds)


def _line(group: Group, counts: _Counts, mean: float | None, duty_h: float) -> AssistLine:
    n = counts.of
    decided = n["accepted"] + n["declined"] + n["ignored"]
    seconds = sorted(counts.answering_s)
    return AssistLine(
        group=group,
        offers=n["offers"],
        received=n["received"],
        accepted=n["accepted"],
        declined=n["declined"],
        ignored=n["ignored"],
        called_off=n["called_off"],
        arrived=n["arrived"],
        completed=n["completed"],
        failed=n["failed"],
        acceptance=share(n["accepted"], decided),
        arrival=share(n["arrived"], n["accepted"]),
        answering=tuple(quantile(seconds, p) for p in (0.5, 0.9)) if seconds else (),
        ratings=standing(counts.score_total, counts.scores, station_mean=mean),
        unrated=n["unrated"],
        duty_h=duty_h,
        offers_per_duty_h=n["offers"] / duty_h if duty_h >= LEAST_DUTY_H else None,
        arrived_of_offers=share(n["arrived"], n["offers"] - n["called_off"]),
        sets=counts.sets.frozen(),
    )


def _ranked(lines: Sequence[AssistLine]) -> list[AssistLine]:
    """The best first; who was never asked in earnest stands unranked at the end."""
    known = [line for line in lines if line.arrived_of_offers.low is not None]
    known.sort(key=lambda line: (-(line.arrived_of_offers.low or 0.0), line.group.label, line.group.key))
    ranked = [dataclasses.replace(line, rank=rank) for rank, line in enumerate(known, start=1)]
    return [*ranked, *(line for line in lines if line.arrived_of_offers.low is None)]


def burden(cases: Iterable[Case], duty_h: Mapping[str, float], names: Mapping[str, str]) -> Burden:
    """``duty_h`` and ``names`` by the id of each helper who was on duty, asked or not."""
    offers: dict[str, int] = defaultdict(int)
    ignored = answered = 0
    for case in cases:
        for one in case.asked:
            if one.facts.police:
                continue
            offers[str(one.responder_id)] += 1
            if "accepted" in one.facts.marks or one.facts.state == "declined":
                answered += 1
            elif one.facts.state == "expired":
                ignored += 1
    rates = {key: offers.get(key, 0) / hours for key, hours in duty_h.items() if hours >= LEAST_DUTY_H}
    hours, asked = sum(duty_h.values()), sum(offers.values())
    ordered = sorted(rates.values())
    most = sorted(rates.items(), key=lambda item: (-item[1], item[0]))[:10]
    return Burden(
        people=len(rates),
        offers=asked,
        duty_h=hours,
        offers_per_duty_h=asked / hours if hours >= LEAST_DUTY_H else None,
        gini=gini(ordered),
        ignored=share(ignored, ignored + answered),
        quantiles=tuple(quantile(ordered, p) for p in (0.5, 0.9)) if ordered else (),
        most=tuple((Group(key, names.get(key, "")), offers.get(key, 0), rate) for key, rate in most),
    )
