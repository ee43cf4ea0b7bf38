"""Who gets a socket, and what ends one that misbehaves."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kit.actor import Role
from kit.ids import new_id
from notifications.devices.model import Device
from pingan_client import PinganClient, Refused
from tests.live.conftest import LiveServer
from tests.live.support import client_of, next_frame, raw_socket, run
from tests.notifications.support import put
from tests.support.people import Login, guard, make_station, staff

Start = Callable[..., LiveServer]


@pytest.fixture
def server(start_server: Start) -> LiveServer:
    return start_server(heartbeat_s=0.2, rights_s=0.2)


@pytest.fixture
def person(server: LiveServer) -> Login:
    with server.sessions.begin() as session:
        return guard(session, make_station(session))


def _impatient(start_server: Start, **limits: float) -> tuple[LiveServer, Login]:
    server = start_server(**limits)
    with server.sessions.begin() as session:
        return server, guard(session, make_station(session))


async def _ticket(server: LiveServer, person: Login) -> str:
    async with client_of(server, person) as client:
        return await client.ticket()


def _url(server: LiveServer, ticket: str) -> str:
    return server.base_url.replace("http", "ws") + f"/api/v1/live?ticket={ticket}"


async def _close_code(wire: Any) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(8):
            while True:
                await wire.recv()
    assert closed.value.rcvd is not None
    return int(closed.value.rcvd.code)


class TestTicket:
    def test_a_ticket_opens_one_socket(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            ticket = await _ticket(server, person)
            async with connect(_url(server, ticket), proxy=None) as first:
                await first.send(json.dumps({"type": "hello", "protocol": 1}))
                assert (await next_frame(first))["type"] == "welcome"
                async with connect(_url(server, ticket), proxy=None) as second:
                    assert await _close_code(second) == 4401

        run(body)

    @pytest.mark.parametrize("ticket", ["", "never-was-one"])
    def test_without_a_ticket_there_is_no_socket(self, server: LiveServer, ticket: str) -> None:
        async def body() -> None:
            async with connect(_url(server, ticket), proxy=None) as wire:
                assert await _close_code(wire) == 4401

        run(body)

    def test_a_ticket_runs_out_after_thirty_seconds(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            ticket = await _ticket(server, person)
            server.clock.advance(seconds=30)
            async with connect(_url(server, ticket), proxy=None) as wire:
                assert await _close_code(wire) == 4401

        run(body)

    def test_a_ticket_of_a_login_that_was_ended_opens_nothing(self, server: LiveServer, person: Login) -> None:
        from dispatch.sessions import repository

        async def body() -> None:
            ticket = await _ticket(server, person)
            with server.sessions.begin() as session:
                repository.revoke(session, at=server.clock.now(), reason="test", account_id=person.account.id)
            async with connect(_url(server, ticket), proxy=None) as wire:
                assert await _close_code(wire) == 4401

        run(body)

    def test_a_role_without_live_screens_gets_no_ticket(self, server: LiveServer) -> None:
        with server.sessions.begin() as session:
            manager = staff(session, Role.COMPANY_MANAGER, make_station(session))

        async def body() -> None:
            with pytest.raises(Refused) as refusal:
                await _ticket(server, manager)
            assert refusal.value.status == 403

        run(body)

    def test_no_log_line_holds_the_ticket(
        self, server: LiveServer, person: Login, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def body() -> str:
            ticket = await _ticket(server, person)
            async with connect(_url(server, ticket), proxy=None) as wire:
                await wire.send(json.dumps({"type": "hello", "protocol": 1}))
                await next_frame(wire)
            return ticket

        with caplog.at_level(logging.DEBUG, logger="uvicorn.error"):
            ticket = run(body)
        assert any("WebSocket" in record.getMessage() for record in caplog.records)
        from_server = [r for r in caplog.records if r.name.startswith("uvicorn") and r.levelno >= logging.INFO]
        assert not any(ticket in record.getMessage() for record in from_server)


class TestOrigin:
    def test_a_foreign_page_is_refused_before_the_upgrade(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            url = _url(server, await _ticket(server, person))
            for origin in ("https://evil.example", "null", server.base_url + ".evil.example"):
                with pytest.raises(InvalidStatus) as refusal:
                    await connect(url, origin=origin, proxy=None)  # type: ignore[arg-type]
                assert refusal.value.response.status_code == 403
                assert json.loads(refusal.value.response.body)["type"].endswith("/foreign-origin")

        run(body)

    def test_own_and_allowed_pages_may(self, start_server: Start) -> None:
        server = start_server(settings={"allowed_origins": ["https://pingan.example"]})
        with server.sessions.begin() as session:
            person = guard(session, make_station(session))

        async def body() -> None:
            for origin in (server.base_url, "https://pingan.example"):
                async with raw_socket(server, person, origin=origin) as wire:
                    assert (await next_frame(wire))["type"] == "welcome"

        run(body)

    def test_a_token_in_the_address_is_refused(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            url = server.base_url.replace("http", "ws") + f"/api/v1/live?token={person.token}"
            with pytest.raises(InvalidStatus) as refusal:
                await connect(url, proxy=None)
            assert refusal.value.response.status_code == 400

        run(body)


class TestManners:
    def test_who_does_not_say_hello_is_closed(self, start_server: Start) -> None:
        server, person = _impatient(start_server, hello_s=0.3)

        async def body() -> None:
            async with raw_socket(server, person, hello=False) as wire:
                assert await _close_code(wire) == 4401

        run(body)

    def test_who_falls_silent_is_closed(self, start_server: Start) -> None:
        server, person = _impatient(start_server, heartbeat_s=0.2, silence_s=1)

        async def body() -> None:
            async with raw_socket(server, person) as wire:
                assert await _close_code(wire) == 1011

        run(body)

    def test_a_pong_keeps_the_socket(self, start_server: Start) -> None:
        server, person = _impatient(start_server, heartbeat_s=0.5, silence_s=4)

        async def body() -> None:
            async with raw_socket(server, person) as wire:
                for _ in range(10):
                    await next_frame(wire, "heartbeat")
                    await wire.send('{"type":"pong"}')

        run(body)

    @pytest.mark.parametrize(
        ("frame", "code"),
        [(b"bytes", 1003), ("x" * 70_000, 1009), ('{"type":"hello","protocol":1,"last":{},"x":"' + "y" * 66_000, 1009)],
    )
    def test_a_frame_of_the_wrong_kind_ends_the_socket(
        self, server: LiveServer, person: Login, frame: str | bytes, code: int
    ) -> None:
        async def body() -> None:
            async with raw_socket(server, person) as wire:
                await next_frame(wire, "snapshot")
                await wire.send(frame)
                assert await _close_code(wire) == code

        run(body)

    @pytest.mark.parametrize(
        "frame",
        [
            '{"type":"dance"}',
            "[]",
            "{",
            '{"type":"ack"}',
            '{"type":"ping","type":"ping"}',
            '{"type":"ping","extra":1}',
            '{"type":"fix","fix":{"captured_at":"2026-11-24T08:00:00Z","position":{"lon":NaN,"lat":1,"crs":"wgs84"}}}',
            "[" * 5_000,
        ],
    )
    def test_three_frames_that_cannot_be_understood_end_the_socket(
        self, server: LiveServer, person: Login, frame: str
    ) -> None:
        async def body() -> None:
            async with raw_socket(server, person) as wire:
                for _ in range(3):
                    await wire.send(frame)
                    problem = (await next_frame(wire, "error"))["problem"]
                    assert problem["type"].startswith("https://pingan.invalid/problems/")
                    assert any("\u4e00" <= char <= "\u9fff" for char in problem["title"])
                assert await _close_code(wire) == 1008

        run(body)

    def test_who_talks_too_much_is_told_so_and_closed(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            async with raw_socket(server, person) as wire:
                await next_frame(wire, "snapshot")
                for _ in range(60):
                    await wire.send('{"type":"ping"}')
                problem = (await next_frame(wire, "error"))["problem"]
                assert problem["type"].endswith("/rate-limited") and problem["retry_after_s"] > 0
                assert await _close_code(wire) == 1013

        run(body)

    def test_an_ack_for_somebody_else_s_message_is_refused_not_fatal(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            async with raw_socket(server, person) as wire:
                ack = {"type": "ack", "message_id": str(new_id()), "step": "received", "ref": "a1"}
                await wire.send(json.dumps(ack))
                problem = (await next_frame(wire, "error"))["problem"]
                assert problem["type"].endswith("/message-not-found") and problem["ref"] == "a1"
                await wire.send('{"type":"ping","ref":"b2"}')
                assert (await next_frame(wire, "pong"))["ref"] == "b2"

        run(body)


class TestRights:
    def test_a_login_that_is_ended_closes_its_socket(self, server: LiveServer, person: Login) -> None:
        from dispatch.sessions import repository

        async def body() -> None:
            async with raw_socket(server, person) as wire:
                await next_frame(wire, "snapshot")
                with server.sessions.begin() as session:
                    repository.revoke(session, at=server.clock.now(), reason="test", account_id=person.account.id)
                assert await _close_code(wire) == 4401

        run(body)

    def test_another_role_closes_the_socket(self, server: LiveServer) -> None:
        from sqlalchemy import text

        with server.sessions.begin() as session:
            person = staff(session, Role.LEADER, make_station(session))

        async def body() -> None:
            async with raw_socket(server, person) as wire:
                await next_frame(wire, "snapshot")
                with server.sessions.begin() as session:
                    session.execute(
                        text("UPDATE accounts SET role = 'dispatcher' WHERE id = :id"), {"id": person.account.id}
                    )
                assert await _close_code(wire) == 4403

        run(body)

    def test_a_login_that_runs_out_closes_its_socket(self, server: LiveServer, person: Login) -> None:
        async def body() -> None:
            async with raw_socket(server, person) as wire:
                await next_frame(wire, "snapshot")
                server.clock.advance(hours=timedelta(days=31) / timedelta(hours=1))
                assert await _close_code(wire) == 4401

        run(body)


def test_the_snapshot_without_a_socket_is_the_same_screen(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        async with client_of(server, person) as client, raw_socket(server, person) as wire:
            frame = await next_frame(wire, "snapshot")
            answer = await client.get("/api/v1/live/snapshot")
            assert answer["streams"] == {
                "account": {"epoch": frame["epoch"], "seq": frame["seq"], "entities": frame["entities"]}
            }

    run(body)


def test_a_phone_that_asks_for_the_snapshot_is_there(server: LiveServer, person: Login) -> None:
    async def body() -> None:
        async with client_of(server, person) as client:
            await client.get("/api/v1/live/snapshot")

    run(body)
    with server.sessions() as session:
        assert session.get_one(Device, person.device_id).reachable_at == server.clock.now()


def test_a_client_without_a_login_gets_nothing(server: LiveServer) -> None:
    async def body() -> None:
        async with PinganClient(server.base_url) as client:
            for path in ("/api/v1/live/snapshot", "/api/v1/messages"):
                with pytest.raises(Refused) as refusal:
                    await client.get(path)
                assert refusal.value.status == 401

    run(body)


def test_a_frame_that_fails_inside_does_not_throw_its_sender_out(server: LiveServer, person: Login) -> None:
    # an order that is not there any more stands for whatever nobody thought of
    with server.sessions() as session:
        message = put(session, person, kind="order.offered")
        session.commit()

    async def body() -> None:
        async with raw_socket(server, person) as wire:
            await wire.send(json.dumps({"type": "ack", "message_id": str(message.id), "step": "shown", "ref": "a"}))
            assert (await next_frame(wire, "error"))["problem"]["ref"] == "a"
            await wire.send('{"type":"ping","ref":"b"}')
            assert (await next_frame(wire, "pong"))["ref"] == "b"

    run(body)
