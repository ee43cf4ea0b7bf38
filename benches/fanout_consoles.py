"""Consoles as one program: each holds a socket; a few parse what they get, the others take the bytes.

In: ``{"server", "token", "consoles", "parsing"}`` (no token: a plain socket server that sends at once), then
``"settle"`` (out: when each has had positions), ``"begin"``, ``"end"`` (out: bytes, ages, how many were closed),
``"keep"`` (out: the position frames of one second, as they came), ``"stall"`` (the last console reads no more).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_MAX_BYTES = 64 << 20
#: after that nothing will come any more: the bench ends with that error
_PATIENCE_S = 60


class Consoles:
    """All of this program."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.server, self.token = told["server"], told["token"]
        self.number, self.parsing = told["consoles"], told["parsing"]
        self.bytes = 0
        self.ages: list[float] = []
        self.closed = 0
        self.kept: list[str] | None = None
        self.served = [0] * self.number
        self.stalled = asyncio.Event()
        #: the loop itself holds them only weakly
        self._hearing: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Return when all are connected."""
        async with httpx.AsyncClient(timeout=30) as http:
            wires = [await self._connect(http) for _ in range(self.number)]
        self._hearing = [asyncio.create_task(self._hear(n, wire)) for n, wire in enumerate(wires)]

    async def _connect(self, http: httpx.AsyncClient) -> ClientConnection:
        if self.token is None:
            return await connect(self.server, compression=None, proxy=None, max_size=_MAX_BYTES)
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await http.post(f"{self.server}/api/v1/live/tickets", headers=headers)
        ticket = answer.raise_for_status().json()["ticket"]
        address = f"{self.server.replace('http', 'ws', 1)}/api/v1/live?ticket={ticket}"
        # a small queue: who does not read is felt by the server soon
        wire = await connect(address, compression=None, proxy=None, max_size=_MAX_BYTES, max_queue=4)
        await wire.send('{"type": "hello", "protocol": 1, "last": {}}')
        # the screen of the station comes first, however large it is
        while not str(await wire.recv()).startswith('{"type":"snapshot","stream":"station"'):
            pass
        return wire

    async def _hear(self, n: int, wire: ClientConnection) -> None:
        last = n == self.number - 1
        try:
            while True:
                if last and self.stalled.is_set():
                    await asyncio.sleep(3600)
                text = str(await wire.recv())
                self.bytes += len(text)
                if text.startswith('{"type":"heartbeat"'):
                    await wire.send('{"type": "pong"}')
                elif text.startswith('{"type":"positions"'):
                    self.served[n] += 1
                    if n < self.parsing:
                        self._look(n, text)
        except ConnectionClosed:
            self.closed += 1

    def _look(self, n: int, text: str) -> None:
        if n == 0 and self.kept is not None:
            self.kept.append(text)
        shown = orjson.loads(text)["positions"]
        now = time.time()
        # of a frame every tenth: enough for a percentile
        self.ages += [now - datetime.fromisoformat(one["captured_at"]).timestamp() for one in shown[::10]]

    async def settle(self) -> None:
        """Until every console has had positions, more than once where they come in one frame."""
        before = list(self.served)
        async with asyncio.timeout(_PATIENCE_S):
            while any(now < then + 2 for now, then in zip(self.served, before, strict=True)):
                await asyncio.sleep(0.1)

    async def keep(self) -> list[str]:
        """The frames of about a second."""
        kept: list[str] = []
        self.kept = kept
        await asyncio.sleep(1.0)
        # a machine that is busy with other things may need longer for the first
        async with asyncio.timeout(_PATIENCE_S):
            while not kept:
                await asyncio.sleep(0.1)
        self.kept = None
        return kept


async def _main() -> None:
    loop = asyncio.get_running_loop()
    consoles = Consoles(json.loads(sys.stdin.readline()))
    await consoles.start()
    _say("ready")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match json.loads(line):
            case "settle":
                await consoles.settle()
                _say("settled")
            case "begin":
                consoles.bytes, consoles.ages, consoles.closed = 0, [], 0
            case "end":
                _say({"bytes": consoles.bytes, "ages_s": consoles.ages, "closed": consoles.closed})
            case "keep":
                _say(await consoles.keep())
            case "stall":
                consoles.stalled.set()
                _say("stalled")


def _say(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    asyncio.run(_main())
