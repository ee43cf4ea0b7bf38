"""From the text of a cell to a value. Each raises CellRefused with the reason in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from geo.crs import Bd09, CoordinateRefused, Gcj02, Position, check_plausible
from geo.responders.hours import DAYS, HoursRefused, check_hours
from geo.responders.rules import MAX_CREW, MOBILITY_LABELS
from geo.rosters.columns import NO, YES
from kit.phones import find_phone
from kit.texts import TextRefused, clean_line

MAX_NAME = 50
MAX_LINE = 200
_BADGE = re.compile(r"[A-Z0-9][A-Z0-9\-]{1,19}")
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,15})?")
_WEEK = "一二三四五六日"
_DAY = "(?:周|星期|礼拜)?[一二三四五六日天]"
_DAYS = re.compile(rf"^(每天|每日|工作日|周末|(?:周|星期|礼拜)[一二三四五六日天](?:(?:至|到|-|、|,){_DAY})*)")
_RANGE = re.compile(r"(\d{1,2}):(\d{2})(?:至|到|-)(?:次日|翌日)?(\d{1,2}):(\d{2})")
_WHOLE_DAY = ("全天", "24小时", "24小时营业")


class CellRefused(ValueError):
    """What is wrong with the cell, for the person who typed it."""


def read_line(text: str, limit: int = MAX_NAME) -> str:
    try:
        text = clean_line(text)
    except TextRefused as refused:
        raise CellRefused(refused.message) from None
    if len(text) > limit:
        raise CellRefused(f"不能超过 {limit} 个字")
    return text


def read_phone(text: str) -> str:
    """E.164."""
    phone = find_phone(text)
    if phone is None:
        hint = "；单元格须设为文本格式，避免变成科学计数" if re.search(r"[eE]\+", text) else ""
        raise CellRefused("手机号格式不正确" + hint)
    return phone


def read_badge(text: str) -> str:
    badge = unicodedata.normalize("NFKC", text).upper()
    if not _BADGE.fullmatch(badge) or find_phone(badge) is not None:
        raise CellRefused("应为 2 至 20 位字母、数字或短横线，且不能是手机号")
    return badge


def read_choice(text: str, choices: Mapping[str, str]) -> str:
    """The code of a label; the code itself is also understood."""
    wanted = unicodedata.normalize("NFKC", text).lower()
    for code, label in choices.items():
        if wanted in (code, unicodedata.normalize("NFKC", label).lower()):
            return code
    raise CellRefused("可填：" + "、".join(choices.values()))


def read_words(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Several, parted by 、 or a comma; each once."""
    parts = [part for part in re.split(r"[、,，;；/\s]+", text) if part]
    return tuple(dict.fromkeys(read_choice(part, known) for part in parts))


def read_mobility(text: str) -> str:
    return read_choice({"自行车": "骑行", "汽车": "车巡", "徒步": "步巡"}.get(text, text), MOBILITY_LABELS)


def read_crew(text: str) -> int:
    number = unicodedata.normalize("NFKC", text).removesuffix("人")
    if not re.fullmatch(r"\d{1,3}", number) or not 1 <= int(number) <= MAX_CREW:
        raise CellRefused(f"应为 1 至 {MAX_CREW} 的整数")
    return int(number)


def read_yes(text: str) -> bool:
    if text not in (YES, NO):
        raise CellRefused(f"可填：{YES}、{NO}")
    return text == YES


def read_crs(text: str) -> str:
    known = unicodedata.normalize("NFKC", text).upper().replace("-", "").replace(" ", "")
    for code, marks in {
        "wgs84": ("WGS84", "GPS"),
        "gcj02": ("GCJ02", "高德", "腾讯", "火星"),
        "bd09": ("BD09", "百度"),
    }.items():
        if any(mark in known for mark in marks):
            return code
    raise CellRefused("须注明坐标系：WGS-84（GPS）、GCJ-02（高德、腾讯）或 BD-09（百度）")


def read_degrees(text: str) -> float:
    number = unicodedata.normalize("NFKC", text).rstrip("°")
    if not _NUMBER.fullmatch(number):
        raise CellRefused("应为十进制度数，如 121.4633")
    return float(number)


def read_position(lon: float, lat: float, crs: str) -> Position:
    """WGS-84, converted exactly."""
    try:
        check_plausible(lon, lat)
        match crs:
            case "gcj02":
                return Gcj02(lon, lat).to_wgs84()
            case "bd09":
                return Bd09(lon, lat).to_wgs84()
            case _:
                return Position(lon, lat)
    except CoordinateRefused as refused:
        raise CellRefused(refused.message) from None


def read_hours(text: str) -> dict[str, list[list[str]]]:
    """``周一至周五 08:00-20:00；周末 10:00-18:00``; without days: every day."""
    hours: dict[str, list[list[str]]] = {}
    for part in re.split(r"[;\n]+", _ascii(text)):
        part = part.replace(" ", "")
        if not part:
            continue
        match = _DAYS.match(part)
        days = _read_days(match.group()) if match else DAYS
        for day in days:
            hours.setdefault(day, []).extend(_read_times(part[match.end() if match else 0 :].lstrip(":")))
    if not hours:
        raise CellRefused("应如：08:00-22:00")
    try:
        check_hours(hours)
    except HoursRefused as refused:
        raise CellRefused(refused.hint) from None
    return hours


def _ascii(text: str) -> str:
    return re.sub(r"[~–—−─]+", "-", unicodedata.normalize("NFKC", text).replace("。", ";"))


def _read_days(text: str) -> tuple[str, ...]:
    match text:
        case "每天" | "每日":
            return DAYS
        case "工作日":
            return DAYS[:5]
        case "周末":
            return DAYS[5:]
    found: list[str] = []
    for part in re.split(r"[、,]", text):
        ends = [_WEEK.index(c) for c in part.replace("天", "日") if c in _WEEK]
        first, last = ends[0], ends[-1]
        span = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
        found += [DAYS[i] for i in span]
    return tuple(dict.fromkeys(found))


def _read_times(text: str) -> list[list[str]]:
    if text in _WHOLE_DAY:
        return [["00:00", "24:00"]]
    times = []
    for part in re.split(r"[,、]", text):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise CellRefused("应如：08:00-22:00；周一至周五 08:00-20:00；全天")
        h1, m1, h2, m2 = match.groups()
        times.append([f"{int(h1):02}:{m1}", f"{int(h2):02}:{m2}"])
    return times
