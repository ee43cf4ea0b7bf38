"""Do two calls tell of the same event? A pure judgement with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from dispatch.incidents.catalogue import are_related

RADIUS_M = 300.0
PERIOD = timedelta(minutes=30)

_NEAR, _SOON, _SAME_TYPE, _RELATED_TYPE, _SAME_CALLER = 0.35, 0.15, 0.4, 0.25, 0.5

#: what the dispatcher reads
REASONS = {
    "near": "地点相近",
    "same_time": "时间相近",
    "same_type": "类型相同",
    "related_type": "类型相关",
    "same_caller": "同一报警人",
}

K = TypeVar("K")


@dataclass(frozen=True, kw_only=True)
class Report(Generic[K]):
    """What is compared of a call. ``distance_m`` is measured from the call that is asked about."""

    key: K
    type: str
    at: datetime
    distance_m: float
    same_caller: bool


@dataclass(frozen=True, kw_only=True)
class Duplicate(Generic[K]):
    """A call that may be the same; ``score`` from 0 to 1."""

    key: K
    score: float
    reasons: tuple[str, ...]
    distance_m: float
    apart_s: float


def judge(*, type_: str, at: datetime, other: Report[K]) -> Duplicate[K] | None:
    """None when they have too little in common: within 30 min, and either the same caller, or within 300 m
    with the same or a related type."""
    apart = abs(other.at - at)
    near = other.distance_m <= RADIUS_M
    kin = "same_type" if other.type == type_ else "related_type" if are_related(other.type, type_) else None
    if apart > PERIOD or not (other.same_caller or (near and kin)):
        return None
    parts = {"same_time": _SOON * (1 - apart / PERIOD)}
    if near:
        parts["near"] = _NEAR * (1 - other.distance_m / RADIUS_M)
    if kin:
        parts[kin] = _SAME_TYPE if kin == "same_type" else _RELATED_TYPE
    if other.same_caller:
        parts["same_caller"] = _SAME_CALLER
    return Duplicate(
        key=other.key,
        score=round(min(1.0, sum(parts.values())), 3),
        reasons=tuple(sorted(parts, key=lambda name: (-parts[name], name))),
        distance_m=round(other.distance_m, 1),
        apart_s=apart.total_seconds(),
    )


def rank_duplicates(*, type_: str, at: datetime, others: Iterable[Report[K]]) -> list[Duplicate[K]]:
    """Those that may be the same, the likeliest first."""
    found = [judged for other in others if (judged := judge(type_=type_, at=at, other=other)) is not None]
    return sorted(found, key=lambda d: (-d.score, d.apart_s, str(d.key)))
