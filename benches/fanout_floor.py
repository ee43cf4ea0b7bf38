"""The floor of a fan-out, as a program: ``websockets.broadcast`` of the same frames once a second, and nothing else.

In: ``{"port", "frames"}``. Out: ``"ready"``. It goes on until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def _serve(told: dict[str, Any]) -> None:
    wires: set[ServerConnection] = set()

    async def hold(wire: ServerConnection) -> None:
        wires.add(wire)
        try:
            await wire.wait_closed()
        finally:
            wires.discard(wire)

    async with serve(hold, "127.0.0.1", told["port"], compression=None):
        print(json.dumps("ready"), flush=True)
        while True:
            await asyncio.sleep(1)
            for frame in told["frames"]:
                broadcast(wires, frame)


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.stdin.readline())))
