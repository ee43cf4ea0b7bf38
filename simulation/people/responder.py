"""Whoever can be sent: on duty, located, asked; goes, helps, reports, comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from pingan_client import Change, Refused, Unreachable
from simulation.people.motion import Body
from simulation.people.person import TROUBLE, Person
from simulation.people.pictures import take_photo
from simulation.people.streets import Lonlat
from simulation.people.town import ResponderSpec
from simulation.people.world import World

UNANSWERED = {"offered", "received", "shown"}
LIVE = {"accepted", "en_route", "arrived"}
#: wall seconds at the target without the system having noticed: then he presses the button
_PATIENCE_S = 25.0
#: a phone that was without signal keeps its last fixes
_KEPT_FIXES = 100


class OrderGone(Exception):
    """The order is no longer his: stood down, cancelled, expired."""


class Responder(Person):
    """A guard, keeper or officer; the subclasses say how each answers."""

    moves = True

    def __init__(self, spec: ResponderSpec, world: World) -> None:
        super().__init__(spec.badge_no, world)
        self.spec = spec
        self.body = Body(spec.position, spec.mobility or "foot", world, self.chance)
        self._nudged = asyncio.Event()
        self._unsent: list[dict[str, Any]] = []
        #: wall-clock second until which the phone lies without signal or attention
        self._away_until = 0.0

    # --- being there

    async def begin(self) -> None:
        duty = await self.client.get("/api/v1/me/duty")
        if duty["duty"] is None and self.moves:
            await self.client.post("/api/v1/me/duty", {})

    async def work(self) -> None:
        """Says where he is: seldom while he stands, often on his way; at once when he sets out."""
        while True:
            self._pick_up()
            if self.moves:
                await self._report_position()
            else:
                self.placed.set()
            moving = self.body.is_moving(time.monotonic())
            bounds = (self.world.moving_s, self.world.moving_s * 1.2) if moving or self.is_busy else self.world.idle_s
            self._nudged.clear()
            try:
                await asyncio.wait_for(self._nudged.wait(), self.chance.uniform(*bounds))
            except TimeoutError:
                self.stroll()

    @property
    def is_busy(self) -> bool:
        return any(name.startswith("order ") for name in self._tasks)

    def _pick_up(self) -> None:
        """Go on with an order that he took and a trouble or a restart had torn him from."""
        for order_id, order in self.live.screen.all("order").items():
            if order["state"] in LIVE:
                self.spawn(f"order {order_id}", self._attend(order_id))

    def stroll(self) -> None:
        """What he does with an idle minute; guards stay where they are."""

    async def _report_position(self) -> None:
        self._unsent = [*self._unsent, self.body.fix(time.monotonic())][-_KEPT_FIXES:]
        if not self.live.ready.is_set():
            return
        try:
            taken = await self.live.fixes(self._unsent)
        except (Unreachable, TimeoutError):
            return
        except Refused as refusal:
            taken = []
            self.say(f"position: {refusal.slug}")
        self._unsent = []
        if any(each["outcome"] in ("stored", "duplicate") for each in taken):
            self.placed.set()
        if any(each.get("code") == "off-duty" for each in taken):
            self.spawn("duty again", self.begin())

    # --- being asked

    def on_change(self, change: Change) -> None:
        if change.entity == "order" and change.value is not None and change.value["state"] in UNANSWERED | LIVE:
            self.spawn(f"order {change.id}", self._attend(change.id))

    def order(self, order_id: str) -> dict[str, Any]:
        """The order as his screen shows it; raises OrderGone."""
        found = self.live.screen.get("order", order_id)
        if found is None:
            raise OrderGone
        return found

    async def _attend(self, order_id: str) -> None:
        try:
            await self.answer(order_id)
        except OrderGone:
            pass
        except Refused as refusal:
            # taken by others, expired, cancelled: he is told so and stays
            if refusal.status not in (404, 409, 410):
                self.say(f"order: {refusal}")
        except TROUBLE as trouble:
            self.say(f"order: {trouble}")
        finally:
            self.go_to(self.body.home)

    async def answer(self, order_id: str) -> None:
        """What he does with an order, from reading it to the end of his part."""
        raise NotImplementedError

    async def command(self, order_id: str, verb: str, body: dict[str, Any] | None = None) -> Any:
        return await self.client.post(f"/api/v1/orders/{order_id}/{verb}", body)

    async def wait(self, order_id: str, seconds: float) -> None:
        """Wall seconds, in which the order may end; raises OrderGone."""
        await self._until(order_id, lambda _: False, seconds)

    async def wait_until_read(self, order_id: str) -> None:
        """Nobody answers what he has not looked at; see ``Person._read``."""
        await self._until(order_id, lambda order: "shown" in order["milestones"], self.behaviour.reads_s[1] + 3.0)

    async def _until(self, order_id: str, found: Callable[[dict[str, Any]], bool], seconds: float) -> bool:
        """Whether ``found(order)`` became true in time; raises OrderGone."""

        def look(_: object) -> str | None:
            # while the screen is fetched anew an order that is not on it is not over
            order = self.live.screen.get("order", order_id)
            if order is None:
                return "gone" if self.live.ready.is_set() else None
            return "found" if found(order) else None

        try:
            seen = await self.live.wait_for(look, timeout_s=max(seconds, 0.01))
        except TimeoutError:
            return False
        if seen == "gone":
            raise OrderGone
        return True

    # --- going, helping

    def go_to(self, goal: Lonlat) -> None:
        if self.moves:
            self.body.set_out(goal, time.monotonic())
            self._nudged.set()

    async def travel(self, order_id: str) -> None:
        """To the order's target, until the system knows that he is there."""
        target = self.order(order_id)["target"]
        goal = (target["lon"], target["lat"])
        arrived = lambda order: order["state"] == "arrived"  # noqa: E731
        if not self.moves:
            await self.wait(order_id, self.body.remaining_s(goal))
            await self.command(order_id, "arrive")
            return
        self.go_to(goal)
        while self.body.is_moving(time.monotonic()):
            if await self._until(order_id, arrived, self.world.moving_s):
                break
        if self.chance.random() < self.behaviour.taps_arrival:
            await self.wait(order_id, 1.0)
            await self.command(order_id, "arrive")
        elif not await self._until(order_id, arrived, _PATIENCE_S):
            await self.command(order_id, "arrive")

    async def help(self, order_id: str, words: str) -> None:
        """What there is to do, the report with its checklist and photo, done."""
        works_s = self.chance.uniform(*self.behaviour.works_s)
        await self.wait(order_id, self.world.wall_s(works_s))
        order = self.order(order_id)
        if order["photo_required"] or self.chance.random() < 0.15:
            picture = take_photo(self.chance, self.badge_no)
            await self.client.upload(
                f"/api/v1/orders/{order_id}/photos", content=picture, media_type="image/jpeg", name="scene.jpg"
            )
        ticked = [item["key"] for item in order["checklist"] if item["required"] or self.chance.random() < 0.7]
        await self.command(
            order_id,
            "reports",
            {"text": words, "checklist": [{"key": key, "done": True} for key in ticked]},
        )
        await self.command(order_id, "complete", {})

    @property
    def looks_at_his_phone(self) -> bool:
        return time.monotonic() >= self._away_until

    def put_phone_away(self, seconds: float) -> None:
        self._away_until = time.monotonic() + seconds
