"""Rows 1 to 6 and 40: points that are none, through every door that takes one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.conftest import Server
from tests.bad_inputs.conftest import codes, refusal
from tests.support.people import LAT, LON, START, Login

Send = Callable[..., httpx.Response]
POINT = {"lon": LON, "lat": LAT, "crs": "wgs84"}

#: door: who, address, body around the point, pointer of the point
DOORS: dict[str, tuple[str, str, Callable[[Any], dict[str, Any]], str]] = {
    "call": (
        "dispatcher",
        "/api/v1/incidents",
        lambda p: {"category": "help", "type": "lost_person", "summary": "老人走失", "position": p},
        "/position",
    ),
    "fix": (
        "on_duty",
        "/api/v1/positions",
        lambda p: {"fixes": [{"captured_at": START.isoformat(), "position": p}]},
        "/fixes/0/position",
    ),
    "panic": ("on_duty", "/api/v1/panic", lambda p: {"position": p}, "/position"),
    "place": ("leader", "/api/v1/places", lambda p: {"name": "剑川路951号", "position": p}, "/position"),
}
QUERIES = {"whose": "/api/v1/areas/owner", "near": "/api/v1/places/near"}

every_door = pytest.mark.parametrize("door", DOORS)


def push(server: Server, request: pytest.FixtureRequest, send: Send, door: str, point: Any) -> httpx.Response:
    """``point`` through that door; a str is put into the body as it stands."""
    who, url, around, _ = DOORS[door]
    body = json.dumps(around("@"), ensure_ascii=False)
    raw = body.replace('"@"', point if isinstance(point, str) else json.dumps(point))
    with server.client(request.getfixturevalue(who)) as client:
        return send(client, "post", url, content=raw.encode(), headers={"Content-Type": "application/json"})


@every_door
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999"])
def test_a_coordinate_that_is_no_number_is_not_json(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str, number: str
) -> None:
    for point in (f'{{"lon":{number},"lat":31.0,"crs":"wgs84"}}', f'{{"lon":121.4,"lat":{number},"crs":"wgs84"}}'):
        assert refusal(push(server, request, send, door, point)) == (400, "invalid-json")


@every_door
@pytest.mark.parametrize(
    ("wrong", "member", "code"),
    [
        ({"lat": 91.0}, "/lat", "coordinate-out-of-range"),
        ({"lon": 181.0}, "/lon", "coordinate-out-of-range"),
        ({"lon": -999_999.0}, "/lon", "coordinate-out-of-range"),
        ({"lon": 39.9, "lat": 116.4}, "", "coordinate-swapped"),
        ({"lon": 31.0467, "lat": 121.4633}, "", "coordinate-swapped"),
        ({"lon": 0.0, "lat": 0.0}, "", "coordinate-implausible"),
        ({"lon": 0, "lat": -0.0}, "", "coordinate-implausible"),
        ({"lat": "39.9"}, "/lat", "type"),
        ({"lat": True}, "/lat", "type"),
        ({"lon": None}, "/lon", "type"),
        ({"lon": [LON]}, "/lon", "type"),
        ({"crs": "epsg:3857"}, "/crs", "not-an-option"),
        ({"crs": "WGS84"}, "/crs", "not-an-option"),
        ({"crs": None}, "/crs", "crs-required"),
        ({"srid": 4326}, "/srid", "unknown-member"),
        ({"altitude": 4.0}, "/altitude", "unknown-member"),
    ],
)
def test_a_wrong_point_is_refused_by_name(
    server: Server,
    request: pytest.FixtureRequest,
    send: Send,
    door: str,
    wrong: dict[str, Any],
    member: str,
    code: str,
) -> None:
    answer = push(server, request, send, door, {**POINT, **wrong})
    assert refusal(answer) == (422, code)
    assert codes(answer) == [(DOORS[door][3] + member, code)]


@every_door
@pytest.mark.parametrize("missing", ["lon", "lat", "crs"])
def test_a_point_without_its_parts_is_refused(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str, missing: str
) -> None:
    point = {name: value for name, value in POINT.items() if name != missing}
    assert refusal(push(server, request, send, door, point)) == (
        422,
        "crs-required" if missing == "crs" else "missing",
    )


@every_door
@pytest.mark.parametrize("point", [[LON, LAT], f'"POINT({LON} {LAT})"', {}, {"type": "Point", "coordinates": []}])
def test_other_ways_to_write_a_point_are_refused(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str, point: Any
) -> None:
    status, _ = refusal(push(server, request, send, door, point))
    assert status == 422


@pytest.mark.parametrize("door", QUERIES)
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lat": "nan"}, "coordinate-not-finite"),
        ({"lon": "inf"}, "coordinate-not-finite"),
        ({"lon": "1e400"}, "coordinate-not-finite"),
        ({"lat": "91"}, "coordinate-out-of-range"),
        ({"lon": "31.04", "lat": "121.46"}, "coordinate-swapped"),
        ({"lon": "0", "lat": "0"}, "coordinate-implausible"),
        ({"lat": "31,04"}, "type"),
        ({"lat": "３１"}, "type"),
        ({"lat": ""}, "type"),
        ({"crs": "mars"}, "not-an-option"),
    ],
)
def test_a_wrong_point_in_an_address_is_refused_by_name(
    server: Server, leader: Login, door: str, wrong: dict[str, str], code: str
) -> None:
    with server.client(leader) as client:
        answer = client.get(QUERIES[door], params={"lon": str(LON), "lat": str(LAT), "crs": "wgs84", **wrong})
    assert refusal(answer) == (422, code)


@pytest.mark.parametrize("crs", ["wgs84", "gcj02", "bd09"])
def test_the_datum_is_converted_once_and_answered_as_wgs84(server: Server, leader: Login, send: Send, crs: str) -> None:
    with server.client(leader) as client:
        body = {"name": f"地点{crs}", "position": {**POINT, "crs": crs}}
        shown = send(client, "post", "/api/v1/places", json=body).json()["position"]
    assert shown["crs"] == "wgs84"
    moved = max(abs(shown["lon"] - LON), abs(shown["lat"] - LAT))
    assert (moved == 0) if crs == "wgs84" else (0.001 < moved < 0.02)
