"""The command room and the leader: take calls, send, take up alarms, approve closures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from pingan_client import Change, Refused
from simulation.people.behaviour import span
from simulation.people.person import TROUBLE, Person
from simulation.people.stories import Story
from simulation.people.world import World


class Call(Protocol):
    """Something that happened, as the API takes it."""

    def incident(self) -> dict[str, Any]:
        """The body of the request."""


_MOMENT_S = (1.0, 3.0)
#: the others need a moment to come on duty
_FIRST_CALL_S = (12.0, 25.0)


class Dispatcher(Person):
    """A dispatcher at the desk of his station. ``on_event`` hears every change on his screen.

    ``hopes_s``: wall seconds after the alarm that no police can come, in which some may still become free.
    """

    device_kind = "web"

    def __init__(
        self,
        badge_no: str,
        world: World,
        *,
        on_event: Callable[[Change], None] | None = None,
        hopes_s: float = 45.0,
    ) -> None:
        super().__init__(badge_no, world)
        self._on_event, self._hopes_s = on_event, hopes_s

    async def take_call(self, call: Call) -> dict[str, Any]:
        """Enter the call and send whom the system recommends; the incident."""
        created = await self.client.post("/api/v1/incidents", call.incident())
        incident: dict[str, Any] = created["incident"]
        await self.pause(_MOMENT_S)
        await self.client.post(f"/api/v1/incidents/{incident['id']}/dispatch", {})
        return incident

    async def keep_calling(self, stories: Callable[[], Story], every_s: tuple[float, float]) -> None:
        """One call after the other, until cancelled."""
        await self.ready.wait()
        await self.pause(_FIRST_CALL_S)
        while True:
            try:
                await self.take_call(stories())
            except TROUBLE as trouble:
                self.say(f"call: {trouble}")
            await self.pause(every_s)

    def on_change(self, change: Change) -> None:
        if change.entity == "alarm" and change.value is not None:
            self.spawn(f"alarm {change.id}", self._take_up(change.id, change.value))
        if self._on_event is not None:
            self._on_event(change)

    async def _take_up(self, alarm_id: str, alarm: dict[str, Any]) -> None:
        await self.pause(_MOMENT_S)
        try:
            await self.client.post(f"/api/v1/alarms/{alarm_id}/acknowledge", {})
        except Refused as refusal:
            # a colleague was quicker
            if refusal.status != 409:
                raise
        if alarm["kind"] == "helpers_short":
            await self._ask_a_neighbour(alarm)
        if alarm["kind"] == "police_short":
            self.spawn(f"hope {alarm['incident_id']}", self._give_up(alarm["incident_id"]))

    async def _ask_a_neighbour(self, alarm: dict[str, Any]) -> None:
        """Nobody of one's own is left: the alarm says who could help, the soonest first."""
        neighbours = alarm["detail"].get("neighbours") or []
        if not neighbours:
            return
        await self.pause(_MOMENT_S)
        body = {
            "station_id": neighbours[0]["station_id"],
            "reason": "本所力量不足，请求支援（演示）",
            "kinds": [alarm["detail"]["kind"]],
        }
        try:
            await self.client.post(f"/api/v1/incidents/{alarm['incident_id']}/aids", body)
        except Refused as refusal:
            # a colleague has asked, or it is over
            if refusal.status != 409:
                raise

    async def _give_up(self, incident_id: str) -> None:
        """Nobody came free: end it, by name and with a reason."""
        await asyncio.sleep(self._hopes_s)
        incident = self.live.screen.get("incident", incident_id)
        if incident is not None and incident["state"] == "received":
            await self.client.post(
                f"/api/v1/incidents/{incident_id}/give-up", {"reason": "周边无警力可派，已电话转邻所处置（演示）"}
            )


class Leader(Person):
    """The leader of a station. ``returns``: of the forms, how many he wants completed first (0–1)."""

    device_kind = "web"

    def __init__(self, badge_no: str, world: World, *, returns: float = 0.08) -> None:
        super().__init__(badge_no, world)
        self._returns = returns
        self._returned: set[str] = set()

    def on_change(self, change: Change) -> None:
        if change.value is None:
            return
        mine = self.me["station"]["id"]
        # a neighbour's incident is on the screen as well while one helps with it
        if change.entity == "incident" and change.value["state"] == "feedback" and change.value["station_id"] == mine:
            self.spawn(f"review {change.id}", self._review(change.id))
        if change.entity == "aid" and change.value["state"] == "requested":
            side = "a" if change.value["requesting_station"]["id"] == mine else "b"
            if change.value[f"approved_{side}"] is None:
                self.spawn(f"aid {change.id}", self._agree(change.id))

    async def _agree(self, aid_id: str) -> None:
        await self.pause(_MOMENT_S)
        try:
            await self.client.post(f"/api/v1/aids/{aid_id}/approve")
        except Refused as refusal:
            if refusal.status != 409:
                raise

    async def _review(self, incident_id: str) -> None:
        path = f"/api/v1/incidents/{incident_id}/review"
        await self.pause(_MOMENT_S)
        if incident_id not in self._returned and self.chance.random() < self._returns:
            self._returned.add(incident_id)
            await self.client.post(path, {"decision": "returned", "reason": "请补充向报警人反馈的情况。（演示）"})
            return
        for _ in range(60):
            try:
                await self.client.post(path, {"decision": "approved"})
                return
            except Refused as refusal:
                if refusal.slug not in ("ratings-missing", "orders-open"):
                    raise
            await asyncio.sleep(span((1.5, 3.0), self.chance))
