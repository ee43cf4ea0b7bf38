"""Rows 13, 21, 32 and 35: fixes of low quality, frames that are none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from geo.crs import Position
from geo.nearest import nearest
from geo.responders.model import ResponderIndex
from tests.api.conftest import Server
from tests.live.support import client_of, next_frame, raw_socket, run
from tests.support.people import LAT, LON, START, Login, east

Send = Callable[..., httpx.Response]


def fix(second: float, metre: float = 0, **members: Any) -> dict[str, Any]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"captured_at": at, "position": {"lon": east(metre), "lat": LAT, "crs": "wgs84"}, **members}


def post(server: Server, login: Login, *fixes: dict[str, Any]) -> httpx.Response:
    with server.client(login) as client:
        return client.post("/api/v1/positions", json={"fixes": list(fixes)})


def last_lon(session: Session, login: Login) -> float:
    assert login.responder is not None
    session.rollback()
    position = session.scalars(
        select(ResponderIndex.position).where(ResponderIndex.responder_id == login.responder.id)
    ).one()
    assert position is not None
    return Position.of(position).lon


class TestFixes:
    def test_a_vague_fix_is_kept_and_sends_nobody(self, server: Server, on_duty: Login, committing: Session) -> None:
        def found() -> int:
            assert on_duty.account.station_id is not None
            committing.rollback()
            return len(nearest(
                committing, Position(LON, LAT), kind="guard", k=5, radius_m=500.0,
                station_ids=[on_duty.account.station_id], fresh_since=START - timedelta(minutes=2),
            ))  # fmt: skip

        assert post(server, on_duty, fix(-8, accuracy_m=50_000.0)).status_code == 200
        assert found() == 0, "somebody who may be fifty kilometres away is not the nearest"
        post(server, on_duty, fix(-5, accuracy_m=12.0))
        assert found() == 1
        post(server, on_duty, fix(-2, 100, accuracy_m=50_000.0))
        assert last_lon(committing, on_duty) == pytest.approx(LON, abs=1e-6)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"accuracy_m": -1.0},
            {"accuracy_m": -0.001},
            {"speed_mps": -1.0},
            {"speed_mps": 1e9},
            {"heading_deg": 361.0},
            {"heading_deg": -1.0},
            {"battery_pct": 101},
            {"battery_pct": 50.5},
            {"seq": -1},
            {"seq": 2**64},
        ],
    )
    def test_a_measure_that_cannot_be_is_refused(self, server: Server, on_duty: Login, wrong: dict[str, Any]) -> None:
        assert post(server, on_duty, fix(-5, **wrong)).status_code == 422

    @pytest.mark.parametrize("odd", [{"accuracy_m": 0}, {"accuracy_m": 0.0}, {"speed_mps": 250.0}])
    def test_an_odd_measure_is_kept(self, server: Server, on_duty: Login, odd: dict[str, Any]) -> None:
        (item,) = post(server, on_duty, fix(-5, **odd)).json()["items"]
        assert item["outcome"] in ("stored", "suspect")

    def test_a_leap_of_three_hundred_kilometres_is_not_where_he_is(
        self, server: Server, on_duty: Login, committing: Session
    ) -> None:
        assert post(server, on_duty, fix(-20)).json()["items"][0]["outcome"] == "stored"
        leapt = post(server, on_duty, fix(-15, 300_000))
        assert leapt.json()["items"][0]["outcome"] == "suspect"
        assert last_lon(committing, on_duty) == pytest.approx(LON, abs=1e-6)


async def _closed(wire: Any) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(8):
            while True:
                await wire.recv()
    assert closed.value.rcvd is not None
    return int(closed.value.rcvd.code)


class TestFrames:
    def test_text_that_is_no_utf_8_ends_the_socket(self, server: Server, on_duty: Login) -> None:
        async def body() -> None:
            async with raw_socket(server, on_duty) as wire:
                await next_frame(wire, "snapshot")
                await wire.send(b'{"type":"ping","ref":"\xff\xfe"}', text=True)
                assert await _closed(wire) == 1007

        run(body)

    def test_one_message_in_many_fragments_ends_at_the_limit(self, server: Server, on_duty: Login) -> None:
        async def body() -> None:
            async with raw_socket(server, on_duty) as wire:
                await next_frame(wire, "snapshot")
                pieces = ["x" * 1_000] * 66
                with pytest.raises(ConnectionClosed) as closed:
                    await wire.send(pieces)
                    await _closed(wire)
                    raise ConnectionClosed(wire.protocol.close_rcvd, None)
                # a reset by what was still on its way may overtake the closing word
                assert closed.value.rcvd is None or closed.value.rcvd.code == 1009

        run(body)

    def test_a_frame_of_a_reserved_kind_ends_the_socket(self, server: Server, on_duty: Login) -> None:
        async def body() -> None:
            async with raw_socket(server, on_duty) as wire:
                await next_frame(wire, "snapshot")
                # final, first reserved bit, text; masked with zeros, two bytes
                wire.transport.write(bytes([0b1100_0001, 0b1000_0010, 0, 0, 0, 0]) + b"{}")
                assert await _closed(wire) == 1002

        run(body)

    def test_no_socket_is_compressed(self, server: Server, on_duty: Login) -> None:
        async def body() -> None:
            async with client_of(server, on_duty) as client:
                ticket = await client.ticket()
            url = server.base_url.replace("http", "ws") + f"/api/v1/live?ticket={ticket}"
            async with connect(url, compression="deflate", proxy=None) as wire:
                assert wire.response is not None
                assert "sec-websocket-extensions" not in wire.response.headers

        run(body)
