"""A fix, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from geo.crs import Position


class Kind(StrEnum):
    """What became of a fix."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SUSPECT = "suspect"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``code`` says why a fix was refused."""

    kind: Kind
    code: str | None = None


STORED, DUPLICATE, SUSPECT = Outcome(Kind.STORED), Outcome(Kind.DUPLICATE), Outcome(Kind.SUSPECT)
OFF_DUTY = Outcome(Kind.REFUSED, "off-duty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Where one responder was at one instant (WGS-84, metres, metres per second, degrees from north).

    Members that a track does not keep take no part in equality: a fix read back equals the one written.
    """

    responder_id: uuid.UUID
    captured_at: datetime
    position: Position
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    source: str
    received_at: datetime = field(compare=False)
    battery_pct: int | None = field(default=None, compare=False)


def make_fix(
    *,
    responder_id: uuid.UUID,
    captured_at: datetime,
    position: Position,
    source: str,
    received_at: datetime,
    accuracy_m: float | None = None,
    speed_mps: float | None = None,
    heading_deg: float | None = None,
    battery_pct: int | None = None,
) -> Fix:
    """A fix in the precision in which it is kept: a millisecond, a centimetre of place, a tenth of the rest."""
    return Fix(
        responder_id=responder_id,
        captured_at=captured_at.replace(microsecond=captured_at.microsecond // 1000 * 1000),
        position=Position(round(position.lon, 7), round(position.lat, 7)),
        accuracy_m=None if accuracy_m is None else round(accuracy_m, 1),
        speed_mps=None if speed_mps is None else round(speed_mps, 1),
        heading_deg=None if heading_deg is None else round(heading_deg, 1) % 360.0,
        source=source,
        received_at=received_at,
        battery_pct=battery_pct,
    )
