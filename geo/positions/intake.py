"""The one door for fixes, whichever way they came: live socket, HTTP batch, tracker apps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.crs import Position
from geo.positions.errors import BatchTooLarge, OffDuty, TimestampInFuture, TimestampTooOld
from geo.positions.fix import Kind, Outcome, make_fix
from geo.positions.pipeline import MAX_BATCH, refuse_untimely
from geo.positions.writer import Answer, PositionWriter, Then
from kit.errors import PinganError


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFix:
    """A fix as its sender said it, already in WGS-84; metres, metres per second, degrees from north, percent."""

    captured_at: datetime
    position: Position
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    battery_pct: int | None = None


def take(
    writer: PositionWriter,
    responder_id: uuid.UUID,
    raw_fixes: Sequence[RawFix],
    *,
    source: str,
    at: datetime,
    then: Then,
) -> None:
    """Take the fixes of one responder, received at ``at``; ``then`` gets one outcome for each, in their order, once
    those that are kept are committed, or Unavailable; from another thread. Never waits for the database.

    Raises BatchTooLarge beyond 500, Unavailable when too much is waiting. Whether the responder is on duty is judged
    when they are written.
    """
    if len(raw_fixes) > MAX_BATCH:
        raise BatchTooLarge
    codes = [refuse_untimely(raw.captured_at, at) for raw in raw_fixes]
    fixes = [
        make_fix(
            responder_id=responder_id,
            captured_at=raw.captured_at,
            position=raw.position,
            accuracy_m=raw.accuracy_m,
            speed_mps=raw.speed_mps,
            heading_deg=raw.heading_deg,
            battery_pct=raw.battery_pct,
            source=source,
            received_at=at,
        )
        for raw, code in zip(raw_fixes, codes, strict=True)
        if code is None
    ]

    def join(answer: Answer) -> None:
        if isinstance(answer, list):
            written = iter(answer)
            answer = [next(written) if code is None else Outcome(Kind.REFUSED, code) for code in codes]
        then(answer)

    writer.submit(fixes, then if len(fixes) == len(codes) else join)


_REFUSALS: dict[str, type[PinganError]] = {k.slug: k for k in (OffDuty, TimestampInFuture, TimestampTooOld)}


def refuse_if_none_was_kept(outcomes: Sequence[Outcome], *, at: datetime) -> None:
    """Raise the refusal that all fixes share, with the server's time, so that a phone can act on it."""
    codes = {outcome.code for outcome in outcomes}
    if len(codes) == 1:
        kind = _REFUSALS.get(codes.pop() or "")
        if kind is not None:
            raise kind(server_time=at.isoformat())
