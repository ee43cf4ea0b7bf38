"""Rows 46, 53, 55 and 56: methods, lengths, forwarded addresses, lines for the log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy.orm import Session

from api.auth.throttle import Throttle
from kit import log
from tests.api.conftest import Server
from tests.api.test_openapi import DOCUMENT
from tests.bad_inputs.conftest import refusal, say
from tests.support.entry import log_in_as, new_phone
from tests.support.people import Login

Send = Callable[..., httpx.Response]
#: not those that another path, with an id in that place, covers for the other methods
PATHS = sorted(
    set(DOCUMENT["paths"])
    - {"/api/v1/areas/owner", "/api/v1/areas/preview", "/api/v1/ratings/standings", "/api/v1/responders/import"}
)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, down to the finest level, as it would stand on standard error."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log.setup(level="DEBUG")
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers, root.level = handlers, level


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_an_address_does_not_know_is_refused(server: Server, leader: Login, path: str) -> None:
    known = {method.upper() for method in DOCUMENT["paths"][path]}
    with server.client(leader) as client:
        for method in ("TRACE", "PROPFIND", "PUT", "PATCH", "DELETE", "POST", "GET"):
            if method in known:
                continue
            answer = client.request(method, path)
            assert refusal(answer) == (405, "method-not-allowed"), method
            assert set(answer.headers["allow"].split(", ")) <= known, "Allow names what is there"


def test_two_lengths_are_no_length(server: Server) -> None:
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    smuggled = b"0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n"
    both = say(server, head + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled)
    assert both.status_code == 400
    twice = say(server, head + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}")
    assert twice.status_code == 400
    assert b"pingan_http" not in both.content + twice.content


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 300 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_before_anything_reads_it(server: Server, head: bytes) -> None:
    answer = say(server, head)
    assert answer.status_code == 400
    assert b"Traceback" not in answer.content


def test_a_body_of_untold_length_ends_at_the_limit(server: Server, dispatcher: Login) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    with server.client(dispatcher) as client:
        headers = {"Content-Type": "application/json", "Idempotency-Key": "12345678"}
        answer = client.post("/api/v1/incidents", content=endless(), headers=headers)
    assert refusal(answer) == (413, "payload-too-large")


def test_a_stranger_is_not_believed_who_he_came_from(server: Server, committing: Session) -> None:
    # the tests' client is on loopback, which is trusted: it stands for the proxy, and what stands before it does not
    server.app.state.throttle = Throttle(attempts_per_minute=100, failures_per_5_minutes=3)
    statuses = []
    for n in range(5):
        with server.client() as client:
            client.headers["X-Forwarded-For"] = f"203.0.113.{n}, 198.51.100.7"
            client.headers["X-Real-IP"] = client.headers["Forwarded"] = f"for=203.0.113.{n}"
            statuses.append(log_in_as(client, new_phone()).status_code)
    assert statuses == [401, 401, 401, 429, 429]


def test_no_line_of_the_log_is_written_by_a_stranger(server: Server, dispatcher: Login, logged: io.StringIO) -> None:
    forged = '{"event": "forged"}'
    with server.client(dispatcher) as client:
        client.get("/health/live", headers={"User-Agent": "x\\r\\n" + forged, "X-Request-Id": forged})
        client.get(f"/api/v1/%0d%0a{forged}", params={"q": f"\r\n{forged}"})
        client.get("/api/v1/incidents", params={"q": f"\r\n{forged}", forged: "1"})
        client.post("/api/v1/incidents", content=f"\r\n{forged}".encode(), headers={"Content-Type": forged})
        client.request("FORGED", "/api/v1/incidents")
    lines = [line for line in logged.getvalue().splitlines() if line.strip()]
    assert len(lines) >= 5
    for line in lines:
        entry = json.loads(line)
        assert entry["event"] != "forged"
        assert "forged" not in json.dumps(entry).lower(), entry


def test_what_is_measured_cannot_be_made_to_grow(server: Server, dispatcher: Login) -> None:
    with server.client(dispatcher) as client:
        client.get("/api/v1/grow-9137-path")
        client.request("GROW9137", "/api/v1/incidents")
        measured = client.get("/metrics").text
    assert "9137-path" not in measured
    assert "GROW9137" not in measured, "anybody may invent methods; each would be a series of its own for ever"
