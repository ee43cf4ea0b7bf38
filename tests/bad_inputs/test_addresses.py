"""Rows 29, 45, 47, 48 and 54: ids, paths, queries, and what does not belong into them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from kit.ids import new_id
from tests.api.conftest import Server
from tests.api.test_openapi import DOCUMENT
from tests.bad_inputs.conftest import codes, refusal, say
from tests.support.people import LAT, LON, Login

Send = Callable[..., httpx.Response]
ITEMS = sorted(
    path
    for path, methods in DOCUMENT["paths"].items()
    if "get" in methods and path.count("{") == 1 and path.endswith("_id}")
)
LISTS = sorted(
    path
    for path, methods in DOCUMENT["paths"].items()
    if any(parameter["name"] == "limit" for parameter in methods.get("get", {}).get("parameters", []))
)


def get(server: Server, login: Login, path: str) -> httpx.Response:
    """Ask for a path exactly as it is written."""
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {login.token}\r\n\r\n"
    return say(server, head.encode())


@pytest.mark.parametrize("url", ITEMS)
# a capital E: small ones stand in the id of any answer
@pytest.mark.parametrize("id_", ["1E3", "-1", "0", "null", "1%00", "%27%20OR%201=1", "a" * 300, "1.", "%F0%9F%9A%93"])
def test_an_id_that_is_none_is_refused(server: Server, leader: Login, url: str, id_: str) -> None:
    path = url.split("{")[0] + id_ + url.split("}")[1]
    answer = get(server, leader, path)
    status, slug = refusal(answer)
    assert (status, slug) in {(422, "id-format"), (404, "not-found"), (403, "not-allowed")}
    assert id_ not in answer.text or len(id_) < 3


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/../v1/incidents",
        "/api/v1/incidents/../accounts",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/incidents/..%2faccounts",
        "/api/v1/photos/..%5c..%5csecret",
        "/api/v1/incidents.",
        "/api/v1/incidents/",
        "/api/v1//incidents",
        "//api/v1/incidents",
        "/API/V1/INCIDENTS",
        "/api/v1/incidents%00",
        "/api/v1/incidents;x=1",
        "/api/v1/incidents.json",
        "/docs",
        "/openapi.json",
        "/.env",
    ],
)
def test_another_way_to_write_an_address_leads_nowhere(server: Server, dispatcher: Login, path: str) -> None:
    answer = get(server, dispatcher, path)
    assert refusal(answer) in {(404, "not-found"), (422, "id-format")}


def test_an_id_in_capitals_is_the_same_id(server: Server, dispatcher: Login, send: Send) -> None:
    call = {
        "category": "help",
        "type": "lost_person",
        "summary": "老人走失",
        "position": {"lon": LON, "lat": LAT, "crs": "wgs84"},
    }
    with server.client(dispatcher) as client:
        id_ = send(client, "post", "/api/v1/incidents", json=call).json()["incident"]["id"]
        assert client.get(f"/api/v1/incidents/{id_.upper()}").json()["incident"]["id"] == id_


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 10**9}, "limit-exceeded"),
        ({"limit": 201}, "limit-exceeded"),
        ({"limit": 0}, "out-of-range"),
        ({"limit": -1}, "out-of-range"),
        ({"limit": "1e3"}, "type"),
        ({"limit": "9" * 4000}, "limit-exceeded"),
        ({"limit": "ten"}, "type"),
    ],
)
def test_a_list_has_a_limit(server: Server, leader: Login, url: str, query: dict[str, Any], code: str) -> None:
    needed: dict[str, Any] = (
        {"q": "路", "lon": LON, "lat": LAT, "crs": "wgs84"} if "places" in url or "roads" in url else {}
    )
    if "figures/incidents" in url:
        needed = {"table": "closings", "of": "incidents"}
    with server.client(leader) as client:
        answer = client.get(re.sub(r"\{\w+_id\}", str(new_id()), url), params={**needed, **query})
        if answer.status_code == 403:
            # the list of what one does oneself
            return
    status, slug = refusal(answer)
    assert (status, slug) == (422, code), answer.text
    assert codes(answer)[0][0] == "/query/limit"
    assert "999999" not in answer.text


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("cursor", ["x", "e30", "WzEsMl0", "' OR 1=1", "a" * 201, "\u0000", "WyIiLCIiXQ"])
def test_a_cursor_is_one_of_ours(server: Server, leader: Login, url: str, cursor: str) -> None:
    if "cursor" not in {parameter["name"] for parameter in DOCUMENT["paths"][url]["get"]["parameters"]}:
        return
    with server.client(leader) as client:
        answer = client.get(re.sub(r"\{\w+_id\}", str(new_id()), url), params={"cursor": cursor})
    assert refusal(answer)[0] in (403, 422)


@pytest.mark.parametrize("name", ["sort", "order", "order_by", "fields"])
def test_nobody_chooses_the_order_by_words_of_his_own(server: Server, dispatcher: Login, name: str) -> None:
    with server.client(dispatcher) as client:
        plain = client.get("/api/v1/incidents")
        asked = client.get("/api/v1/incidents", params={name: "(SELECT pg_sleep(9))"})
    assert (asked.status_code, asked.json()) == (plain.status_code, plain.json())


@pytest.mark.parametrize("name", ["token", "access_token", "refresh_token", "authorization", "password"])
@pytest.mark.parametrize("url", ["/api/v1/incidents", "/api/v1/auth/login", "/ingest/osmand", "/nothing", "/metrics"])
def test_a_token_in_an_address_is_refused_and_not_sent_back(
    server: Server, dispatcher: Login, url: str, name: str
) -> None:
    with server.client(dispatcher) as client:
        answer = client.get(url, params={name: "canary-9137", "x": "1"})
    assert refusal(answer) == (400, "token-in-url")
    assert "canary-9137" not in answer.text


def test_no_member_takes_an_address_that_the_server_would_fetch() -> None:
    found = []
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for member, shape in schema.get("properties", {}).items():
            if shape.get("format") in ("uri", "url") or member.endswith(("_url", "_uri", "webhook", "callback")):
                found.append(f"{name}.{member}")
    assert found == []
