"""A wire between browser and server on which everything takes its time: what a page shows and what the server has done
come apart, as they do with bad signal, and a test that took the one for the other fails."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

#: what follows so soon belongs to the same answer: a large file is late once, not once for each of its parts
_SAME_ANSWER_S = 0.05
_CHUNK = 1 << 16


@contextmanager
def slow_wire(port: int, most_s: float) -> Iterator[int]:
    """A port of this machine that leads to ``port``; each question, answer and frame waits 0 to ``most_s`` seconds."""
    loop = asyncio.new_event_loop()
    running = threading.Thread(target=loop.run_forever, name="slow-wire", daemon=True)
    running.start()
    wire = _Wire(port, most_s)
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(wire.connect, "127.0.0.1", 0), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(wire.cut(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        running.join(10)
        loop.close()


class _Wire:
    def __init__(self, port: int, most_s: float) -> None:
        self._port = port
        self._most_s = most_s
        self._open: set[asyncio.Task[None]] = set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        for task in (self._carry(reader, there_writer), self._carry(there_reader, writer)):
            self._open.add(started := asyncio.create_task(task))
            started.add_done_callback(self._open.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        now = asyncio.get_running_loop().time
        last = 0.0
        with closing(writer), suppress(ConnectionError):
            while chunk := await reader.read(_CHUNK):
                if now() - last > _SAME_ANSWER_S:
                    await asyncio.sleep(random.uniform(0, self._most_s))
                last = now()
                writer.write(chunk)
                await writer.drain()

    async def cut(self) -> None:
        tasks = list(self._open)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # a closed transport lets go of its socket a turn later
        await asyncio.sleep(0.1)
