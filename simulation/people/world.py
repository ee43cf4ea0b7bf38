"""What all simulated people share: the server, the pace of their time, the ground they walk on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from simulation.people.behaviour import EVERYDAY, Behaviour
from simulation.people.streets import NODES, Lonlat, crossing, metres, route

#: metres per second on the ground
SPEED_MPS = {"foot": 1.4, "bicycle": 4.2, "car": 8.3}
#: a phone that seems to move faster is taken for broken (70 m/s): however quick the pace, nobody passes this
FASTEST_MPS = 60.0
#: an idle patrol stays this near to where it began
BEAT_M = 700.0


class Ground(Protocol):
    """Where one can walk."""

    def route(self, start: Lonlat, goal: Lonlat) -> list[Lonlat]:
        """The way from ``start`` to ``goal``, both included."""

    def beat(self, home: Lonlat, chance: random.Random) -> Lonlat:
        """Where a patrol that has nothing to do drives next, near its home."""


class Streets:
    """The demo town's."""

    def route(self, start: Lonlat, goal: Lonlat) -> list[Lonlat]:
        return route(start, goal)

    def beat(self, home: Lonlat, chance: random.Random) -> Lonlat:
        return chance.choice([crossing(node) for node in NODES if metres(crossing(node), home) < BEAT_M] or [home])


class OpenGround:
    """No streets: straight ahead."""

    def route(self, start: Lonlat, goal: Lonlat) -> list[Lonlat]:
        return [start, goal]

    def beat(self, home: Lonlat, chance: random.Random) -> Lonlat:
        return home


class SharedTransport(httpx.AsyncBaseTransport):
    """One pool of connections for everybody in this process; whoever leaves does not close it for the others."""

    def __init__(self, *, connections: int = 24) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._pool = httpx.AsyncHTTPTransport(limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._pool.handle_async_request(request)

    async def aclose(self) -> None:
        """Nothing; see ``close_for_all``."""

    async def close_for_all(self) -> None:
        await self._pool.aclose()


@dataclass
class World:
    """``pace``: how many simulated seconds pass in one by the wall clock. Thinking and reading take wall seconds."""

    base_url: str
    password: str
    pace: float = 1.0
    seed: int = 0
    ground: Ground = field(default_factory=Streets)
    behaviour: Behaviour = EVERYDAY
    say: Callable[[str], None] = lambda _: None
    transport: SharedTransport = field(default_factory=SharedTransport)
    #: wall seconds between two fixes of somebody who stands
    idle_s: tuple[float, float] = (20.0, 30.0)
    #: how many log in at a time: each login costs the server a deliberately slow hash
    logins: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    def chance_of(self, name: str) -> random.Random:
        """The dice of one person: the same seed gives the same character."""
        return random.Random(f"{self.seed}:{name}")

    def wall_s(self, simulated_s: float) -> float:
        return simulated_s / self.pace

    def speed_mps(self, mobility: str) -> float:
        """Metres per wall second."""
        return min(SPEED_MPS[mobility] * self.pace, FASTEST_MPS)

    @property
    def moving_s(self) -> float:
        """Wall seconds between two fixes of somebody on his way."""
        return max(0.8, 2.5 / self.pace)
