"""Has he arrived, has he left: judged from fixes and how good they are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from geo.crs import Position
from geo.distance import metres_between

#: a scene is a shop front or a junction, not a point
TARGET_RADIUS_M = 50.0
#: two fixes this far apart in time, both there: he stays and does not pass by
DWELL = timedelta(seconds=15)
#: one fix this good and this near is enough
SHARP_ACCURACY_M, SHARP_DISTANCE_M = 20.0, 30.0
#: a worse fix says nothing
WORST_ACCURACY_M = 150.0
#: leaving a fence of 20 m is how volunteers' turnout was measured (PMID 40816549); 30 m keeps drift out
LEFT_M = 30.0


@dataclass(frozen=True, kw_only=True)
class Fix:
    """Where somebody was. ``accuracy_m``: radius within which he is with about two thirds' certainty."""

    position: Position
    accuracy_m: float
    captured_at: datetime


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """``there`` with its evidence; "maybe": a second fix is to confirm it; "no": away, or not to be told."""

    there: Literal["yes", "maybe", "no"]
    distance_m: float
    confidence: float


def judge_arrival(fix: Fix, target: Position, *, first_seen_at: datetime | None) -> Judgement:
    """Whether ``fix`` (and an earlier one at ``first_seen_at``, already near) makes an arrival.

    ``confidence`` 0–1: the share of the fix's circle of error that lies around the target, doubled trust for
    a dwell.
    """
    distance_m = metres_between(fix.position, target)
    if fix.accuracy_m > WORST_ACCURACY_M:
        return Judgement(there="no", distance_m=distance_m, confidence=0.0)
    # the reach grows with the error, but never by more than the target's own size
    reach_m = TARGET_RADIUS_M + min(fix.accuracy_m, TARGET_RADIUS_M)
    if distance_m > reach_m:
        return Judgement(there="no", distance_m=distance_m, confidence=0.0)
    single = TARGET_RADIUS_M / (TARGET_RADIUS_M + fix.accuracy_m)
    if fix.accuracy_m <= SHARP_ACCURACY_M and distance_m <= SHARP_DISTANCE_M:
        return Judgement(there="yes", distance_m=distance_m, confidence=round(max(single, 0.8), 2))
    if first_seen_at is not None and fix.captured_at - first_seen_at >= DWELL:
        return Judgement(there="yes", distance_m=distance_m, confidence=round(1 - (1 - single) ** 2, 2))
    return Judgement(there="maybe", distance_m=distance_m, confidence=round(single, 2))


def has_left(fix: Fix, *, started_from: Position, target: Position) -> bool:
    """Whether he moved more than LEFT_M from where he accepted, and came nearer to the target by it."""
    moved_m = metres_between(fix.position, started_from)
    gained_m = metres_between(started_from, target) - metres_between(fix.position, target)
    certain_m = LEFT_M + min(fix.accuracy_m, WORST_ACCURACY_M) / 2
    return fix.accuracy_m <= WORST_ACCURACY_M and moved_m > certain_m and gained_m > LEFT_M / 2
