"""Figures for leaders, companies and oneself, and the incidents behind each of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.closures.queries import get_targets
from dispatch.figures.assists import AssistLine, Burden, assist_lines, burden
from dispatch.figures.closings import ClosingLine, MissedLine, closing_lines, missed_lines
from dispatch.figures.coverage import Hour, Stretch, coverage
from dispatch.figures.intervals import IntervalLine, interval_lines
from dispatch.figures.loading import load_cases
from dispatch.figures.scope import By, NotByPerson, Scope, Sort
from geo.duty.stretches import DutyStretch, list_stretches
from geo.responders.rules import Kind
from kit.actor import Grant, Reach
from kit.tenancy import District, Station

_OF_PEOPLE = frozenset({By.RESPONDER, By.TAKER})


class Table(StrEnum):
    """The tables whose lines lead to incidents."""

    INTERVALS = "intervals"
    ASSISTS = "assists"
    CLOSINGS = "closings"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True)
class Own:
    """What a helper or officer reads of himself."""

    assists: AssistLine | None
    intervals: list[IntervalLine]
    duty_h: float


def usual_sort(session: Session, grant: Grant) -> Sort:
    """Of a demonstration the invented incidents, of a station in life the real ones."""
    actor = grant.actor
    table, id_ = (Station, actor.station_id) if actor.station_id else (District, actor.district_id)
    return Sort.DEMO if session.scalar(select(table.demo).where(table.id == id_)) else Sort.REAL


def list_intervals(session: Session, grant: Grant, scope: Scope, by: By) -> list[IntervalLine]:
    """Raises NotByPerson, TooManyIncidents, as all of these do."""
    _check(grant, by)
    return interval_lines(load_cases(session, grant, scope), by, get_targets(session, grant))


def list_assists(session: Session, grant: Grant, scope: Scope, by: By, *, now: datetime) -> list[AssistLine]:
    """How helpers answered."""
    _check(grant, by)
    stretches = _stretches(session, grant, scope, now=now)
    return assist_lines(load_cases(session, grant, scope), by, _duty_h(stretches, by))


def list_closings(session: Session, grant: Grant, scope: Scope, by: By, *, now: datetime) -> list[ClosingLine]:
    """How incidents ended and what was late."""
    _check(grant, by)
    return closing_lines(load_cases(session, grant, scope), by, get_targets(session, grant), now)


def list_missed(session: Session, grant: Grant, scope: Scope, by: By) -> list[MissedLine]:
    """Where nobody was asked although the scenario asks for helpers."""
    _check(grant, by)
    return missed_lines(load_cases(session, grant, scope), by)


def get_burden(session: Session, grant: Grant, scope: Scope, *, now: datetime) -> Burden:
    """How evenly the asking lay on those on duty. The district gets no names."""
    stretches = _stretches(session, grant, scope, now=now)
    names = {str(one.responder_id): one.responder for one in stretches}
    hours = _duty_h(stretches, By.RESPONDER)
    found = burden(load_cases(session, grant, scope), hours, names)
    return replace(found, most=()) if grant.reach is Reach.DISTRICT else found


def list_coverage(session: Session, grant: Grant, scope: Scope, *, now: datetime) -> list[Hour]:
    """Who was on duty at each hour of the week, beside the calls."""
    end = min(scope.end, max(now, scope.start))
    stretches = list_stretches(session, grant, start=scope.start, end=scope.end, now=now, demo=scope.sort is Sort.DEMO)
    received = [case.received_at for case in load_cases(session, grant, scope)]
    parts = (Stretch(kind=one.kind, start=one.start, end=one.end) for one in _narrowed(stretches, scope))
    return coverage(parts, received, start=scope.start, end=end)


def get_own(session: Session, grant: Grant, scope: Scope, *, now: datetime) -> Own:
    """One's own part, by the same rules as everybody's."""
    cases = load_cases(session, grant, scope)
    stretches = list_stretches(session, grant, start=scope.start, end=scope.end, now=now, demo=scope.sort is Sort.DEMO)
    hours = sum(one.hours for one in stretches)
    key = str(grant.actor.responder_id)
    assists = assist_lines(cases, By.RESPONDER, {key: hours})
    return Own(
        assists=replace(assists[0], rank=None) if assists else None,
        intervals=interval_lines(cases, By.RESPONDER, get_targets(session, grant)),
        duty_h=hours,
    )


def find_behind(
    session: Session,
    grant: Grant,
    scope: Scope,
    *,
    table: Table,
    by: By,
    group: str,
    of: str,
    interval: str | None,
    now: datetime,
) -> frozenset[uuid.UUID]:
    """The incidents that one number of one line counts; empty for a line that there is not."""
    lines: Sequence[IntervalLine | AssistLine | ClosingLine | MissedLine]
    match table:
        case Table.INTERVALS:
            every = list_intervals(session, grant, scope, by)
            lines = [line for line in every if line.interval == interval]
        case Table.ASSISTS:
            lines = list_assists(session, grant, scope, by, now=now)
        case Table.CLOSINGS:
            lines = list_closings(session, grant, scope, by, now=now)
        case Table.MISSED:
            lines = list_missed(session, grant, scope, by)
    for line in lines:
        if line.group.key == group:
            return line.sets.get(of, frozenset())
    return frozenset()


def _check(grant: Grant, by: By) -> None:
    if grant.reach is Reach.DISTRICT and by in _OF_PEOPLE:
        raise NotByPerson


def _stretches(session: Session, grant: Grant, scope: Scope, *, now: datetime) -> list[DutyStretch]:
    """Of helpers: police are not asked, they are sent."""
    every = list_stretches(session, grant, start=scope.start, end=scope.end, now=now, demo=scope.sort is Sort.DEMO)
    return [one for one in _narrowed(every, scope) if one.kind != Kind.PATROL_UNIT]


def _narrowed(stretches: Iterable[DutyStretch], scope: Scope) -> list[DutyStretch]:
    return [
        one
        for one in stretches
        if scope.organization_id in (None, one.organization_id) and scope.responder_id in (None, one.responder_id)
    ]


def _duty_h(stretches: Iterable[DutyStretch], by: By) -> Mapping[str, float]:
    """Hours by the key of the group; a duty belongs to no scenario."""
    keys: Mapping[By, Callable[[DutyStretch], str]] = {
        By.ALL: lambda one: "all",
        By.ORGANIZATION: lambda one: str(one.organization_id),
        By.RESPONDER: lambda one: str(one.responder_id),
        By.STATION: lambda one: str(one.station_id),
    }
    key = keys.get(by)
    hours: dict[str, float] = defaultdict(float)
    for one in stretches if key is not None else ():
        assert key is not None
        hours[key(one)] += one.hours
    return hours
