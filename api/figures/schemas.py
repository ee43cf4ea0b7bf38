"""Figures as they are shown: each with its n, and with what leads to its incidents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field, model_validator

from api.fields import View
from dispatch.closures.overdue import StageName
from dispatch.figures.scope import By, Scope, Sort

T = TypeVar("T")


class GroupOut(View):
    """What a line is about."""

    key: str = Field(examples=["2026-W48"])
    label: str = Field(examples=["11月23日—11月29日"])


class QuantileOut(View):
    """Below ``value`` lies the share ``p``; low and high hold the true one with 95 %, null where n is too small."""

    p: float = Field(examples=[0.9])
    value: float
    low: float | None
    high: float | None


class ShareOut(View):
    """``count`` of ``n``, with Wilson's interval of 95 %; null without any n."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


class BandOut(View):
    """How many of the measured lie in one band of police reports."""

    name: str = Field(examples=["0–30 秒"])
    count: int
    share: float


class _Line(View):
    group: GroupOut
    sets: dict[str, int] = Field(
        description="how many incidents are behind each number; its name is `of` in /figures/incidents",
        examples=[{"measured": 41, "late": 3}],
    )

    @model_validator(mode="before")
    @classmethod
    def _counted(cls, line: Any) -> Any:
        if isinstance(line, dict):
            return line
        return {**vars(line), "sets": {name: len(ids) for name, ids in sorted(line.sets.items())}}


class IntervalLineOut(_Line):
    """One interval; only ends that were measured count, ``left_out`` are those known otherwise or not at all."""

    interval: str = Field(examples=["signing"])
    n: int
    left_out: int
    mean_s: float | None
    quantiles: list[QuantileOut]
    target_s: int | None
    within: ShareOut | None = Field(description="within the station's target")
    bands: list[BandOut]


class StandingOut(View):
    """Scores: ``shrunken`` is drawn towards the mean of all the less the fewer they are."""

    n: int
    average: float | None
    shrunken: float | None


class AssistLineOut(_Line):
    """How helpers answered. ``rank`` by the lower bound of arrivals per offer that was not called off."""

    offers: int
    received: int
    accepted: int
    declined: int
    ignored: int
    called_off: int
    arrived: int
    completed: int
    failed: int
    acceptance: ShareOut
    arrival: ShareOut
    arrived_of_offers: ShareOut
    answering: list[QuantileOut]
    ratings: StandingOut
    unrated: int
    duty_h: float
    offers_per_duty_h: float | None
    rank: int | None


class StageOut(View):
    """Late: done, but after its time. Running: overdue now."""

    stage: StageName
    late: int
    running: int


class ClosingLineOut(_Line):
    """How incidents ended."""

    incidents: int
    open: int
    ended: dict[str, int] = Field(examples=[{"closed": 40, "cancelled": 2, "merged": 1, "unstaffed": 0}])
    closed: ShareOut
    returned: ShareOut
    completeness_mean: float | None
    completeness: list[QuantileOut]
    stages: list[StageOut]


class MissedLineOut(_Line):
    """``eligible``: the scenario asks for helpers. ``reasons``: not_dispatched, not_asked, ended_first, nobody:…"""

    eligible: int
    missed: ShareOut
    reasons: dict[str, int]


class MostOut(View):
    """Somebody who was asked often."""

    responder_id: str
    name: str
    offers: int
    offers_per_duty_h: float


class BurdenOut(View):
    """Offers per duty hour of those on duty for an hour at least; ``gini`` 0 is even."""

    people: int
    offers: int
    duty_h: float
    offers_per_duty_h: float | None
    gini: float | None
    ignored: ShareOut
    quantiles: list[QuantileOut]
    most: list[MostOut]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, burden: Any) -> Any:
        if isinstance(burden, dict):
            return burden
        most = [
            {"responder_id": group.key, "name": group.label, "offers": offers, "offers_per_duty_h": rate}
            for group, offers, rate in burden.most
        ]
        return {**vars(burden), "most": most}


class HourOut(View):
    """Means of one hour of the week (Monday is 1), by the clock of China."""

    weekday: int
    hour: int
    on_duty: dict[str, float] = Field(examples=[{"guard": 12.5, "patrol_unit": 3.0}])
    incidents: float


class OwnFiguresOut(View):
    """One's own part."""

    start: datetime
    end: datetime
    sort: Sort
    duty_h: float
    assists: AssistLineOut | None
    intervals: list[IntervalLineOut]


class FiguresOut(BaseModel, Generic[T]):
    """A table of figures and what it was made of."""

    start: datetime
    end: datetime
    sort: Sort = Field(description="drills and demonstrations are never counted with real incidents")
    by: By
    items: list[T]


def table(scope: Scope, by: By, items: Iterable[T]) -> dict[str, Any]:
    """The members of a FiguresOut."""
    return {"start": scope.start, "end": scope.end, "sort": scope.sort, "by": by, "items": list(items)}
