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
from typing import Any

import httpx
import orjson
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_AT_ONCE = 50
_MAX_BYTES = 8 << 20


class Phones:
    """All phones of this program."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.server: str = told["server"]
        self.bare: bool = told["bare"]
        self.period_s: float = told["period_s"]
        self.phones: list[dict[str, Any]] = told["phones"]
        self.came: dict[str, tuple[str, float]] = {}
        self.reporting = asyncio.Event()
        self.away = 0
        self._chance = random.Random(0)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        #: the loop itself holds them only weakly
        self._tasks: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Return when every phone is connected and has its screen."""
        limits = httpx.Limits(max_connections=_AT_ONCE)
        async with httpx.AsyncClient(limits=limits, timeout=30) as http:
            await asyncio.gather(*(self._join(http, phone) for phone in self.phones))

    async def _join(self, http: httpx.AsyncClient, phone: dict[str, Any]) -> None:
        wire = await self._connect(http, phone)
        # at once: who answers no heartbeat while the others connect is thrown out
        for task, ended in ((self._hear(phone["id"], wire), self._lose), (self._report(phone, wire), self._rest)):
            running = asyncio.ensure_future(task)
            self._tasks.add(running)
            running.add_done_callback(ended)

    async def _connect(self, http: httpx.AsyncClient, phone: dict[str, Any]) -> ClientConnection:
        async with self._gate:
            if self.bare:
                wire = await connect(self.server, compression=None, proxy=None)
                await wire.send(phone["id"])
                return wire
            headers = {"Authorization": f"Bearer {phone['token']}"}
            answer = await http.post(f"{self.server}/api/v1/live/tickets", headers=headers)
            ticket = answer.raise_for_status().json()["ticket"]
            address = f"{self.server.replace('http', 'ws', 1)}/api/v1/live?ticket={ticket}"
            wire = await connect(address, compression=None, proxy=None, max_size=_MAX_BYTES)
            await wire.send('{"type": "hello", "protocol": 1, "last": {}}')
            while json.loads(await wire.recv())["type"] != "snapshot":
                pass
            return wire

    async def _hear(self, phone: str, wire: ClientConnection) -> None:
        async for text in wire:
            now = time.monotonic()
            if self.bare:
                self.came.setdefault(str(text), (phone, now))
                continue
            frame = orjson.loads(text)
            if frame["type"] == "heartbeat":
                await wire.send('{"type": "pong"}')
            for event in frame.get("events", ()):
                value = event["value"]
                if value is None:
                    continue
                if event["entity"] == "order":
                    self.came.setdefault(event["id"], (phone, now))
                elif event["entity"] == "message":
                    await wire.send(json.dumps({"type": "ack", "message_id": event["id"], "step": "received"}))

    async def _report(self, phone: dict[str, Any], wire: ClientConnection) -> None:
        while True:
            await self.reporting.wait()
            # each in his own moment of the period
            await asyncio.sleep(self._chance.random() * self.period_s)
            while self.reporting.is_set():
                try:
                    await wire.send(orjson.dumps({"type": "fix", "fix": self._fix(phone)}).decode())
                except ConnectionClosed:
                    return
                await asyncio.sleep(self.period_s)

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

    def _rest(self, ended: asyncio.Future[None]) -> None:
        self._tasks.discard(ended)

    def _lose(self, heard: asyncio.Future[None]) -> None:
        self._rest(heard)
        self.away += 1
        if not heard.cancelled():
            heard.exception()


async def obey(kind: type[Phones]) -> None:
    """Do what the bench says, until it says nothing more."""
    loop = asyncio.get_running_loop()
    phones = kind(json.loads(sys.stdin.readline()))
    await phones.start()
    _say("ready")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match json.loads(line):
            case "report":
                phones.reporting.set()
            case "rest":
                phones.reporting.clear()
            case "take":
                _say(phones.take())


def _say(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    uvloop.run(obey(Phones))
