"""One incident through the whole loop: what ``demo --once`` shows, and what came of it, read back from the API."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from simulation.people.announcer import Announcer
from simulation.people.crowd import make_responders, present, staff, wait_until_placed
from simulation.people.responder import Responder
from simulation.people.room import Dispatcher, Leader
from simulation.people.stories import tell_of_the_old_man
from simulation.people.streets import Lonlat, metres
from simulation.people.town import Town
from simulation.people.world import World

#: somebody who has not begun by then will not be missed
_ASSEMBLY_S = 60.0
_NEIGHBOURHOOD_M = 750.0
ENDED = ("closed", "cancelled", "merged", "unstaffed")


async def play_once(
    world: World, town: Town, *, say: Callable[[str], None], timeout_s: float = 120.0
) -> dict[str, Any]:
    """Assemble everybody, take the call at the town's first station, wait for its end (at most ``timeout_s``).

    The result has the keys incident, state, milestones, orders, rating, seconds; seconds by the wall clock from
    the call to the end.
    """
    station = town.stations[0]
    announcer = Announcer(say)
    dispatcher = Dispatcher(staff(town, "dispatcher", station.code)[0], world, on_event=announcer.hear)
    leader = Leader(staff(town, "leader", station.code)[0], world, returns=0.0)
    story = tell_of_the_old_man(town, station, random.Random(f"{world.seed}:story"))
    responders = make_responders(town, world)
    # who can be asked comes first: the call need not wait for the other end of the town
    first = [r for r in responders if _is_needed(r, station.code, story.position)]
    others = [r for r in responders if r not in first]
    async with present([dispatcher, leader, *first]):
        began = time.monotonic()
        placed = await wait_until_placed([dispatcher, leader, *first], timeout_s=_ASSEMBLY_S)
        say(f"{placed} people are on duty after {time.monotonic() - began:.1f} s, {len(others)} more follow")
        if not (dispatcher.placed.is_set() and leader.placed.is_set()):
            raise TimeoutError(f"nobody could take the call within {_ASSEMBLY_S:.0f} s; see the server's log")
        # and they come quietly: a login costs the server a deliberately slow hash
        world.logins = asyncio.Semaphore(1)
        async with present(others):
            began = time.monotonic()
            incident = await dispatcher.take_call(story)
            state = await _wait_for_end(dispatcher, incident["id"], until=began + timeout_s)
            seconds = time.monotonic() - began
            say(f"{incident['number']} is {state} after {seconds:.1f} s")
            result = await read_back(dispatcher, leader, incident["id"])
            return {**result, "seconds": round(seconds, 1)}


def _is_needed(responder: Responder, station: str, scene: Lonlat) -> bool:
    spec = responder.spec
    near = metres(spec.position, scene) < _NEIGHBOURHOOD_M
    return near or (spec.kind == "patrol_unit" and spec.station == station)


async def _wait_for_end(dispatcher: Dispatcher, incident_id: str, *, until: float) -> str:
    """The state at the end; the screen says when to look."""
    while True:
        file = await dispatcher.client.get(f"/api/v1/incidents/{incident_id}")
        state = str(file["incident"]["state"])
        left_s = until - time.monotonic()
        if state in ENDED or left_s <= 0:
            return state
        try:
            await dispatcher.live.wait_for(
                lambda screen: dispatcher.live.ready.is_set() and screen.get("incident", incident_id) is None,
                timeout_s=min(left_s, 5.0),
            )
        except TimeoutError:
            continue


async def read_back(dispatcher: Dispatcher, leader: Leader, incident_id: str) -> dict[str, Any]:
    """The incident as the API tells it now: to the dispatcher who took it and the leader who closed it."""
    file = await dispatcher.client.get(f"/api/v1/incidents/{incident_id}")
    closure = await leader.client.get(f"/api/v1/incidents/{incident_id}/closure")
    courses = {course["id"]: course for course in closure["orders"]}
    known = dispatcher.live.screen.all("responder")
    scores = [rating["score"] for rating in closure["ratings"] if rating["score"] is not None]
    return {
        "incident": file["incident"]["number"],
        "state": file["incident"]["state"],
        "milestones": file["incident"]["milestones"],
        "orders": [
            {
                "responder": known.get(line["responder_id"], {}).get("name", line["responder_id"]),
                "kind": known.get(line["responder_id"], {}).get("kind"),
                "mode": line["mode"],
                "state": line["state"],
                "milestones": {m["name"]: m["at"] for m in courses.get(line["id"], {}).get("milestones", [])},
            }
            for line in file["orders"]
        ],
        "rating": {
            "count": len(closure["ratings"]),
            "average": round(sum(scores) / len(scores), 2) if scores else None,
            "outcomes": dict(Counter(rating["outcome"] for rating in closure["ratings"])),
        },
    }


def run_once(world: World, town: Town, *, say: Callable[[str], None]) -> dict[str, Any]:
    """``play_once`` for a program without a loop."""
    return asyncio.run(play_once(world, town, say=say))
