"""Many phones as one program: each holds a live socket, reports its position, and says that it has what it gets.

Told and asked by lines of JSON. In: ``{"server", "bare", "period_s", "phones": [{"id", "token", "lon", "lat"}]}``,
then ``"report"`` (begin to send positions), ``"rest"`` (stop), ``"take"``. Out: ``"ready"``, and for each ``take``
what came since the last one: ``{"orders": {order id: [phone, seconds of the monotonic clock]}, "away": phones}``.
With ``bare`` the address is that of a plain socket server that sends order ids as they are.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import orjson
import uvloop

from benches.wire import Wire, connect

_AT_ONCE = 50


class Phones:
    """All phones of this program."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.server: str = told["server"]
        self.bare: bool = told["bare"]
        self.period_s: float = told["period_s"]
        self.phones: list[dict[str, Any]] = told["phones"]
        self.came: dict[str, tuple[str, float]] = {}
        #: goes up with each beginning and end of the reports: those of an earlier one are over
        self.round = 0
        self.away = 0
        self._chance = random.Random(0)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._loop = asyncio.get_running_loop()
        self._wires: list[tuple[dict[str, Any], Wire]] = []

    async def start(self) -> None:
        """Return when every phone is connected and has its screen."""
        limits = httpx.Limits(max_connections=_AT_ONCE)
        async with httpx.AsyncClient(limits=limits, timeout=30) as http:
            await asyncio.gather(*(self._join(http, phone) for phone in self.phones))

    async def _join(self, http: httpx.AsyncClient, phone: dict[str, Any]) -> None:
        wire = await self._connect(http, phone)
        # at once: who answers no heartbeat while the others connect is thrown out
        wire.listen(partial(self._hear_bare if self.bare else self._hear, phone["id"], wire))
        wire.over.add_done_callback(self._lose)
        self._wires.append((phone, wire))

    async def _connect(self, http: httpx.AsyncClient, phone: dict[str, Any]) -> Wire:
        async with self._gate:
            if self.bare:
                wire = await connect(self.server)
                wire.send(phone["id"])
                return wire
            headers = {"Authorization": f"Bearer {phone['token']}"}
            answer = await http.post(f"{self.server}/api/v1/live/tickets", headers=headers)
            ticket = answer.raise_for_status().json()["ticket"]
            wire = await connect(f"{self.server.replace('http', 'ws', 1)}/api/v1/live?ticket={ticket}")
            wire.send('{"type": "hello", "protocol": 1, "last": {}}')
            while orjson.loads(await wire.next_text())["type"] != "snapshot":
                pass
            return wire

    def _hear_bare(self, phone: str, _: Wire, text: str) -> None:
        self.came.setdefault(text, (phone, time.monotonic()))

    def _hear(self, phone: str, wire: Wire, text: str) -> None:
        now = time.monotonic()
        frame = orjson.loads(text)
        if frame["type"] == "heartbeat":
            wire.send('{"type": "pong"}')
        for event in frame.get("events", ()):
            value = event["value"]
            if value is None:
                continue
            if event["entity"] == "order":
                self.came.setdefault(event["id"], (phone, now))
            elif event["entity"] == "message":
                wire.send(orjson.dumps({"type": "ack", "message_id": event["id"], "step": "received"}))

    def report(self) -> None:
        """Everybody begins, each in his own moment of the period."""
        self.round += 1
        now = self._loop.time()
        for phone, wire in self._wires:
            due = now + self._chance.random() * self.period_s
            self._loop.call_at(due, self._report, phone, wire, due, self.round)

    def rest(self) -> None:
        """Nobody reports any more."""
        self.round += 1

    def _report(self, phone: dict[str, Any], wire: Wire, due: float, of: int) -> None:
        if self.round != of or wire.over.done():
            return
        self._send_one(phone, wire)
        # a phone that is behind does not catch up at once: the server takes so many a second of each
        due = max(due, self._loop.time() - self.period_s) + self.period_s
        self._loop.call_at(due, self._report, phone, wire, due, of)

    def _send_one(self, phone: dict[str, Any], wire: Wire) -> None:
        wire.send(orjson.dumps({"type": "fix", "fix": self._fix(phone)}))

    def _fix(self, phone: dict[str, Any]) -> dict[str, Any]:
        return {
            "position": {
                "lon": phone["lon"] + self._chance.uniform(-5e-5, 5e-5),
                "lat": phone["lat"] + self._chance.uniform(-5e-5, 5e-5),
                "crs": "wgs84",
            },
            "accuracy_m": 10,
            "captured_at": datetime.now(UTC).isoformat(),
        }

    def take(self) -> dict[str, Any]:
        """What came since the last time."""
        came, self.came = self.came, {}
        return {"orders": came, "away": self.away}

    def _lose(self, _: asyncio.Future[None]) -> None:
        self.away += 1


async def obey(kind: type[Phones]) -> None:
    """Do what the bench says, until it says nothing more."""
    loop = asyncio.get_running_loop()
    phones = kind(json.loads(sys.stdin.readline()))
    await phones.start()
    _say("ready")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match json.loads(line):
            case "report":
                phones.report()
            case "rest":
                phones.rest()
            case "take":
                _say(phones.take())


def _say(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    uvloop.run(obey(Phones))
