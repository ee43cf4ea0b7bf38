"""How much longer a way takes at each hour: a table that a town replaces by its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from geo.responders.hours import SHANGHAI
from geo.roads.errors import HoursFileRefused
from kit.errors import Fault

MEANS: Final = ("foot", "bicycle", "car")
DAYS: Final = ("workday", "weekend")
#: who says more than that has mistaken the unit
LEAST, MOST = 0.25, 10.0

#: 24 factors of time per means and day, from midnight; 1.0: the speeds of ``speeds.py``
Hours = Mapping[tuple[str, str], tuple[float, ...]]

_STEADY = (1.0,) * 24
#: The measure is that of the traffic reports (拥堵延时指数): time over the time on empty streets. They take 7 to 9 and
#: 17 to 19 for the peaks and gave the worst towns 1.9 at the peak (2019); 1.6 stands for a large town. Invented
#: between the peaks. Replace it by what the town itself measures: ``./pingan import roads FILE --hours TABLE``.
_CAR_WORKDAY = (1.0,) * 6 + (1.2, 1.6, 1.6, 1.4) + (1.3,) * 6 + (1.4, 1.6, 1.6, 1.3, 1.2, 1.1, 1.0, 1.0)
_CAR_WEEKEND = (1.0,) * 8 + (1.1, 1.2) + (1.3,) * 9 + (1.2, 1.1, 1.1, 1.0, 1.0)

DEFAULT_HOURS: Hours = {
    ("foot", "workday"): _STEADY,
    ("foot", "weekend"): _STEADY,
    ("bicycle", "workday"): _STEADY,
    ("bicycle", "weekend"): _STEADY,
    ("car", "workday"): _CAR_WORKDAY,
    ("car", "weekend"): _CAR_WEEKEND,
}


def factor_at(hours: Hours, means: str, at: datetime | None) -> float:
    """The factor at an instant (aware), by the clock of Shanghai; None: the empty streets. Public holidays count as
    the weekday that they fall on."""
    if at is None:
        return 1.0
    local = at.astimezone(SHANGHAI)
    return hours[means, DAYS[local.weekday() >= 5]][local.hour]


def read_hours(raw: bytes) -> Hours:
    """A CSV with means, day, hour, factor; hours that it does not name keep the default.

    Raises HoursFileRefused with one fault for each faulty row, in Chinese.
    """
    table = {key: list(factors) for key, factors in DEFAULT_HOURS.items()}
    faults: list[Fault] = []
    seen: set[tuple[str, str, int]] = set()
    try:
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise _refuse(Fault(pointer="/", code="encoding", message="文件不是 UTF-8 编码的 CSV")) from None
    for number, row in enumerate(rows, start=2):
        try:
            means, day, hour, factor = _read_row(row)
            if (means, day, hour) in seen:
                raise ValueError("这一小时已经写过")
            seen.add((means, day, hour))
            table[means, day][hour] = factor
        except ValueError as wrong:
            faults.append(Fault(pointer=f"/{number}", code="row", message=f"第 {number} 行：{wrong}"))
    if not rows:
        faults.append(Fault(pointer="/", code="missing", message="表中没有任何一行"))
    if faults:
        raise _refuse(*faults)
    return {key: tuple(factors) for key, factors in table.items()}


def _read_row(row: Mapping[str, str | None]) -> tuple[str, str, int, float]:
    means, day = (row.get("means") or "").strip(), (row.get("day") or "").strip()
    if means not in MEANS:
        raise ValueError("means 应为 foot、bicycle 或 car")
    if day not in DAYS:
        raise ValueError("day 应为 workday 或 weekend")
    hour = (row.get("hour") or "").strip()
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):
        raise ValueError("hour 应为 0 到 23")
    try:
        factor = float(row.get("factor") or "")
    except ValueError:
        raise ValueError("factor 不是数值") from None
    if not LEAST <= factor <= MOST:
        raise ValueError(f"factor 应在 {LEAST:g} 到 {MOST:g} 之间")
    return means, day, int(hour), factor


def _refuse(*faults: Fault) -> HoursFileRefused:
    return HoursFileRefused(faults=faults)
