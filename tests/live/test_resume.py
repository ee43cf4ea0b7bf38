"""After any gap a screen shows what the server has: gapless numbers, resume, or a fresh start."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from websockets.exceptions import ConnectionClosed

from dispatch.live.snapshot import read_entities
from kit.feed import account_audience
from notifications.outbox import service as outbox
from pingan_client import Screen
from tests.live.conftest import LiveServer
from tests.live.support import live_of, next_frame, raw_socket, run
from tests.notifications.support import put
from tests.support.people import Login, guard, make_station

Start = Callable[..., LiveServer]


@pytest.fixture
def server(start_server: Start) -> LiveServer:
    return start_server(replay=50, ring=64)


@pytest.fixture
def person(server: LiveServer) -> Login:
    with server.sessions.begin() as session:
        return guard(session, make_station(session))


def _put(server: LiveServer, person: Login, number: int = 1) -> list[str]:
    with server.sessions() as session:
        ids = [str(put(session, person, kind="rating.made").id) for _ in range(number)]
        session.commit()
        return ids


def _truth(server: LiveServer, person: Login) -> tuple[int, dict[str, Any]]:
    with server.sessions() as session:
        mark, entities = read_entities(session, account_audience(person.account.id))
        return mark.seq, entities


def test_what_was_missed_follows_without_a_gap(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        async with raw_socket(server, person) as wire:
            first = await next_frame(wire, "snapshot")
        missed = await asyncio.to_thread(_put, server, person, 7)
        last = {"account": {"epoch": first["epoch"], "seq": first["seq"]}}
        async with raw_socket(server, person, last=last) as wire:
            await next_frame(wire, "welcome")
            frame = await next_frame(wire)
            assert frame["type"] == "events"
            assert [e["seq"] for e in frame["events"]] == list(range(first["seq"] + 1, first["seq"] + 8))
            assert {e["id"] for e in frame["events"]} == set(missed)

    run(body)


def test_who_missed_nothing_gets_nothing(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        await asyncio.to_thread(_put, server, person)
        async with raw_socket(server, person) as wire:
            first = await next_frame(wire, "snapshot")
        last = {"account": {"epoch": first["epoch"], "seq": first["seq"]}}
        async with raw_socket(server, person, last=last) as wire:
            await next_frame(wire, "welcome")
            await wire.send('{"type":"ping","ref":"1"}')
            assert (await next_frame(wire))["type"] == "pong"

    run(body)


@pytest.mark.parametrize("stale", ["too far behind", "other epoch", "from the future", "trimmed"])
def test_a_place_that_cannot_be_resumed_starts_over(server: LiveServer, person: Login, stale: str) -> None:
    async def body() -> None:
        await asyncio.to_thread(_put, server, person, 3)
        async with raw_socket(server, person) as wire:
            first = await next_frame(wire, "snapshot")
        mark = {"epoch": first["epoch"], "seq": first["seq"]}
        if stale == "too far behind":
            await asyncio.to_thread(_put, server, person, 51)
        elif stale == "other epoch":
            mark["epoch"] = "11111111-1111-4111-8111-111111111111"
        elif stale == "from the future":
            mark["seq"] += 1_000
        else:
            await asyncio.to_thread(_put, server, person, 2)
            with server.sessions.begin() as session:
                session.execute(text("DELETE FROM feed_events"))
        async with raw_socket(server, person, last={"account": mark}) as wire:
            await next_frame(wire, "welcome")
            assert (await next_frame(wire))["type"] == "resync"
            snapshot = await next_frame(wire)
            assert (snapshot["type"], (snapshot["seq"], snapshot["entities"])) == (
                "snapshot",
                _truth(server, person),
            )

    run(body)


def test_any_schedule_of_gaps_ends_with_the_server_s_screen(server: LiveServer, person: Login) -> None:
    """Sockets are cut at random moments while messages come, are seen and are recalled."""
    chance = random.Random(12)

    def act() -> None:
        with server.sessions() as session:
            shown = list(read_entities(session, account_audience(person.account.id))[1].get("message", {}))
        with server.sessions.begin() as session:
            for _ in range(chance.randint(1, 4)):
                put(session, person, kind="rating.made")
            if shown and chance.random() < 0.6:
                seen = chance.choice(shown)
                outbox.mark(session, uuid.UUID(seen), person.account.id, person.device_id, "shown", server.clock.now())
            if shown and chance.random() < 0.3:
                outbox.recall(session, uuid.UUID(chance.choice(shown)), server.clock.now())

    async def body() -> None:
        screen, numbers = Screen(), []
        acting = asyncio.create_task(_often(act, 40))
        while not acting.done():
            async with raw_socket(server, person, last=screen.marks()) as wire:
                for _ in range(chance.randint(1, 6)):
                    try:
                        async with asyncio.timeout(0.3):
                            frame = json.loads(await wire.recv())
                    except TimeoutError:
                        break
                    numbers += [event["seq"] for event in frame.get("events", [])]
                    screen.apply(frame)
                if chance.random() < 0.5:
                    wire.transport.abort()
        await acting
        seq, truth = await asyncio.to_thread(_truth, server, person)
        async with raw_socket(server, person, last=screen.marks()) as wire:
            while screen.streams["account"].seq < seq:
                screen.apply(await next_frame(wire))
        assert screen.streams["account"].entities == truth
        assert len(truth["message"]) > 10
        assert len(numbers) == len(set(numbers))

    run(body, timeout_s=60)


def test_the_client_comes_back_by_itself(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        async with live_of(server, person) as live:
            await live.drop()
            ids = await asyncio.to_thread(_put, server, person, 3)
            await live.wait_for(lambda s: set(ids) <= set(s.all("message")), timeout_s=15)
            assert live.connections == 2

    run(body)


def test_a_restored_database_makes_every_screen_start_over(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        await asyncio.to_thread(_put, server, person, 3)
        async with raw_socket(server, person) as wire:
            await next_frame(wire, "snapshot")
            with server.sessions.begin() as session:
                session.execute(text("DELETE FROM feed_events"))
                session.execute(text("UPDATE feed_heads SET epoch = gen_random_uuid(), seq = 1"))
            assert (await next_frame(wire, "resync", "events"))["type"] == "resync"
            snapshot = await next_frame(wire, "snapshot", "events")
            assert (snapshot["type"], snapshot["seq"]) == ("snapshot", 1)
            (new,) = await asyncio.to_thread(_put, server, person, 1)
            events = (await next_frame(wire, "events"))["events"]
            assert [(e["seq"], e["id"]) for e in events] == [(2, new)]

    run(body)


def test_a_lost_listener_costs_a_second_at_most(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        async with live_of(server, person) as live:
            for _ in range(2):
                with server.sessions.begin() as session:
                    session.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE datname = current_database() AND application_name = 'pingan-listen'"
                        )
                    )
                (new,) = await asyncio.to_thread(_put, server, person, 1)
                await live.wait_for(lambda s, new=new: s.get("message", new), timeout_s=5)  # type: ignore[misc]

    run(body)


def test_the_server_says_goodbye_when_it_stops(start_server: Start) -> None:
    server = start_server()
    with server.sessions.begin() as session:
        person = guard(session, make_station(session))

    async def body() -> None:
        async with raw_socket(server, person) as wire:
            await next_frame(wire, "snapshot")
            server.stop()
            with pytest.raises(ConnectionClosed) as closed:
                await next_frame(wire, "never")
            assert closed.value.rcvd is not None and closed.value.rcvd.code in (1001, 1012)

    run(body)


async def _often(act: Callable[[], None], times: int) -> None:
    for _ in range(times):
        await asyncio.to_thread(act)
        await asyncio.sleep(0.02)
