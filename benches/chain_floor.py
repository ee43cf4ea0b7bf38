"""The floor of the chain, as a program: a frame in, INSERT and NOTIFY committed, heard by LISTEN, a frame out."""

from __future__ import annotations

import asyncio
import select
import sys
import threading

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from websockets.asyncio.server import ServerConnection, serve


def main(dsn: str, port: int) -> None:
    """Serve on loopback until killed."""
    asyncio.run(_serve(dsn, port))


async def _serve(dsn: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    waiting: dict[str, ServerConnection] = {}
    writer = psycopg2.connect(dsn)
    lock = threading.Lock()

    def insert(key: str) -> None:
        with lock, writer, writer.cursor() as cursor:
            cursor.execute("INSERT INTO bare (key) VALUES (%s)", (key,))
            cursor.execute("SELECT pg_notify('bare', %s)", (key,))

    def listen() -> None:
        connection = psycopg2.connect(dsn)
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as cursor:
            cursor.execute("LISTEN bare")
        while True:
            select.select([connection], [], [])
            connection.poll()
            for note in connection.notifies:
                asyncio.run_coroutine_threadsafe(waiting.pop(note.payload).send(note.payload), loop)
            connection.notifies.clear()

    threading.Thread(target=listen, daemon=True).start()

    async def answer(wire: ServerConnection) -> None:
        async for key in wire:
            waiting[str(key)] = wire
            await loop.run_in_executor(None, insert, str(key))

    async with serve(answer, "127.0.0.1", port, compression=None):
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
