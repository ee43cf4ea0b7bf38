"""When a safe-house is open: ``{"mon": [["08:00", "22:00"]], …}``, local time.

An interval that ends at or before its start runs past midnight (``["18:00", "02:00"]``); ``"24:00"`` is the
end of the day; a day that is not named is closed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone, tzinfo

from kit.errors import Invalid

#: no summer time since 1991, so the offset is the zone, and no zone data needs to be installed
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
MAX_INTERVALS = 4

Hours = Mapping[str, Sequence[Sequence[str]]]
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


class HoursRefused(Invalid):
    """These opening hours cannot be read."""

    slug, title = "opening-hours", "开放时间填写有误"
    hint = "请按“08:00-22:00”填写；全天为“00:00-24:00”，跨夜为“18:00-02:00”。"


def is_open(hours: Hours, at: datetime, tz: tzinfo = SHANGHAI) -> bool:
    """Whether ``hours`` hold at ``at`` (aware). The start belongs to an interval, the end does not."""
    local = at.astimezone(tz)
    minute = local.hour * 60 + local.minute
    today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
    for start, end in _intervals(hours, today):
        if start <= minute < end:
            return True
    return any(minute + DAY_MINUTES < end for _, end in _intervals(hours, yesterday))


def check_hours(hours: Hours) -> None:
    """Raises HoursRefused unless every day and time can be read."""
    for day, intervals in hours.items():
        if day not in DAYS or len(intervals) > MAX_INTERVALS:
            raise HoursRefused
        for interval in intervals:
            if len(interval) != 2 or not all(_TIME.fullmatch(time) for time in interval):
                raise HoursRefused
            if interval[0] in (interval[1], "24:00"):
                raise HoursRefused


def _intervals(hours: Hours, day: str) -> list[tuple[int, int]]:
    """Minutes since midnight; past midnight the end is beyond the day."""
    found = []
    for start_text, end_text in hours.get(day, ()):
        start, end = _minutes(start_text), _minutes(end_text)
        found.append((start, end if end > start else end + DAY_MINUTES))
    return found


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])
