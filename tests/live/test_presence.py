"""The database knows which phones are there, and since when one is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from notifications.devices.model import Device
from tests.live.conftest import LiveServer
from tests.live.support import next_frame, raw_socket, run
from tests.support.people import START, Login, guard, make_station


@pytest.fixture
def server(start_server: Callable[..., LiveServer]) -> LiveServer:
    return start_server(presence_s=0.05, heard_s=0.1)


@pytest.fixture
def person(server: LiveServer) -> Login:
    with server.sessions.begin() as session:
        return guard(session, make_station(session))


async def until(server: LiveServer, person: Login, holds: Callable[[Device], bool]) -> Device:
    """The device as soon as that is so; fails after some seconds."""

    def read() -> Device:
        with server.sessions() as session:
            return session.get_one(Device, person.device_id)

    async with asyncio.timeout(30):
        while not holds(device := await asyncio.to_thread(read)):
            await asyncio.sleep(0.05)
    return device


def test_a_phone_that_connects_is_there_and_one_that_leaves_is_lost(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        async with raw_socket(server, person) as wire:
            await next_frame(wire, "welcome")
            device = await until(server, person, lambda d: d.connected_at is not None)
            assert (device.connected_at, device.reachable_at, device.lost_at) == (START, START, None)
            server.clock.advance(seconds=30)
            await until(server, person, lambda d: d.reachable_at == START + timedelta(seconds=30))
        lost = await until(server, person, lambda d: d.lost_at is not None)
        assert lost.lost_at == START + timedelta(seconds=30)
        async with raw_socket(server, person) as wire:
            await next_frame(wire, "welcome")
            await until(server, person, lambda d: d.lost_at is None)

    run(body)


def test_a_phone_that_opens_the_next_socket_before_the_last_is_closed_is_not_lost(
    server: LiveServer, person: Login
) -> None:
    async def body() -> None:
        async with raw_socket(server, person) as first:
            await next_frame(first, "welcome")
            async with raw_socket(server, person) as second:
                await next_frame(second, "welcome")
                await first.close()
                server.clock.advance(seconds=5)
                device = await until(server, person, lambda d: d.reachable_at == START + timedelta(seconds=5))
                assert device.lost_at is None

    run(body)
