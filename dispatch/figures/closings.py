"""How incidents ended, how completely they are documented, what was late; and where nobody was asked. Pure."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dispatch.closures.completeness import completeness
from dispatch.closures.facts import list_stages
from dispatch.closures.overdue import StageName, Targets, overdue
from dispatch.figures.cases import Case, Group, Sets, group_of_case, in_order
from dispatch.figures.scope import By
from dispatch.figures.statistics import Quantile, Share, quantile, share

_ENDED = ("closed", "cancelled", "merged", "unstaffed")
#: ended before anybody could be asked, or part of another incident
_NOT_ELIGIBLE = frozenset({"merged"})


@dataclass(frozen=True, kw_only=True)
class LateLine:
    """One stage: how often it was late, and how often it is overdue now."""

    stage: StageName
    late: int
    running: int


@dataclass(frozen=True, kw_only=True)
class ClosingLine:
    """Incidents of one group. ``completeness``: shares of milestones that were measured, of those closed."""

    group: Group
    incidents: int
    open: int
    ended: Mapping[str, int]
    closed: Share
    returned: Share
    completeness_mean: float | None
    completeness: tuple[Quantile, ...]
    stages: tuple[LateLine, ...]
    sets: Mapping[str, frozenset[uuid.UUID]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MissedLine:
    """Incidents whose scenario asks for helpers; ``missed`` of them had not one helper asked, and why."""

    group: Group
    eligible: int
    missed: Share
    reasons: Mapping[str, int]
    sets: Mapping[str, frozenset[uuid.UUID]] = field(default_factory=dict)


def closing_lines(cases: Iterable[Case], by: By, targets: Targets, now: datetime) -> list[ClosingLine]:
    """One line per group, as things stand now."""
    grouped = _grouped(cases, by)
    return [_closing(group, grouped[group], targets, now) for group in in_order(grouped, by)]


def _grouped(cases: Iterable[Case], by: By) -> dict[Group, list[Case]]:
    grouped: dict[Group, list[Case]] = defaultdict(list)
    for case in cases:
        group = group_of_case(case, by)
        if group is not None:
            grouped[group].append(case)
    return grouped


def _closing(group: Group, cases: Sequence[Case], targets: Targets, now: datetime) -> ClosingLine:
    sets = Sets()
    states: Counter[str] = Counter()
    scores: list[float] = []
    late: Counter[StageName] = Counter()
    running: Counter[StageName] = Counter()
    returned = 0
    for case in cases:
        sets.add("incidents", case)
        name = case.state if case.state in _ENDED else "open"
        states[name] += 1
        sets.add(name, case)
        if case.returned:
            returned += 1
            sets.add("returned", case)
        if case.state == "closed":
            scores.append(completeness(case.facts).score)
        for flag in overdue(list_stages(case.facts), targets, now):
            (running if flag.running else late)[flag.stage] += 1
            sets.add(f"{'running' if flag.running else 'late'}:{flag.stage}", case)
    scores.sort()
    reviewed = states["closed"] + sum(case.returned > 0 and case.state != "closed" for case in cases)
    return ClosingLine(
        group=group,
        incidents=len(cases),
        open=states["open"],
        ended={name: states[name] for name in _ENDED},
        closed=share(states["closed"], len(cases)),
        returned=share(returned, reviewed),
        completeness_mean=sum(scores) / len(scores) if scores else None,
        completeness=tuple(quantile(scores, p) for p in (0.1, 0.5)) if scores else (),
        stages=tuple(LateLine(stage=stage, late=late[stage], running=running[stage]) for stage in StageName),
        sets=sets.frozen(),
    )


def missed_lines(cases: Iterable[Case], by: By) -> list[MissedLine]:
    """One line per group: of the incidents for which a helper would have been asked, those without an offer."""
    eligible = (case for case in cases if case.wants_helpers and case.state not in _NOT_ELIGIBLE)
    grouped = _grouped(eligible, by)
    lines = []
    for group in in_order(grouped, by):
        sets = Sets()
        reasons: Counter[str] = Counter()
        for case in grouped[group]:
            sets.add("eligible", case)
            if any(not one.facts.police for one in case.asked):
                continue
            reason = why_missed(case)
            reasons[reason] += 1
            sets.add("missed", case)
            sets.add(f"reason:{reason}", case)
        n = len(grouped[group])
        lines.append(
            MissedLine(
                group=group,
                eligible=n,
                missed=share(sum(reasons.values()), n),
                reasons=dict(reasons.most_common()),
                sets=sets.frozen(),
            )
        )
    return lines


def why_missed(case: Case) -> str:
    """``nobody:…`` when the advice found nobody (its weightiest reason), else what kept the room from asking."""
    if case.shortfall is not None:
        return f"nobody:{case.shortfall}"
    if case.state == "cancelled":
        return "ended_first"
    if not case.facts.orders and "dispatched" not in case.facts.marks:
        return "not_dispatched"
    return "not_asked"
