"""A phone that does not read must not be noticed by anybody else."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kit.actor import Role
from kit.feed import station_audience
from tests.live.conftest import LiveServer
from tests.live.support import next_frame, raw_socket, run
from tests.support.people import make_station, staff

HEALTHY, STALLED = 20, 5
EVENTS, VALUE_BYTES = 250, 40_000
STALL_S = 1.0

_APPEND = text(
    """
    WITH head AS (
        INSERT INTO feed_heads (audience, epoch, seq) VALUES (:audience, gen_random_uuid(), 1)
        ON CONFLICT (audience) DO UPDATE SET seq = feed_heads.seq + 1 RETURNING seq
    )
    INSERT INTO feed_events (audience, seq, at, entity, entity_id, value)
    SELECT :audience, seq, clock_timestamp(), 'incident', gen_random_uuid(), jsonb_build_object('fill', :fill)
    FROM head
    """
)


async def _listen(wire: ClientConnection, heard: list[tuple[float, int]]) -> None:
    while len(heard) < EVENTS:
        frame = json.loads(await wire.recv())
        if frame["type"] == "heartbeat":
            await wire.send('{"type":"pong"}')
        heard += [(time.monotonic(), event["seq"]) for event in frame.get("events", [])]


def test_stalled_sockets_are_closed_and_silence_nobody(start_server: Callable[..., LiveServer]) -> None:
    server = start_server(stall_s=STALL_S, ring=64, farewell_s=0.5)
    with server.sessions.begin() as session:
        station = make_station(session)
        logins = [staff(session, Role.DISPATCHER, station) for _ in range(HEALTHY + STALLED)]
    audience = station_audience(station.id)

    def write() -> None:
        for _ in range(EVENTS):
            with server.sessions.begin() as session:
                session.execute(_APPEND, {"audience": audience, "fill": "x" * VALUE_BYTES})
                session.execute(text("SELECT pg_notify('pingan_feed', :a)"), {"a": audience})
            time.sleep(0.02)

    async def body() -> None:
        async with asyncio.TaskGroup() as group, _all(server, logins) as wires:
            heard: list[list[tuple[float, int]]] = [[] for _ in range(HEALTHY)]
            listening = [group.create_task(_listen(wire, its)) for wire, its in zip(wires, heard, strict=False)]
            for wire in wires[HEALTHY:]:
                # the kernel's buffers fill up, then the server's
                wire.transport.pause_reading()
            # the server can cut a connection that takes nothing any more
            assert all(socket.wire._abort is not None for socket in server.app.state.hub.sockets)
            await asyncio.to_thread(write)
            await asyncio.wait_for(asyncio.gather(*listening), 60)
            for its in heard:
                assert [seq for _, seq in its] == list(range(1, EVENTS + 1))
            silence = max(b[0] - a[0] for its in heard for a, b in itertools.pairwise(its))
            assert silence <= STALL_S
            async with asyncio.timeout(40):
                while len(server.app.state.hub.sockets) > HEALTHY:
                    await asyncio.sleep(0.1)
            for wire in wires[HEALTHY:]:
                wire.transport.resume_reading()
                await _must_be_closed(wire)

    run(body, timeout_s=110)


async def _must_be_closed(wire: ClientConnection) -> None:
    try:
        async with asyncio.timeout(30):
            while True:
                await wire.recv()
    except ConnectionClosed as closed:
        # cut, or told to come back when it still took the close frame
        assert closed.rcvd is None or closed.rcvd.code == 1013


class _all:
    """Sockets of all logins, past their snapshots."""

    def __init__(self, server: LiveServer, logins: list[Any]) -> None:
        self._sockets = [raw_socket(server, login) for login in logins]

    async def __aenter__(self) -> list[ClientConnection]:
        wires = [await socket.__aenter__() for socket in self._sockets]
        for wire in wires:
            await next_frame(wire, "snapshot")
            await next_frame(wire, "snapshot")
        return wires

    async def __aexit__(self, *_: object) -> None:
        for socket in self._sockets:
            await socket.__aexit__(None, None, None)
