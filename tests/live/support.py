"""A client on the test server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect

from pingan_client import LiveClient, PinganClient
from tests.support.people import Login

T = TypeVar("T")


def run(work: Callable[[], Awaitable[T]], *, timeout_s: float = 100) -> T:
    """Run one asynchronous test body."""

    async def bounded() -> T:
        async with asyncio.timeout(timeout_s):
            return await work()

    return asyncio.run(bounded())


@asynccontextmanager
async def client_of(server: Any, login: Login) -> AsyncIterator[PinganClient]:
    async with PinganClient(server.base_url, token=login.token) as client:
        yield client


@asynccontextmanager
async def live_of(server: Any, login: Login, **kwargs: Any) -> AsyncIterator[LiveClient]:
    async with client_of(server, login) as client, LiveClient(client, **kwargs) as live:
        yield live


@asynccontextmanager
async def raw_socket(
    server: Any, login: Login, *, hello: bool = True, last: dict[str, Any] | None = None, **kwargs: Any
) -> AsyncIterator[ClientConnection]:
    """A bare WebSocket with a fresh ticket; past hello if asked for."""
    async with client_of(server, login) as client:
        ticket = await client.ticket()
    url = server.base_url.replace("http", "ws") + f"/api/v1/live?ticket={ticket}"
    async with connect(url, compression=None, proxy=None, max_size=None, **kwargs) as wire:
        if hello:
            await wire.send(json.dumps({"type": "hello", "protocol": 1, "last": last or {}}))
        yield wire


async def next_frame(wire: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next frame of one of ``kinds``, others passed over."""
    while True:
        frame: dict[str, Any] = json.loads(await wire.recv())
        if not kinds or frame["type"] in kinds:
            return frame
