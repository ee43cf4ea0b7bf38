"""The one door for fixes, whichever way they came: live socket, HTTP batch, tracker apps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from geo.crs import Position
from geo.positions.errors import BatchTooLarge, OffDuty, TimestampInFuture, TimestampTooOld
from geo.positions.fix import Kind, Outcome, make_fix
from geo.positions.pipeline import MAX_BATCH, refuse_untimely
from geo.positions.writer import PositionWriter
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
    writer: PositionWriter, responder_id: uuid.UUID, raw_fixes: Sequence[RawFix], *, source: str, at: datetime
) -> Future[list[Outcome]]:
    """Take the fixes of one responder, received at ``at``; the future gives one outcome for each, in their order,
    once those that are kept are committed. Never waits for the database: safe on an event loop (``wrap_future``).

    Raises BatchTooLarge beyond 500, Unavailable when too much is waiting; the future carries Unavailable when the
    database did not answer. Whether the responder is on duty is judged when they are written.
    """
    if len(raw_fixes) > MAX_BATCH:
        raise BatchTooLarge
    outcomes: list[Outcome | None] = []
    fixes = []
    for raw in raw_fixes:
        code = refuse_untimely(raw.captured_at, at)
        outcomes.append(Outcome(Kind.REFUSED, code) if code else None)
        if code is None:
            fixes.append(
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
            )
    written = writer.submit(fixes)
    if len(fixes) == len(outcomes):
        return written
    answer: Future[list[Outcome]] = Future()

    def join(written: Future[list[Outcome]]) -> None:
        # whoever waited may have gone
        if not answer.set_running_or_notify_cancel():
            return
        failure = written.exception()
        if failure is not None:
            answer.set_exception(failure)
            return
        rest = iter(written.result())
        answer.set_result([outcome if outcome is not None else next(rest) for outcome in outcomes])

    written.add_done_callback(join)
    return answer


_REFUSALS: dict[str, type[PinganError]] = {k.slug: k for k in (OffDuty, TimestampInFuture, TimestampTooOld)}


def refuse_if_none_was_kept(outcomes: Sequence[Outcome], *, at: datetime) -> None:
    """Raise the refusal that all fixes share, with the server's time, so that a phone can act on it."""
    codes = {outcome.code for outcome in outcomes}
    if len(codes) == 1:
        kind = _REFUSALS.get(codes.pop() or "")
        if kind is not None:
            raise kind(server_time=at.isoformat())
