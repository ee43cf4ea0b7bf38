"""The Python client against the real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dispatch.accounts import passwords
from kit.actor import Role
from pingan_client import LiveClient, PinganClient, Refused, Screen
from pingan_client.backoff import pause_s
from pingan_client.screen import Gap
from tests.live.conftest import LiveServer
from tests.live.support import run
from tests.support.people import make_account, make_station

PASSWORD = "剑川路老槐树下 3 只猫"
BADGE = "031877"


@pytest.fixture
def server(start_server: Callable[..., LiveServer]) -> LiveServer:
    server = start_server(rights_s=0.2)
    with server.sessions.begin() as session:
        make_account(
            session,
            Role.DISPATCHER,
            make_station(session),
            badge_no=BADGE,
            password_hash=passwords.hash_password(PASSWORD),
        )
    return server


def test_a_login_lasts_over_the_end_of_its_access_token(server: LiveServer) -> None:
    async def body() -> None:
        async with PinganClient(server.base_url) as client:
            await client.login(BADGE, PASSWORD)
            first = client.token
            server.clock.advance(minutes=11)
            # many at once: the refresh token is good for one exchange
            await asyncio.gather(*(client.get("/api/v1/live/snapshot") for _ in range(8)))
            assert client.token != first

    run(body)


def test_a_wrong_password_is_a_typed_refusal(server: LiveServer) -> None:
    async def body() -> None:
        async with PinganClient(server.base_url) as client:
            with pytest.raises(Refused) as refusal:
                await client.login(BADGE, "wrong-wrong-wrong")
            assert refusal.value.status == 401 and refusal.value.problem.title

    run(body)


def test_a_client_whose_login_is_ended_stops_for_good(server: LiveServer) -> None:
    async def body() -> None:
        async with PinganClient(server.base_url) as client:
            await client.login(BADGE, PASSWORD)
            live = LiveClient(client)
            async with live:
                await client.post("/api/v1/auth/logout")
                assert live._task is not None
                async with asyncio.timeout(30):
                    with pytest.raises(Refused):
                        await live._task
                assert live.closed_with == 4401

    run(body)


def test_changes_can_be_iterated_until_the_client_is_closed(server: LiveServer) -> None:
    async def body() -> None:
        async with PinganClient(server.base_url) as client:
            await client.login(BADGE, PASSWORD)
            live = LiveClient(client)
            live.start()

            async def collect() -> int:
                return len([change async for change in live.changes()])

            collecting = asyncio.create_task(collect())
            await live.ready.wait()
            await live.close()
            assert await asyncio.wait_for(collecting, 5) == 0

    run(body)


def _event(seq: int, value: dict[str, object] | None = None) -> dict[str, object]:
    return {"seq": seq, "entity": "order", "id": "o1", "value": value}


class TestScreen:
    def test_an_event_twice_is_applied_once(self) -> None:
        screen = Screen()
        screen.apply({"type": "snapshot", "stream": "s", "epoch": "e", "seq": 1, "entities": {}})
        frame = {"type": "events", "stream": "s", "epoch": "e", "events": [_event(2, {"state": "offered"})]}
        assert len(screen.apply(frame)) == 1
        assert screen.apply(frame) == []

    def test_a_hole_in_the_numbers_is_never_passed_over(self) -> None:
        screen = Screen()
        screen.apply({"type": "snapshot", "stream": "s", "epoch": "e", "seq": 1, "entities": {}})
        with pytest.raises(Gap):
            screen.apply({"type": "events", "stream": "s", "epoch": "e", "events": [_event(3)]})

    def test_a_heartbeat_that_knows_more_is_a_hole(self) -> None:
        screen = Screen()
        screen.apply({"type": "snapshot", "stream": "s", "epoch": "e", "seq": 1, "entities": {}})
        with pytest.raises(Gap):
            screen.apply({"type": "heartbeat", "at": "", "streams": {"s": {"epoch": "e", "seq": 2}}})

    def test_unknown_frames_are_passed_over(self) -> None:
        assert Screen().apply({"type": "of-a-later-version"}) == []


def test_the_pause_grows_and_is_spread_over_its_whole_range() -> None:
    pauses = [[pause_s(n) for _ in range(500)] for n in (0, 3, 20)]
    for tries, ceiling in zip(pauses, (0.5, 4.0, 30.0), strict=True):
        assert 0 <= min(tries) < ceiling * 0.1 and ceiling * 0.9 < max(tries) <= ceiling
