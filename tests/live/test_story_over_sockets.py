"""The loop as phones and consoles live it: everything by socket and public HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from pingan_client import LiveClient, PinganClient, Refused
from tests.live.conftest import LiveServer
from tests.live.support import client_of, live_of, run
from tests.notifications.support import deliveries
from tests.support.orders import Scene, a_need, make_scene


@pytest.fixture
def server(start_server: Callable[..., LiveServer]) -> LiveServer:
    return start_server()


@pytest.fixture
def scene(server: LiveServer) -> Scene:
    with server.sessions() as session:
        made = make_scene(session, a_need("patrol_unit"), a_need(alert_factor=2.0), guards=3)
        session.commit()
        return made


def _only(live: LiveClient, entity: str) -> Any:
    values = list(live.screen.all(entity).values())
    return values[0] if len(values) == 1 else None


def test_one_accepts_the_other_is_stood_down_and_the_console_sees_it_all(server: LiveServer, scene: Scene) -> None:
    first, second, _ = scene.guards

    async def body() -> None:
        async with (
            live_of(server, scene.dispatcher) as room,
            live_of(server, first) as wang,
            live_of(server, second) as li,
        ):
            await room.client.post(f"/api/v1/incidents/{scene.incident.id}/dispatch", {})
            order = await wang.wait_for(lambda _: _only(wang, "order"))
            message = await wang.wait_for(lambda _: _only(wang, "message"))
            assert message["subject_id"] == order["id"] and order["instruction"].startswith("请到现场")
            # the phone acknowledged by itself
            await room.wait_for(lambda s: _state(s, order["id"]) == "received")
            await wang.shown(message["id"])
            await room.wait_for(lambda s: _state(s, order["id"]) == "shown")
            other = await li.wait_for(lambda _: _only(li, "order"))
            await wang.client.post(f"/api/v1/orders/{order['id']}/accept")
            await room.wait_for(lambda s: _state(s, order["id"]) == "accepted")
            # the rest are told why their order is gone
            await li.wait_for(lambda s: s.get("order", other["id"]) is None)
            await li.wait_for(lambda s: [m["kind"] for m in s.all("message").values()] == ["order.stood_down"])
            with pytest.raises(Refused) as refusal:
                await li.client.post(f"/api/v1/orders/{other['id']}/accept")
            assert refusal.value.slug == "offer-taken"

    run(body)


def test_received_is_said_by_the_device_and_by_nobody_else(server: LiveServer, scene: Scene) -> None:
    async def body() -> None:
        async with live_of(server, scene.guards[0], acknowledge=False) as phone:
            async with client_of(server, scene.dispatcher) as room:
                await room.post(f"/api/v1/incidents/{scene.incident.id}/dispatch", {})
            message = await phone.wait_for(lambda _: _only(phone, "message"))
            await _until(lambda: _states(server, message["id"]) == ["sent"])
            await phone.received(message["id"])
            assert _states(server, message["id"]) == ["received"]
            await phone.shown(message["id"])
            assert _states(server, message["id"]) == ["shown"]

    run(body)


def test_a_phone_that_was_off_gets_its_order_when_it_comes_back(server: LiveServer, scene: Scene) -> None:
    async def body() -> None:
        async with client_of(server, scene.dispatcher) as room:
            await room.post(f"/api/v1/incidents/{scene.incident.id}/dispatch", {})
        async with live_of(server, scene.guards[0]) as phone:
            assert _only(phone, "order")["state"] in ("offered", "received")
            message = _only(phone, "message")
            await _until(lambda: _states(server, message["id"]) == ["received"])

    run(body)


def test_a_command_that_was_sent_twice_by_the_network_is_done_once(server: LiveServer, scene: Scene) -> None:
    async def body() -> None:
        async with client_of(server, scene.dispatcher) as room:
            path = f"/api/v1/incidents/{scene.incident.id}/dispatch"
            once = await room.post(path, {}, key="the-same-key")
            assert await room.post(path, {}, key="the-same-key") == once

    run(body)


def test_a_server_that_is_away_is_tried_again_under_the_same_key() -> None:
    import httpx

    keys = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            raise httpx.ConnectError("gone")
        return httpx.Response(503) if len(keys) == 2 else httpx.Response(200, json={"ok": True})

    async def body() -> None:
        async with PinganClient("http://test", transport=httpx.MockTransport(answer)) as client:
            assert await client.post("/x") == {"ok": True}
        assert len(keys) == 3 and len(set(keys)) == 1

    run(body)


def test_ten_screens_of_one_station_agree(server: LiveServer, scene: Scene) -> None:
    async def body() -> None:
        rooms = [live_of(server, scene.dispatcher) for _ in range(10)]
        opened = await asyncio.gather(*(room.__aenter__() for room in rooms))
        await opened[0].client.post(f"/api/v1/incidents/{scene.incident.id}/dispatch", {})
        for room in opened:
            await room.wait_for(lambda s: len(s.all("order")) == 3)

        # what follows the orders reaches one screen a moment before the other
        def agree() -> bool:
            entities = [room.screen.streams["station"].entities for room in opened]
            return all(its == entities[0] for its in entities)

        await _until(agree)
        await asyncio.gather(*(room.__aexit__(None, None, None) for room in rooms))

    run(body)


def _state(screen: Any, order_id: str) -> str | None:
    """None: the event with the order has not reached this screen yet."""
    order = screen.get("order", order_id)
    return order["state"] if order else None


def _states(server: LiveServer, message_id: str) -> list[str]:
    from types import SimpleNamespace

    with server.sessions() as session:
        return [row.state for row in deliveries(session, SimpleNamespace(id=message_id))]  # type: ignore[arg-type]


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.05)
