"""The three times on a feedback form: what the officer states, completed by what was measured. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from kit.errors import Fault, Invalid

#: a phone's clock may be this much ahead
TOLERANCE = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class FormTimes:
    """Departure (出警), arrival (到场) and end of the handling (处置完毕)."""

    departed_at: datetime | None = None
    arrived_at: datetime | None = None
    handled_at: datetime | None = None


def check(stated: FormTimes, *, received_at: datetime, now: datetime) -> None:
    """Raises Invalid: a time lies ahead, they are out of order, or the end lies before the call."""
    named = (("departed_at", stated.departed_at), ("arrived_at", stated.arrived_at), ("handled_at", stated.handled_at))
    given = [(name, at) for name, at in named if at is not None]
    faults = [
        Fault(pointer=f"/{name}", code="timestamp-in-future", message="时间晚于当前时间")
        for name, at in given
        if at > now + TOLERANCE
    ]
    faults += [
        Fault(pointer=f"/{later}", code="times-out-of-order", message="出警、到场、处置完毕的时间先后不对")
        for (_, before), (later, after) in pairwise(given)
        if after < before
    ]
    if stated.handled_at is not None and stated.handled_at < received_at:
        faults.append(Fault(pointer="/handled_at", code="before-the-call", message="处置完毕时间早于接警时间"))
    if faults:
        raise Invalid(faults=tuple(faults), server_time=now.isoformat())


def fill(stated: FormTimes, measured: FormTimes, *, now: datetime) -> FormTimes:
    """Missing times from the measured ones; one that contradicts what was stated is left out, not bent.

    ``handled_at`` is always there afterwards: stated, measured, or now. Times stated within the tolerance
    ahead of ``now`` count as now.
    """
    begun = stated.arrived_at or stated.departed_at
    handled = stated.handled_at or _if_between(measured.handled_at, begun, now) or now
    arrived = stated.arrived_at or _if_between(measured.arrived_at, stated.departed_at, handled)
    departed = stated.departed_at or _if_between(measured.departed_at, None, arrived or handled)
    return FormTimes(
        departed_at=_until(departed, now), arrived_at=_until(arrived, now), handled_at=_until(handled, now)
    )


def _if_between(at: datetime | None, after: datetime | None, before: datetime) -> datetime | None:
    if at is None or at > before or (after is not None and at < after):
        return None
    return at


def _until(at: datetime | None, now: datetime) -> datetime | None:
    return None if at is None else min(at, now)
