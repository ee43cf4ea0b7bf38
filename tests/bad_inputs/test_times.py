"""Row 16: instants without zone, beyond the calendar, of no clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.conftest import Server
from tests.bad_inputs.conftest import codes, refusal
from tests.support.people import LAT, LON, Login

Send = Callable[..., httpx.Response]
CALL = {
    "category": "help",
    "type": "lost_person",
    "summary": "老人走失",
    "position": {"lon": LON, "lat": LAT, "crs": "wgs84"},
}
NO_INSTANTS = [
    "2026-11-24T08:00:00",
    "2026-11-24 08:00:00+08:00",
    "2026-11-24",
    "20261124T080000Z",
    "2026-11-24T24:00:00Z",
    "2026-11-24T08:60:00Z",
    "2026-11-24T08:00:60Z",
    "2026-12-31T23:59:60Z",
    "2026-02-30T08:00:00Z",
    "2026-13-01T08:00:00Z",
    "2026-11-24T08:00:00+25:00",
    "2026-11-24T08:00:00 08:00",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "２０２６-11-24T08:00:00Z",
    "now",
    "",
    1795507200,
    1795507200.5,
    True,
    [],
]


@pytest.mark.parametrize("instant", NO_INSTANTS)
def test_what_is_no_instant_with_its_offset_is_refused(
    server: Server, dispatcher: Login, send: Send, instant: Any
) -> None:
    with server.client(dispatcher) as client:
        answer = send(client, "post", "/api/v1/incidents", json={**CALL, "occurred_at": instant})
        assert refusal(answer) == (422, "timestamp-format")
        assert codes(answer) == [("/occurred_at", "timestamp-format")]
        assert client.get("/api/v1/incidents").json()["items"] == []


@pytest.mark.parametrize("instant", [each for each in NO_INSTANTS if isinstance(each, str)])
def test_nor_is_it_in_an_address(server: Server, dispatcher: Login, instant: str) -> None:
    with server.client(dispatcher) as client:
        for url, name in (("/api/v1/incidents", "from"), ("/api/v1/incidents", "to"), ("/api/v1/messages", "since")):
            assert refusal(client.get(url, params={name: instant})) == (422, "timestamp-format")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00+14:00"])
def test_the_ends_of_the_calendar_break_nothing(
    server: Server, dispatcher: Login, on_duty: Login, send: Send, instant: str
) -> None:
    with server.client(dispatcher) as client:
        made = send(client, "post", "/api/v1/incidents", json={**CALL, "occurred_at": instant})
        assert made.status_code in (201, 422)
        assert client.get("/api/v1/incidents").status_code == 200
        assert client.get("/api/v1/incidents", params={"from": instant, "to": instant}).status_code == 200
        assert client.get("/api/v1/messages", params={"since": instant}).status_code == 200
    with server.client(on_duty) as client:
        fix = {"captured_at": instant, "position": CALL["position"]}
        assert client.post("/api/v1/positions", json={"fixes": [fix]}).status_code == 422
