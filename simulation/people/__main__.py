"""The people of the demo town as a program: ``python -m simulation.people --base-url URL``.

Everybody works until SIGTERM; then they just disconnect, as if the power had failed: nothing has to be tidied.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import time
from collections.abc import Sequence

from simulation.people.crowd import make_responders, present, staff, wait_until_placed
from simulation.people.person import Person
from simulation.people.room import Dispatcher, Leader
from simulation.people.stories import Story, tell
from simulation.people.town import PASSWORD, StationSpec, Town, make_town
from simulation.people.world import World


def _say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


async def live(world: World, town: Town, *, every_s: float, stop: asyncio.Event) -> None:
    """Until ``stop``: every station takes a call about every ``every_s`` wall seconds."""
    rooms = [Dispatcher(staff(town, "dispatcher", station.code)[0], world) for station in town.stations]
    leaders = [Leader(staff(town, "leader", station.code)[0], world) for station in town.stations]
    responders = make_responders(town, world)
    async with present([*rooms, *leaders, *responders]):
        for room, station in zip(rooms, town.stations, strict=True):
            teller = _Teller(town, station, world.chance_of(f"calls of {station.code}"))
            room.spawn("calls", room.keep_calling(teller, (every_s * 0.6, every_s * 1.4)))
        rooms[0].spawn("assembly", _count([*rooms, *leaders, *responders]))
        await stop.wait()


async def _count(people: Sequence[Person]) -> None:
    placed = await wait_until_placed(people, timeout_s=120)
    _say(f"{placed} of {len(people)} people are on duty")


class _Teller:
    def __init__(self, town: Town, station: StationSpec, chance: random.Random) -> None:
        self._town, self._station, self._chance = town, station, chance

    def __call__(self) -> Story:
        return tell(self._town, self._station, self._chance)


async def _run(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = World(arguments.base_url, PASSWORD, pace=arguments.pace, seed=arguments.seed, say=_say)
    await live(world, make_town(), every_s=arguments.every, stop=stop)


def main() -> None:
    """Read the command line and live."""
    parser = argparse.ArgumentParser(prog="python -m simulation.people", description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same characters")
    parser.add_argument("--pace", type=float, default=10.0, help="simulated seconds per second")
    parser.add_argument("--every", type=float, default=45.0, help="seconds between two calls at one station")
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
