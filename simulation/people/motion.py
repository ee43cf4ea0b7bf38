"""Where somebody is while he stands, strolls or goes somewhere, and what his receiver says of it."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from simulation.people.streets import METRES_PER_DEGREE_LAT, Lonlat, Walk, metres
from simulation.people.world import World

#: how far he strays from his place
STRAY_M = 12.0
_SHARP_M, _BLURRED_M = (4.0, 14.0), (25.0, 70.0)


def beside(position: Lonlat, metres_away: float, chance: random.Random) -> Lonlat:
    """A point at most ``metres_away`` from ``position``."""
    angle, far = chance.uniform(0, 2 * math.pi), chance.uniform(0, metres_away)
    metres_per_degree_lon = METRES_PER_DEGREE_LAT * math.cos(math.radians(position[1]))
    return (
        position[0] + far * math.cos(angle) / metres_per_degree_lon,
        position[1] + far * math.sin(angle) / METRES_PER_DEGREE_LAT,
    )


class Body:
    """``now_s`` is any clock in wall seconds that does not jump."""

    def __init__(self, home: Lonlat, mobility: str, world: World, chance: random.Random) -> None:
        self.home = home
        self.mobility = mobility
        self._world = world
        self._chance = chance
        self._at = home
        self._walk: Walk | None = None
        self._blurred = chance.random() < world.behaviour.blurred

    def set_out(self, goal: Lonlat, now_s: float) -> None:
        """Go to ``goal`` over the ground."""
        line = self._world.ground.route(self.where(now_s), goal)
        self._walk = Walk(tuple(line), self._world.speed_mps(self.mobility), now_s)

    def stop(self, now_s: float) -> None:
        self._at, self._walk = self.where(now_s), None

    def where(self, now_s: float) -> Lonlat:
        return self._at if self._walk is None else self._walk.at(now_s)

    def is_moving(self, now_s: float) -> bool:
        if self._walk is not None and self._walk.done(now_s):
            self.stop(now_s)
        return self._walk is not None

    def remaining_s(self, goal: Lonlat) -> float:
        """Wall seconds to ``goal`` from where he stands."""
        line = self._world.ground.route(self._at, goal)
        length_m = sum(metres(a, b) for a, b in pairwise(line))
        return length_m / self._world.speed_mps(self.mobility)

    def fix(self, now_s: float) -> dict[str, Any]:
        """What the receiver says now: with its error, as the API takes it."""
        moving = self.is_moving(now_s)
        accuracy_m = self._chance.uniform(*(_BLURRED_M if self._blurred else _SHARP_M))
        true = self.where(now_s)
        if not moving and metres(true, self.home) < 1:
            true = beside(true, STRAY_M, self._chance)
        lon, lat = beside(true, accuracy_m / 2, self._chance)
        return {
            "captured_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "position": {"lon": round(lon, 7), "lat": round(lat, 7), "crs": "wgs84"},
            "accuracy_m": round(accuracy_m, 1),
            "speed_mps": round(self._world.speed_mps(self.mobility), 1) if moving else 0.0,
        }
