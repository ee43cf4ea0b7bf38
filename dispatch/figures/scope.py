"""Which incidents figures are made of: a period, one sort of incidents, and what they are narrowed to. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from geo.responders.hours import SHANGHAI
from kit.errors import Invalid

MAX_PERIOD = timedelta(days=366)


class PeriodTooLong(Invalid):
    """Figures are made of a year at most."""

    slug, title, hint = "period-too-long", "统计时间过长", "请将统计时间缩短到一年以内。"


class PeriodEmpty(Invalid):
    """The period ends before it begins."""

    slug, title, hint = "period-empty", "统计时间有误", "结束时间应晚于开始时间。"


class TooManyIncidents(Invalid):
    """More incidents than one answer computes with."""

    slug, title, hint = "too-many-incidents", "警情数量超出单次统计上限", "请缩短统计时间，或选择一个场景、单位。"


class NotByPerson(Invalid):
    """The district sees its stations, not their people."""

    slug, title, hint = "not-by-person", "分局统计不细到个人", "请按派出所、周或场景统计。"


class Sort(StrEnum):
    """Drills and demonstrations never count together with what really happened."""

    REAL = "real"  #: 实战
    DRILL = "drill"  #: 拉动
    DEMO = "demo"  #: 演示


class By(StrEnum):
    """What the figures are told apart by."""

    ALL = "all"
    WEEK = "week"
    SCENARIO = "scenario"
    STATION = "station"
    ORGANIZATION = "organization"
    RESPONDER = "responder"
    TAKER = "taker"  #: who took the call


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Received from ``start`` until before ``end``; None: not narrowed."""

    start: datetime
    end: datetime
    sort: Sort
    scenarios: Collection[str] = ()
    organization_id: uuid.UUID | None = None
    responder_id: uuid.UUID | None = None

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodEmpty
        if self.end - self.start > MAX_PERIOD:
            raise PeriodTooLong


def week_of(at: datetime) -> str:
    """The ISO week by the district's clock: ``2026-W48``."""
    year, week, _ = at.astimezone(SHANGHAI).isocalendar()
    return f"{year}-W{week:02d}"


def week_label(key: str) -> str:
    """``2026-W48`` as its first and last day."""
    year, week = key.split("-W")
    first = datetime.fromisocalendar(int(year), int(week), 1)
    last = first + timedelta(days=6)
    return f"{first.month}月{first.day}日—{last.month}月{last.day}日"
