"""Past or present calls from a CSV file, row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.intake.classify import Classified, classify
from dispatch.intake.cleaning import clean
from geo.crs import Bd09, CoordinateRefused, Gcj02, Position, check_plausible
from kit.errors import Fault, Invalid
from kit.phones import find_phone

#: what a column may hold; a column named ``-`` is passed over
COLUMNS = ("lat", "lon", "type", "time", "address", "township", "number", "level", "summary", "phone")
_NEEDED = ("lat", "lon", "type", "time")
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S")
_DATUMS: dict[str, type[Position | Gcj02 | Bd09]] = {"wgs84": Position, "gcj02": Gcj02, "bd09": Bd09}
MAX_TEXT = 2000
MAX_LINE = 200


class ColumnsRefused(Invalid):
    """The columns are not ones that calls are read from."""

    slug, title = "columns-refused", "列名有误"
    hint = "至少需要 lat、lon、type、time；可用列：" + "、".join(COLUMNS) + "；不读取的列写 -。"


class ZoneUnknown(Invalid):
    """There is no such time zone."""

    slug, title, hint = "timezone-unknown", "没有这个时区", "例如 Asia/Shanghai、America/New_York。"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a file. ``called_at`` is aware, ``category_text`` the file's own words."""

    row: int
    position: Position
    category_text: str
    category: str
    type: str
    level: int
    called_at: datetime
    address: str
    township: str = ""
    summary: str
    number: str | None = None
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """Why a row is no call. The value itself is not carried: it may be a telephone number."""

    row: int
    column: str
    message: str

    def fault(self) -> Fault:
        """As an error carries it."""
        return Fault(pointer=f"/rows/{self.row}/{self.column}", code="row", message=f"第 {self.row} 行：{self.message}")


def find_zone(name: str) -> tzinfo:
    """The time zone; raises ZoneUnknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ZoneUnknown from unknown


def read_rows(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    zone: tzinfo,
    crs: str = "wgs84",
    mapping: Mapping[str, Classified] | None = None,
    limit: int | None = None,
) -> Iterator[Call | RowFault]:
    """Every row as a call or as what is wrong with it; the file is read as a stream.

    ``columns`` names them in their order; None: the first row does. Times without an offset are of ``zone``.
    Raises ColumnsRefused.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file)
        first = 1
        if columns is None:
            columns, first = [name.strip().lower() for name in next(rows, [])], 2
        places = _places(columns)
        for number, row in enumerate(islice(rows, limit), start=first):
            if any(cell.strip() for cell in row):
                yield _read(number, row, places, zone, crs, mapping)


def read_calls(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    timezone: str = "Asia/Shanghai",
    crs: str = "wgs84",
    mapping: Mapping[str, Classified] | None = None,
    limit: int | None = None,
) -> Iterator[Call]:
    """The calls of a file, at most ``limit``; rows that are no calls are passed over. For a replay."""
    rows = read_rows(path, columns=columns, zone=find_zone(timezone), crs=crs, mapping=mapping)
    return islice((row for row in rows if isinstance(row, Call)), limit)


def _places(columns: Sequence[str]) -> dict[str, int]:
    named = [name for name in columns if name != "-"]
    if set(_NEEDED) - set(named) or set(named) - set(COLUMNS) or len(set(named)) != len(named):
        raise ColumnsRefused
    return {name: index for index, name in enumerate(columns) if name != "-"}


def _read(
    number: int,
    row: Sequence[str],
    places: Mapping[str, int],
    zone: tzinfo,
    crs: str,
    mapping: Mapping[str, Classified] | None,
) -> Call | RowFault:
    if len(row) <= max(places.values()):
        return RowFault(row=number, column="-", message=f"只有 {len(row)} 列，少于列名所需")
    cells = {name: clean(row[index]) for name, index in places.items()}
    try:
        position = _position(cells["lon"], cells["lat"], crs)
    except CoordinateRefused as refused:
        return RowFault(row=number, column="lat", message=refused.message)
    except ValueError:
        return RowFault(row=number, column="lat", message="经纬度不是数字")
    called_at = _instant(cells["time"], zone)
    if called_at is None:
        return RowFault(row=number, column="time", message="时间无法识别，应为 2026-11-24 08:30 这样的格式")
    if not cells["type"]:
        return RowFault(row=number, column="type", message="类型为空")
    if cells.get("level", "") not in ("", "1", "2", "3", "4"):
        return RowFault(row=number, column="level", message="级别应为 1 至 4")
    if len(cells.get("number", "")) > 40:
        return RowFault(row=number, column="number", message="编号过长")
    phone = cells.get("phone") or None
    category, type_, level = classify(cells["type"], mapping)
    township, address = cells.get("township", ""), cells.get("address", "")
    where = " ".join(part for part in (township, address) if part)
    return Call(
        row=number,
        position=position,
        category_text=cells["type"][:MAX_LINE],
        category=category,
        type=type_,
        level=int(cells["level"]) if cells.get("level") else level,
        called_at=called_at,
        township=township,
        address=where[:MAX_LINE],
        summary=(cells.get("summary") or cells["type"])[:MAX_TEXT],
        number=cells.get("number") or None,
        phone=(find_phone(phone) or phone[:32]) if phone else None,
    )


def _position(lon: str, lat: str, crs: str) -> Position:
    x, y = float(lon), float(lat)
    check_plausible(x, y)
    point = _DATUMS[crs](x, y)
    return point if isinstance(point, Position) else point.to_wgs84()


def _instant(text: str, zone: tzinfo) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)
