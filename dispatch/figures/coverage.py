"""How many were on duty at each hour of the week, beside how many calls came. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.responders.hours import SHANGHAI

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Somebody of a kind on duty."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One hour of the week by the district's clock; Monday is 1. Means over the weeks of the period."""

    weekday: int
    hour: int
    on_duty: dict[str, float]
    incidents: float


def coverage(
    stretches: Iterable[Stretch], incidents: Iterable[datetime], *, start: datetime, end: datetime
) -> list[Hour]:
    """168 lines, Monday 0 o'clock first. An hour that the period holds in part counts by its part."""
    held: dict[tuple[int, int], float] = defaultdict(float)
    for cell, hours in _cells(start, end):
        held[cell] += hours
    present: dict[tuple[int, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for stretch in stretches:
        for cell, hours in _cells(max(stretch.start, start), min(stretch.end, end)):
            present[cell][stretch.kind] += hours
    calls: dict[tuple[int, int], int] = defaultdict(int)
    for at in incidents:
        local = at.astimezone(SHANGHAI)
        calls[local.isoweekday(), local.hour] += 1
    return [
        Hour(
            weekday=weekday,
            hour=hour,
            on_duty={kind: hours / held[weekday, hour] for kind, hours in sorted(present[weekday, hour].items())}
            if held[weekday, hour]
            else {},
            incidents=calls[weekday, hour] / held[weekday, hour] if held[weekday, hour] else 0.0,
        )
        for weekday in range(1, 8)
        for hour in range(24)
    ]


def _cells(start: datetime, end: datetime) -> Iterator[tuple[tuple[int, int], float]]:
    """The hours of the week between two instants, and how much of each, in hours."""
    at = start.astimezone(SHANGHAI)
    until = end.astimezone(SHANGHAI)
    while at < until:
        following = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        yield (at.isoweekday(), at.hour), (following - at) / _HOUR
        at = following
