"""Rows 37 to 39 and 41: text that is not the JSON that we read, through every kind of door."""

from __future__ import annotations

import base64
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.orm import Session

from tests.api.conftest import Server
from tests.api.test_webhook import Source
from tests.bad_inputs.conftest import codes, refusal
from tests.support.people import Login

Send = Callable[..., httpx.Response]
JSON = {"Content-Type": "application/json"}
DIGITS = "7" * 4000

NOT_JSON = {
    "tower": b"[" * 100_000,
    "deep": b'{"a":' * 21 + b"1" + b"}" * 21,
    "digits": f'{{"lat":{"9" * 5000}}}'.encode(),
    "fraction": b'{"lat":1e400}',
    "cut": b'{"category":"help"',
    "empty": b"",
    "spaces": b"   ",
    "utf-16": '{"category":"help"}'.encode("utf-16"),
    "mark": b'\xef\xbb\xbf{"category":"help"}',
    "latin": b'{"name":"\xff"}',
    "zero": b'{"name":"a\x00b"}',
    "comment": b'{"category":"help" /* */}',
    "comma": b'{"category":"help",}',
    "quotes": b"{'category':'help'}",
    "two": b'{"category":"help"}{"role":"admin"}',
    "nan": b'{"level":NaN}',
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_a_body_that_is_no_json_is_refused_everywhere(
    server: Server, dispatcher: Login, on_duty: Login, send: Send, name: str
) -> None:
    doors = [(dispatcher, "/api/v1/incidents"), (on_duty, "/api/v1/positions"), (None, "/api/v1/auth/login")]
    for login, url in doors:
        with server.client(login) as client:
            answer = send(client, "post", url, content=NOT_JSON[name], headers=JSON)
        # an absent body is not JSON that is broken: it is missing
        expected = (422, "missing") if name == "empty" else (400, "invalid-json")
        assert refusal(answer) == expected, url


@pytest.mark.parametrize("name", [name for name in NOT_JSON if name not in ("empty", "spaces")])
def test_nor_by_those_who_prove_themselves_otherwise(
    server: Server, committing: Session, on_duty: Login, send: Send, name: str
) -> None:
    assert refusal(Source(server, committing).push(NOT_JSON[name])) == (400, "invalid-json")
    with server.client(on_duty) as client:
        key = client.post("/api/v1/me/tracking-keys", json={"name": "手机"}).json()["key"]
    with server.client() as client:
        headers = {**JSON, "Authorization": "Basic " + base64.b64encode(f"guard:{key}".encode()).decode()}
        if len(NOT_JSON[name]) > 16_384:
            assert client.post("/ingest/owntracks", content=NOT_JSON[name], headers=headers).status_code == 413
        else:
            answer = client.post("/ingest/owntracks", content=NOT_JSON[name], headers=headers)
            assert refusal(answer) == (400, "invalid-json")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"lat":1,"lat":2}',
        b'{"category":"help","category":"fight"}',
        b'{"position":{"lon":121.4,"lat":31.0,"crs":"wgs84","lat":32.0}}',
        b'{"role":"guard","\\u0072ole":"admin"}',
    ],
)
def test_a_member_named_twice_is_refused(server: Server, dispatcher: Login, send: Send, raw: bytes) -> None:
    with server.client(dispatcher) as client:
        answer = send(client, "post", "/api/v1/incidents", content=raw, headers=JSON)
    assert refusal(answer) == (400, "duplicate-member")


def test_a_long_number_is_not_sent_back(server: Server, dispatcher: Login, send: Send) -> None:
    with server.client(dispatcher) as client:
        for raw in (f'{{"level":{DIGITS}}}', f'{{"level":0.{DIGITS}}}', f'{{"level":"{DIGITS}"}}', f'{{"{DIGITS}":1}}'):
            answer = send(client, "post", "/api/v1/incidents", content=raw.encode(), headers=JSON)
            assert answer.status_code in (400, 422)
            assert "7" * 30 not in answer.text


@pytest.mark.parametrize("name", ["13977778888", "a/b~c", "<script>", "金丝雀", "x" * 65, "", " ", "a\r\nb"])
def test_a_name_that_is_none_is_not_sent_back(server: Server, dispatcher: Login, send: Send, name: str) -> None:
    with server.client(dispatcher) as client:
        answer = send(client, "post", "/api/v1/incidents", json={name: 1})
    assert ("/?", "unknown-member") in codes(answer)
    assert not name.strip() or name not in answer.text


@pytest.mark.parametrize(
    ("url", "body", "member"),
    [
        ("/api/v1/auth/login", {"login": "x", "password": "y", "device": {"kind": "web", "name": "z"}}, "role"),
        ("/api/v1/incidents", {"category": "help", "type": "other", "summary": "测试"}, "state"),
        ("/api/v1/incidents", {"category": "help", "type": "other", "summary": "测试"}, "district_id"),
        ("/api/v1/incidents", {"category": "help", "type": "other", "summary": "测试"}, "caller_phone_box"),
        ("/api/v1/incidents", {"category": "help", "type": "other", "summary": "测试"}, "__proto__"),
    ],
)
def test_a_member_that_nobody_asked_for_is_refused_by_name(
    server: Server, dispatcher: Login, send: Send, url: str, body: dict[str, object], member: str
) -> None:
    with server.client(dispatcher) as client:
        answer = send(client, "post", url, json={**body, member: "admin"})
    assert refusal(answer) == (422, "unknown-member")
    assert codes(answer) == [(f"/{member}", "unknown-member")]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind_is_not_read_as_json(server: Server, dispatcher: Login, send: Send, kind: str) -> None:
    with server.client(dispatcher) as client:
        answer = send(
            client,
            "post",
            "/api/v1/incidents",
            content=b'{"category":"help","type":"other","summary":"x"}',
            headers={"Content-Type": kind},
        )
    assert answer.status_code in (415, 422)
    refusal(answer)
