"""What is exported, as a value: it does not know whether it becomes a sheet or a page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.responders.hours import SHANGHAI

Cell = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading with lines of text, a table, or both."""

    title: str
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Who takes it along, who agreed, when: on every page."""

    person: str
    number: str
    at: datetime
    station: str
    agreed_by: str | None = None

    @property
    def watermark(self) -> str:
        """What lies across the page."""
        return f"{self.person} {self.number} {say_time(self.at)}"

    @property
    def footer(self) -> str:
        agreed = f"  复核：{self.agreed_by}" if self.agreed_by else ""
        return f"{self.station}  导出：{self.watermark}{agreed}  内部资料，严禁外传"


@dataclass(frozen=True, kw_only=True)
class Document:
    """``synthetic``: it holds invented data, and says so on every page."""

    title: str
    subtitle: str
    sections: Sequence[Section]
    synthetic: bool = False


#: on every page of what was invented
SYNTHETIC = "演示数据，非真实警情"


def say_time(at: datetime | None) -> str:
    """By the clock of China, to the second."""
    return "" if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def say_day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def say_seconds(seconds: float | None) -> str:
    """``4 分 05 秒``; nothing for what is not known."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} 秒"
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60:02d} 秒"
    return f"{whole // 3600} 小时 {whole % 3600 // 60:02d} 分"


def say_share(value: float | None) -> str:
    """One decimal, as the weekly notices print it."""
    return "" if value is None else f"{value * 100:.1f} %"
