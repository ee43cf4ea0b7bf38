"""What people walk on: streets of an imported or invented network, or open ground."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Protocol

from geo.crs import Position
from geo.distance import metres_between
from geo.roads.network import Network
from geo.roads.routes import Route, route_on, straight_route
from geo.roads.times import times_to
from geo.travel import StraightLine, Travel


@dataclass(frozen=True)
class Way:
    """A line on the ground and the seconds that it takes at an even pace."""

    line: tuple[tuple[float, float], ...]
    seconds: float

    @classmethod
    def of(cls, route: Route) -> Way:
        return cls(tuple(route.line), route.seconds)

    def at(self, share: float) -> Position:
        """The point after that share (0-1) of the way."""
        goal = min(max(share, 0.0), 1.0) * self._until[-1]
        n = min(bisect.bisect_right(self._until, goal), len(self.line) - 1)
        (x0, y0), (x1, y1) = self.line[n - 1], self.line[n]
        piece = self._until[n] - self._until[n - 1]
        part = (goal - self._until[n - 1]) / piece if piece else 0.0
        return Position(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part)

    @property
    def metres(self) -> float:
        """Along the line: of a straight one less than what its time was reckoned from."""
        return self._until[-1]

    @cached_property
    def _until(self) -> list[float]:
        steps = (metres_between(Position(*one), Position(*two)) for one, two in pairwise(self.line))
        return list(accumulate(steps, initial=0.0))


class Ground(Protocol):
    """Estimates as the matcher gets them, and the way that is really walked."""

    @property
    def name(self) -> str: ...

    def times(self, origins: Sequence[Position], target: Position, means: str, at: datetime) -> list[Travel]:
        """The system's own estimate, one per origin."""

    def way(self, origin: Position, target: Position, means: str, at: datetime) -> Way:
        """The way on the ground."""


@dataclass(frozen=True)
class OpenGround:
    """No streets: the straight line, with the time that streets would add."""

    name: str = "straight line"

    def times(self, origins: Sequence[Position], target: Position, means: str, at: datetime) -> list[Travel]:
        return StraightLine().estimate(None, origins, target, [means] * len(origins))

    def way(self, origin: Position, target: Position, means: str, at: datetime) -> Way:
        return Way.of(straight_route(origin, target, means=means))


@dataclass(frozen=True)
class Streets:
    """A network; off it the straight line, as everywhere."""

    network: Network
    name: str = "roads"

    def times(self, origins: Sequence[Position], target: Position, means: str, at: datetime) -> list[Travel]:
        straight = StraightLine().estimate(None, origins, target, [means] * len(origins))
        return times_to(self.network, means, origins, target, straight, at)

    def way(self, origin: Position, target: Position, means: str, at: datetime) -> Way:
        route = route_on(self.network, origin, target, means=means, at=at)
        return Way.of(route or straight_route(origin, target, means=means))
