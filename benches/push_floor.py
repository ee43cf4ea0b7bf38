"""The floor of a push, as a program: claim the nearest free ones, commit, notify; heard by LISTEN; a bare frame each.

One thing is asked of it per incident: ``lon lat key`` on the socket of the caller. The phones of two people who
are chosen get ``key/1`` and ``key/2``. Their positions are read off the wire and dropped.
"""

from __future__ import annotations

import asyncio
import queue
import select
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg2
import uvloop
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

_THREADS = 8
_CLAIM = """
WITH near AS MATERIALIZED (
    SELECT id FROM bare_people WHERE free
    ORDER BY position <-> ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography LIMIT 3 * %s
), locked AS MATERIALIZED (
    SELECT id FROM bare_people WHERE id IN (SELECT id FROM near) AND free LIMIT %s FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE bare_people SET free = false FROM locked WHERE bare_people.id = locked.id RETURNING bare_people.id
), ordered AS (
    INSERT INTO bare_orders (key, person_id) SELECT %s || '/' || row_number() OVER (), id FROM taken
    RETURNING key, person_id
)
SELECT pg_notify('bare', string_agg(key || ' ' || person_id, ',')) FROM ordered
HAVING count(*) > 0
"""


async def _serve(dsn: str, port: int, people: int) -> None:
    loop = asyncio.get_running_loop()
    wires: dict[str, ServerConnection] = {}
    pool: queue.SimpleQueue[psycopg2.extensions.connection] = queue.SimpleQueue()
    for _ in range(_THREADS):
        pool.put(psycopg2.connect(dsn))
    threads = ThreadPoolExecutor(_THREADS)

    def claim(lon: str, lat: str, key: str) -> None:
        connection = pool.get()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(_CLAIM, (float(lon), float(lat), people, people, key))
        finally:
            pool.put(connection)

    def listen() -> None:
        connection = psycopg2.connect(dsn)
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as cursor:
            cursor.execute("LISTEN bare")
        while True:
            select.select([connection], [], [])
            connection.poll()
            for note in connection.notifies:
                for told in note.payload.split(","):
                    key, person = told.split()
                    asyncio.run_coroutine_threadsafe(wires[person].send(key), loop)
            connection.notifies.clear()

    threading.Thread(target=listen, daemon=True).start()

    async def answer(wire: ServerConnection) -> None:
        name = str(await wire.recv())
        wires[name] = wire
        with suppress(ConnectionClosed):
            async for frame in wire:
                if name == "caller":
                    loop.run_in_executor(threads, claim, *str(frame).split()).add_done_callback(_complain)  # type: ignore[arg-type]

    async with serve(answer, "127.0.0.1", port, compression=None):
        await asyncio.Event().wait()


def _complain(claimed: asyncio.Future[None]) -> None:
    failure = claimed.exception()
    if failure is not None:
        print(f"a claim failed: {failure}", file=sys.stderr)


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
