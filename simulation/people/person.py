"""Somebody with a login and a live screen: the part that all simulated people have in common."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from pingan_client import Change, LiveClient, PinganClient, Refused, Unreachable
from simulation.people.behaviour import span
from simulation.people.world import World

#: what can go wrong with one step of one person without ending his day
TROUBLE = (Refused, Unreachable, TimeoutError, OSError)


class Person:
    """``live`` does everything until it is cancelled. A trouble is said and he goes on."""

    device_kind = "android"

    def __init__(self, badge_no: str, world: World) -> None:
        self.badge_no = badge_no
        self.world = world
        self.chance = world.chance_of(badge_no)
        self.behaviour = world.behaviour
        self.client = PinganClient(world.base_url, chance=self.chance, transport=world.transport, timeout_s=30, tries=8)
        self.live = LiveClient(self.client, on_change=self._changed, chance=self.chance)
        self.me: dict[str, Any] = {}
        #: logged in, on duty, the screen shown
        self.ready = asyncio.Event()
        #: and the system knows where he is
        self.placed = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def name(self) -> str:
        return f"{self.me.get('name', '')} {self.badge_no}".strip()

    async def run(self) -> None:
        """His day, until cancelled."""
        try:
            await self._begin_day()
            await self.work()
        finally:
            await self._leave()

    async def _begin_day(self) -> None:
        attempt = 0
        while not self.ready.is_set():
            try:
                await self._enter()
                self.ready.set()
                self.spawn("connection", self._stay_connected())
            except TROUBLE as trouble:
                await self.live.close()
                # once, then seldom: ninety people may have the same trouble
                if attempt % 10 == 0:
                    self.say(f"cannot begin: {trouble}")
                attempt += 1
                await self.pause((2.0, 4.0 + 2.0 * min(attempt, 8)))

    async def work(self) -> None:
        """What he does beside answering; the default is nothing."""
        self.placed.set()
        await asyncio.Event().wait()

    async def begin(self) -> None:
        """After the login, before the screen."""

    def on_change(self, change: Change) -> None:
        """Something on his screen changed."""

    def say(self, text: str) -> None:
        self.world.say(f"{self.name}: {text}")

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Do ``work`` beside the rest, once at a time by that name; a trouble is said."""
        if name in self._tasks:
            work.close()
            return
        task = asyncio.create_task(self._guarded(name, work))
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def pause(self, bounds: tuple[float, float]) -> None:
        """Wall seconds."""
        await asyncio.sleep(span(bounds, self.chance))

    async def take_time(self, bounds: tuple[float, float]) -> None:
        """Simulated seconds."""
        await asyncio.sleep(self.world.wall_s(span(bounds, self.chance)))

    async def _enter(self) -> None:
        async with self.world.logins:
            if not self.client.token:
                await self.client.login(
                    self.badge_no, self.world.password, device_name="模拟终端（演示）", device_kind=self.device_kind
                )
            self.me = await self.client.get("/api/v1/me")
            await self.begin()
            self.live.start()
            await asyncio.wait_for(self.live.ready.wait(), 30)

    async def _stay_connected(self) -> None:
        """The live client reconnects by itself, but for a login that has ended: then log in anew."""
        missed = 0
        while True:
            await asyncio.sleep(span((20, 30), self.chance))
            off = not self.live.ready.is_set() and "signal" not in {name.split()[0] for name in self._tasks}
            missed = missed + 1 if off else 0
            if missed < 3:
                continue
            self.say("logs in anew")
            with contextlib.suppress(*TROUBLE):
                await self.live.close()
                self.client.token = self.client.refresh_token = None
                await self._enter()
                missed = 0

    async def _leave(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(*TROUBLE):
            await self.live.close()
            await self.client.close()

    def _changed(self, change: Change) -> None:
        if change.entity == "message" and change.value is not None:
            self.spawn(f"message {change.id}", self._read(change.id))
        self.on_change(change)

    async def _read(self, message_id: str) -> None:
        """He takes the phone out and looks: that shows the message."""
        await self.pause(self.behaviour.reads_s)
        if self.looks_at_his_phone and self.live.screen.get("message", message_id) is not None:
            # a lost connection shows it again, later
            with contextlib.suppress(Unreachable):
                await self.live.shown(message_id)

    @property
    def looks_at_his_phone(self) -> bool:
        return True

    async def _guarded(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except TROUBLE as trouble:
            self.say(f"{name.split()[0]}: {trouble}")
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.say(f"{name.split()[0]} failed: {type(error).__name__}: {error}")
