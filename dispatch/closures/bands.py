"""The bands in which police print how fast they were (指令签收、出警、反馈速度). Pure.

The bounds are those of published weekly notices of county and district bureaus: signing in seconds up to
30/60/120/180, setting out in minutes up to 5/10/15/30, feedback in minutes up to 30/60/120/240. A bound
belongs to the band below it ("签收 ≤30 秒").
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True)
class Bands:
    """Upper bounds in seconds, and the name of each band; the last one is open."""

    bounds_s: tuple[int, ...]
    names: tuple[str, ...]

    def band(self, seconds: float | None) -> str | None:
        """The band's name; None for an interval that is not known."""
        return None if seconds is None else self.names[bisect_left(self.bounds_s, seconds)]


SIGNING = Bands((30, 60, 120, 180), ("0–30 秒", "30–60 秒", "60–120 秒", "120–180 秒", "180 秒以上"))
DEPARTURE = Bands((300, 600, 900, 1800), ("0–5 分钟", "5–10 分钟", "10–15 分钟", "15–30 分钟", "30 分钟以上"))
FEEDBACK = Bands((1800, 3600, 7200, 14400), ("0–30 分钟", "30–60 分钟", "1–2 小时", "2–4 小时", "4 小时以上"))


def signing_band(seconds: float | None) -> str | None:
    """指令签收速度."""
    return SIGNING.band(seconds)


def departure_band(seconds: float | None) -> str | None:
    """指令出警速度."""
    return DEPARTURE.band(seconds)


def feedback_band(seconds: float | None) -> str | None:
    """指令反馈速度."""
    return FEEDBACK.band(seconds)
