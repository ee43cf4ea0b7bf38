"""Everybody of a town at once, in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from simulation.people.guard import Guard, Keeper
from simulation.people.person import Person
from simulation.people.police import Officer
from simulation.people.responder import Responder
from simulation.people.town import ResponderSpec, Town
from simulation.people.world import World

_KINDS: dict[str, type[Responder]] = {"guard": Guard, "safe_house": Keeper, "patrol_unit": Officer}


def make_responders(town: Town, world: World) -> list[Responder]:
    """A person for every responder of the town."""
    return [make_responder(spec, world) for spec in town.responders]


def make_responder(spec: ResponderSpec, world: World) -> Responder:
    return _KINDS[spec.kind](spec, world)


def staff(town: Town, role: str, station: str) -> list[str]:
    """Numbers of the people with that role at that station."""
    return [person.badge_no for person in town.people if person.role == role and person.station == station]


@asynccontextmanager
async def present(people: Iterable[Person]) -> AsyncIterator[None]:
    """Their day lasts as long as the block; one who fails does not take the others along."""
    tasks = [asyncio.create_task(person.run()) for person in people]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def wait_until_placed(people: Iterable[Person], *, timeout_s: float) -> int:
    """Wait until everybody is logged in and located, at most ``timeout_s``; how many are."""
    waits = [asyncio.create_task(person.placed.wait()) for person in people]
    done, late = await asyncio.wait(waits, timeout=timeout_s)
    for task in late:
        task.cancel()
    return len(done)
