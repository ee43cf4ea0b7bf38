"""What happens to fixes on their way in, as steps over values: no database, no clock.

``fold`` is the whole of it for one duty of one responder. It is a fold over the fixes in the order of
their capture, so that any order of arrival, any batching and any repetition end in the same track and the
same last position: a fix that comes late makes the writer fold again from the good fix before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.distance import metres_between
from geo.positions.errors import TimestampInFuture, TimestampTooOld
from geo.positions.fix import Fix

MAX_BATCH = 500
FUTURE_TOLERANCE = timedelta(seconds=30)
MAX_AGE = timedelta(hours=24)
#: beyond this a fix says in which quarter somebody is, not at which gate: kept in the track, never shown as his place
MAX_ACCURACY_M = 1000.0
#: 250 km/h: nobody who helps moves faster, a car of the police at its fastest included
MAX_SPEED_MPS = 70.0
#: what two good receivers may disagree by between walls, beside what they admit to
JUMP_SLACK_M = 100.0
#: one jump is a reflection between walls; after so many in a row the command room is told
SUSPECT_AFTER = 3
#: a receiver that does not say how good it is
UNKNOWN_ACCURACY_M = 50.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A duty: from ``start``, before ``end``; ``end`` None while it lasts."""

    start: datetime
    end: datetime | None

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True)
class Tracked:
    """One row of a track."""

    fix: Fix
    suspect: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """The track of one duty, and the fix that says where he is now."""

    track: tuple[Tracked, ...]
    last: Fix | None


def refuse_untimely(captured_at: datetime, received_at: datetime) -> str | None:
    """The code of the refusal, by the time of the fix alone."""
    if captured_at > received_at + FUTURE_TOLERANCE:
        return TimestampInFuture.slug
    if captured_at < received_at - MAX_AGE:
        return TimestampTooOld.slug
    return None


def find_duty(duties: Sequence[Interval], captured_at: datetime) -> Interval | None:
    """The duty during which it was captured; None: off duty, to be forgotten."""
    return next((duty for duty in duties if duty.holds(captured_at)), None)


def prefer(one: Fix, other: Fix) -> Fix:
    """Of two fixes of one instant (two devices) the more accurate, whichever came first; coarse only if both are."""
    return min(one, other, key=_rank)


def sort_unique(fixes: Iterable[Fix]) -> list[Fix]:
    """In the order of capture, one for each instant."""
    by_instant: dict[datetime, Fix] = {}
    for fix in fixes:
        held = by_instant.get(fix.captured_at)
        by_instant[fix.captured_at] = fix if held is None else prefer(held, fix)
    return [by_instant[instant] for instant in sorted(by_instant)]


def is_coarse(fix: Fix) -> bool:
    """Too inaccurate to say where he is."""
    return fix.accuracy_m is not None and fix.accuracy_m > MAX_ACCURACY_M


def is_jump(before: Fix, fix: Fix) -> bool:
    """Whether he cannot have come there from ``before`` (a mocked or broken receiver)."""
    allowed_m = (
        MAX_SPEED_MPS * (fix.captured_at - before.captured_at).total_seconds()
        + JUMP_SLACK_M
        + _radius_m(before)
        + _radius_m(fix)
    )
    return metres_between(before.position, fix.position) > allowed_m


def fold(fixes: Iterable[Fix], *, last: Fix | None = None) -> Folded:
    """Fold the fixes of one duty; ``last`` is the good fix before all of them, if any."""
    track: list[Tracked] = []
    for fix in sort_unique(fixes):
        coarse = is_coarse(fix)
        suspect = not coarse and last is not None and is_jump(last, fix)
        track.append(Tracked(fix, suspect))
        if not coarse and not suspect:
            last = fix
    return Folded(tuple(track), last)


def count_suspects(track: Sequence[Tracked], *, before: int = 0) -> int:
    """How many jumps in a row the track ends with, ``before`` of them ahead of it. A coarse fix says nothing."""
    count = 0
    for tracked in reversed(track):
        if tracked.suspect:
            count += 1
        elif not is_coarse(tracked.fix):
            return count
    return before + count


def _radius_m(fix: Fix) -> float:
    return UNKNOWN_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m


def _rank(fix: Fix) -> tuple[bool, float, float, float, float, float, str]:
    return (
        # one that nobody is shown at must not take the place of one that he has been shown at
        is_coarse(fix),
        math.inf if fix.accuracy_m is None else fix.accuracy_m,
        fix.position.lon,
        fix.position.lat,
        -1.0 if fix.speed_mps is None else fix.speed_mps,
        -1.0 if fix.heading_deg is None else fix.heading_deg,
        fix.source,
    )
