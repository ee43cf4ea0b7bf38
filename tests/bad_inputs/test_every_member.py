"""All rows together: each member of each body, replaced by each of the nasty values, through each operation.

Whatever is sent, the answer is no failure of the server, and where it is a refusal it is a proper one that does not
repeat what was sent.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from tests.api.conftest import Server
from tests.api.test_openapi import DOCUMENT
from tests.bad_inputs.conftest import refusal
from tests.support.examples import Body, example_of, list_bodies
from tests.support.matrix import Town, build_town
from tests.support.work import Spot, Work, build_work

MARK = "金丝雀9137"
NASTY: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**12, 10**30, 1e308, 5e-324, -0.0, [], {}, [[]], [None], {"": None}, {MARK: MARK},
    "", " ", "\t", MARK, MARK * 400, "x" * 70_000, "'; DROP TABLE incidents;--", "%", "\\", "\u0000", "\u202e" + MARK,
    "\ud800", "é́́́́", "2026-11-24T08:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "1e400", "NaN",
    "../../etc/passwd", "http://169.254.169.254/", "00000000-0000-0000-0000-000000000000", "13977778888", "١٢٣", "🚓",
    [0] * 1000, ["a"] * 300, [MARK, MARK],
]  # fmt: skip
BODIES = list(list_bodies(DOCUMENT))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value, list):
        for n, inner in enumerate(value[:1]):
            yield from _places(inner, (*path, n))


def _with(value: Any, path: tuple[Any, ...], nasty: Any) -> Any:
    if not path:
        return nasty
    changed = copy.deepcopy(value)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = nasty
    return changed


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> Work:
    made = build_work(committing, town)
    committing.commit()
    return made[Spot.MINE]


def _who(town: Town, body: Body) -> list[str]:
    """Headers of one who may send it at all; found by trying."""
    return [town.people[role].token for role in (Role.LEADER, Role.GUARD, Role.OFFICER, Role.DISTRICT_ADMIN)]


def _address(body: Body, work: Work, town: Town) -> str:
    ids = {
        "incident_id": work.incident.id,
        "order_id": work.order.id,
        "rating_id": work.rating_of(Role.GUARD).id,
        "appeal_id": work.appeal.id,
        "area_id": work.area.id,
        "responder_id": work.order.responder_id,
        "account_id": work.helper.account.id,
        "station_id": work.station.id,
        "organization_id": work.order.organization_id,
        "device_id": town.people[Role.GUARD].device_id,
        "key": work.scenario.key,
        "source": "minhang-110",
    }
    url = body.path
    for name, id_ in ids.items():
        url = url.replace(f"{{{name}}}", str(id_))
    for part in url.split("/"):
        if part.startswith("{"):
            url = url.replace(part, str(new_id()))
    return url


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_no_value_in_any_member_breaks_anything_or_is_sent_back(
    server: Server, town: Town, work: Work, body: Body
) -> None:
    # the login throttle is not what is tried here
    server.app.state.throttle = _Unbounded()
    example, url = example_of(DOCUMENT, body), _address(body, work, town)
    with server.client() as client:
        token = next((t for t in _who(town, body) if _send(client, body, url, t, {"x": 1}).status_code != 403), None)
        assert token is not None, "nobody may send this"
        for path in _places(example):
            for nasty in NASTY:
                if not path and isinstance(nasty, dict | list) and not nasty:
                    continue
                answer = _send(client, body, url, token, _with(example, path, nasty))
                where = f"{path} = {str(nasty)[:40]!r}: {answer.text[:300]}"
                assert answer.status_code < 500, where
                if answer.status_code >= 400:
                    refusal(answer)
                    assert MARK not in answer.text and "DROP TABLE" not in answer.text, where
                    assert "13977778888" not in answer.text and "169.254" not in answer.text, where


class _Unbounded:
    def admit(self, source: str) -> None:
        """Everybody may."""

    def count_failure(self, source: str) -> None:
        """Nobody counts."""


def _send(client: httpx.Client, body: Body, url: str, token: str, value: Any) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": new_id().hex,
        "If-Match": '"1"',
        "Content-Type": "application/json",
    }
    return client.request(body.method, url, content=json.dumps(value).encode(), headers=headers)
