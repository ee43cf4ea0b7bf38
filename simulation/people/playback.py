"""Past calls taken again, by a simulated command room, through the public API."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pingan_client import Change
from simulation.people.crowd import make_responders, present, staff, wait_until_placed
from simulation.people.figures import Outcome, read_outcome
from simulation.people.person import TROUBLE
from simulation.people.room import Dispatcher, Leader
from simulation.people.streets import Lonlat
from simulation.people.town import Town
from simulation.people.world import World

_ENDED = ("closed", "cancelled", "merged", "unstaffed")
#: wall seconds after which a call is left open
_PATIENCE_S = 180.0


@dataclass(frozen=True, kw_only=True)
class PastCall:
    """One call of a file, in the system's own terms."""

    category: str
    type: str
    level: int
    summary: str
    address: str
    position: Lonlat
    called_at: datetime

    def incident(self) -> dict[str, Any]:
        """As the API takes it: a replay, which statistics leave out."""
        return {
            "category": self.category,
            "type": self.type,
            "level": self.level,
            "summary": self.summary,
            "address": self.address,
            "position": {"lon": self.position[0], "lat": self.position[1], "crs": "wgs84"},
            "occurred_at": self.called_at.isoformat(),
            "replay": True,
        }


@dataclass(frozen=True, kw_only=True)
class Timing:
    """``speed``: as in the file, so many times as fast; None: ``concurrency`` calls are open at any time."""

    speed: float | None = None
    concurrency: int = 16


class Playback:
    """Plays ``calls`` in the one station of ``town``."""

    def __init__(self, world: World, town: Town, *, say: Callable[[str], None]) -> None:
        station = town.stations[0].code
        self._say = say
        self._alarms: Counter[str] = Counter()
        self._done = 0
        self.dispatcher = Dispatcher(staff(town, "dispatcher", station)[0], world, on_event=self._hear, hopes_s=60.0)
        self.leader = Leader(staff(town, "leader", station)[0], world, returns=0.03)
        self.responders = make_responders(town, world)

    async def play(self, calls: Sequence[PastCall], timing: Timing) -> list[Outcome]:
        """One outcome per call, in their order."""
        everybody = [self.dispatcher, self.leader, *self.responders]
        async with present(everybody):
            began = time.monotonic()
            placed = await wait_until_placed(everybody, timeout_s=300)
            self._say(f"{placed} of {len(everybody)} people are on duty after {time.monotonic() - began:.1f} s")
            return await self._play_all(calls, timing)

    async def _play_all(self, calls: Sequence[PastCall], timing: Timing) -> list[Outcome]:
        gate = asyncio.Semaphore(len(calls) if timing.speed else timing.concurrency)
        first = min(call.called_at for call in calls)

        async def play(call: PastCall) -> Outcome:
            if timing.speed:
                await asyncio.sleep((call.called_at - first).total_seconds() / timing.speed)
            async with gate:
                outcome = await self._play_one(call)
            self._done += 1
            if self._done % 20 == 0 or self._done == len(calls):
                self._say(f"{self._done} of {len(calls)} calls have ended")
            return outcome

        return list(await asyncio.gather(*(play(call) for call in calls)))

    async def _play_one(self, call: PastCall) -> Outcome:
        try:
            incident = await self.dispatcher.take_call(call)
            await self._wait_for_end(incident["id"])
            return await self._read(incident["id"])
        except TROUBLE as trouble:
            self._say(f"call {call.address}: {trouble}")
            return Outcome(state="failed")

    async def _wait_for_end(self, incident_id: str) -> None:
        until = time.monotonic() + _PATIENCE_S
        live = self.dispatcher.live
        while (left_s := until - time.monotonic()) > 0:
            # the screen says when to look; what it no longer shows has ended
            shown = live.screen.get("incident", incident_id)
            if live.ready.is_set() and shown is None:
                file = await self.dispatcher.client.get(f"/api/v1/incidents/{incident_id}")
                if file["incident"]["state"] in _ENDED:
                    return
            await asyncio.sleep(min(left_s, 0.5))

    async def _read(self, incident_id: str) -> Outcome:
        file = await self.dispatcher.client.get(f"/api/v1/incidents/{incident_id}")
        closure = await self.leader.client.get(f"/api/v1/incidents/{incident_id}/closure")
        modes = {line["id"]: line["mode"] for line in file["orders"]}
        return read_outcome(closure, modes, alarms=self._alarms[incident_id])

    def _hear(self, change: Change) -> None:
        if change.entity == "alarm" and change.value is not None and not change.initial:
            self._alarms[change.value["incident_id"]] += 1
