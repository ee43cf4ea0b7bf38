from __future__ import annotations

import pytest

from api.auth.throttle import Throttle, source_of
from kit.errors import TooMany
from tests.api.conftest import Server
from tests.support.entry import log_in_as, new_phone


def test_an_address_that_keeps_failing_is_told_to_wait(server: Server) -> None:
    server.app.state.throttle = Throttle(attempts_per_minute=100, failures_per_5_minutes=3)
    with server.client() as client:
        statuses = [log_in_as(client, new_phone()).status_code for _ in range(4)]
        refused = log_in_as(client, new_phone())
    assert statuses == [401, 401, 401, 429]
    assert refused.json()["type"].endswith("/rate-limited")
    assert 0 < int(refused.headers["retry-after"]) <= 300


def test_guessing_codes_counts_like_guessing_passwords(server: Server) -> None:
    server.app.state.throttle = Throttle(attempts_per_minute=100, failures_per_5_minutes=2)
    body = {"code": "AAAA2222", "password": "x" * 9, "device": {"kind": "web", "name": "x"}}
    with server.client() as client:
        statuses = [client.post("/api/v1/auth/onboard", json=body).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_attempts_are_bounded_even_when_they_succeed() -> None:
    throttle = Throttle(attempts_per_minute=2, failures_per_5_minutes=100)
    throttle.admit("203.0.113.7")
    throttle.admit("203.0.113.7")
    with pytest.raises(TooMany) as refused:
        throttle.admit("203.0.113.7")
    assert 0 < refused.value.extra["retry_after_s"] <= 60
    throttle.admit("203.0.113.8")


def test_an_ipv6_site_is_one_source() -> None:
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff:1")
    assert source_of("2001:db8::1") != source_of("2001:db8:0:1::1")
    assert source_of("203.0.113.7") == "203.0.113.7"
    assert source_of(None) == "unknown"
