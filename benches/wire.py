"""A WebSocket client that costs little: what the machine does for the phones it does not do for the server.

It speaks what a phone speaks to this server and no more: whole text frames, pings answered, no extensions. Its mask
is zero, which a server undoes like any other.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

Heard = Callable[[str], None]

_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_MASKED = 0x80
_NO_MASK = b"\0\0\0\0"


class WireProblem(Exception):
    """The other side said what this client does not understand."""


class Wire(asyncio.Protocol):
    """One connection. ``heard`` gets every text; until it is set they are kept, and ``next_text`` waits for one."""

    def __init__(self, host: str, target: str) -> None:
        self.heard: Heard | None = None
        #: done when the connection is over, however it ended
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._kept: asyncio.Queue[str] = asyncio.Queue()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        key = base64.b64encode(os.urandom(16)).decode()
        self._request = (
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()

    async def opened(self) -> None:
        """Return when the server has agreed; raises WireProblem when it has not."""
        await self._opened

    async def next_text(self) -> str:
        """The next text that nobody has heard."""
        return await self._kept.get()

    def listen(self, heard: Heard) -> None:
        """From now on, with what was kept first."""
        while not self._kept.empty():
            heard(self._kept.get_nowait())
        self.heard = heard

    def send(self, text: str | bytes) -> None:
        """One text; nothing once the connection is over."""
        self._send(_TEXT, text.encode() if isinstance(text, str) else text)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no common class
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._opened.done() and not self._open():
            return
        while frame := self._next_frame():
            self._take(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(WireProblem("closed before it was open"))
        if not self.over.done():
            self.over.set_result(None)

    def _open(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 101 "):
            self._opened.set_exception(WireProblem(head[:60].decode("ascii", "replace")))
            return False
        self._buffer = rest
        self._opened.set_result(None)
        return True

    def _next_frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, size, start = buffer[0], buffer[1], 2
        if size == 126:
            start = 4
        elif size == 127:
            start = 10
        if len(buffer) < start:
            return None
        if start > 2:
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        self._buffer = buffer[start + size :]
        return first, buffer[start : start + size]

    def _take(self, first: int, payload: bytes) -> None:
        if first == _TEXT:
            text = payload.decode()
            if self.heard is None:
                self._kept.put_nowait(text)
            else:
                self.heard(text)
        elif first == _PING:
            self._send(_PONG, payload)
        elif first == _CLOSE:
            self._send(_CLOSE, payload)
            if self._transport is not None:
                self._transport.close()
        elif first != _PONG:
            raise WireProblem(f"a frame that begins with {first:#x}")

    def _send(self, first: int, payload: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", first, _MASKED | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", first, _MASKED | 126, size)
        else:
            head = struct.pack("!BBQ", first, _MASKED | 127, size)
        self._transport.write(head + _NO_MASK + payload)


async def connect(address: str) -> Wire:
    """Open ``ws://host:port/target``. Raises OSError, WireProblem."""
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    loop = asyncio.get_running_loop()
    host, port = parts.hostname or "", parts.port or 80
    _, wire = await loop.create_connection(lambda: Wire(parts.netloc, target), host, port)
    await wire.opened()
    return wire
