"""How long it takes to get there: by roads (``geo/roads/times.py``), else by a straight line and its detour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy.orm import Session

from geo.crs import Position
from geo.distance import metres_to

Basis = Literal["straight_line", "road"]

#: Metres per second over the ground covered, not top speeds.
#: foot: 1.4 is the usual free walking speed of adults (Bohannon 1997: 1.3 to 1.5); a guard in uniform who
#: hurries but does not run, so that he can still speak when he arrives.
#: bicycle: 15 km/h, an electric bicycle's lawful 25 km/h less crossings and pedestrians.
#: car: 25 km/h, what remains of 50 in a dense town with lights and parking, without blue light.
SPEED_MPS = {"foot": 1.4, "bicycle": 15 / 3.6, "car": 25 / 3.6}

#: Way on streets over straight line. A full grid gives 1.27 on average (4 / pi); rivers, walls and gated
#: compounds add to it, measured town centres lie between 1.2 and 1.5.
DETOUR_FACTOR = 1.35


@dataclass(frozen=True)
class Travel:
    """An estimate, and what it rests on."""

    seconds: float
    metres: float
    basis: Basis


class TravelTimes(Protocol):
    """Anything that estimates the way of several people to one place."""

    def estimate(
        self,
        session: Session,
        origins: Sequence[Position],
        target: Position,
        mobility: Sequence[str],
        *,
        at: datetime | None = None,
    ) -> list[Travel]:
        """One answer per origin, in their order; ``mobility`` per origin: foot, bicycle or car; ``at``: when they
        set out, for the traffic of that hour. None: at an hour without any."""


@dataclass(frozen=True)
class StraightLine:
    """The line through the air, times what streets add."""

    detour_factor: float = DETOUR_FACTOR

    def estimate(
        self,
        session: Session | None,
        origins: Sequence[Position],
        target: Position,
        mobility: Sequence[str],
        *,
        at: datetime | None = None,
    ) -> list[Travel]:
        """As TravelTimes says; reads no database. Its speeds are those of any hour."""
        ways = [metres * self.detour_factor for metres in metres_to(target, origins)]
        return [
            Travel(seconds=metres / SPEED_MPS[means], metres=metres, basis="straight_line")
            for metres, means in zip(ways, mobility, strict=True)
        ]
