"""Rows 24 and 25, what tests/api/test_unit_of_work.py leaves: keys that are none, one in flight, odd versions."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.ids import new_id
from tests.api.conftest import Server
from tests.bad_inputs.conftest import refusal
from tests.support.people import Login

Send = Callable[..., httpx.Response]
URL = "/api/v1/organizations"


def company() -> dict[str, str]:
    return {"name": f"单位{new_id().hex[:12]}", "kind": "merchant"}


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with space in it", "tab\tin it here"])
def test_a_key_that_is_none_is_no_key(server: Server, leader: Login, key: str) -> None:
    with server.client(leader) as client:
        answer = client.post(URL, json=company(), headers={"Idempotency-Key": key})
    assert refusal(answer) == (400, "idempotency-key-required")


def test_a_command_in_flight_is_told_when_to_ask_again(
    server: Server, leader: Login, committing: Session, send: Send
) -> None:
    body, name = company(), f"{leader.account.id}:key-in-flight"
    with server.client(leader) as client:
        committing.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
        waiting = send(client, "post", URL, key="key-in-flight", json=body)
        assert refusal(waiting) == (409, "request-in-progress")
        assert int(waiting.headers["retry-after"]) >= 1
        committing.rollback()
        assert send(client, "post", URL, key="key-in-flight", json=body).status_code == 201


def test_a_repeated_command_says_so(server: Server, leader: Login, send: Send) -> None:
    body = company()
    with server.client(leader) as client:
        first = send(client, "post", URL, key="key-repeated", json=body)
        again = send(client, "post", URL, key="key-repeated", json=body)
        elsewhere = send(client, "post", f"{URL}?x=1", key="key-repeated", json=body)
    assert "idempotent-replayed" not in first.headers
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", first.json())
    assert refusal(elsewhere) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    "version", ["1", "*", 'W/"1"', '"1", "2"', '"one"', '"-1"', '""', '"1e0"', '"' + "9" * 40 + '"']
)
def test_a_version_is_named_in_one_way(server: Server, leader: Login, send: Send, version: str) -> None:
    with server.client(leader) as client:
        id_ = send(client, "post", URL, json=company()).json()["id"]
        answer = send(client, "patch", f"{URL}/{id_}", json={"name": "新名"}, headers={"If-Match": version})
    assert refusal(answer) == (428, "precondition-required")
