"""Rows 42 to 45 and 49: characters, names, telephone numbers, words of a search."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from kit.ids import new_id
from tests.api.conftest import Server
from tests.bad_inputs.conftest import codes, refusal
from tests.support.people import LAT, LON, Login

Send = Callable[..., httpx.Response]
JSON = {"Content-Type": "application/json"}
POINT = {"lon": LON, "lat": LAT, "crs": "wgs84"}
CALL: dict[str, Any] = {"category": "help", "type": "lost_person", "summary": "老人走失", "position": POINT}

#: door: who, address, the body around the text, pointer of the text
DOORS: dict[str, tuple[str, str, Callable[[str], dict[str, Any]], str]] = {
    "summary": ("dispatcher", "/api/v1/incidents", lambda t: {**CALL, "summary": t}, "/summary"),
    "address": ("dispatcher", "/api/v1/incidents", lambda t: {**CALL, "address": t}, "/address"),
    "caller": ("dispatcher", "/api/v1/incidents", lambda t: {**CALL, "caller": {"name": t}}, "/caller/name"),
    "place": ("leader", "/api/v1/places", lambda t: {"name": t, "position": POINT}, "/name"),
    "company": ("leader", "/api/v1/organizations", lambda t: {"name": t, "kind": "merchant"}, "/name"),
    "account": (
        "leader",
        "/api/v1/accounts",
        lambda t: {"role": "officer", "name": t, "badge_no": new_id().hex[:12]},
        "/name",
    ),
}
every_door = pytest.mark.parametrize("door", DOORS)


def push(server: Server, request: pytest.FixtureRequest, send: Send, door: str, written: str) -> httpx.Response:
    """``written``: the JSON text between the quotes."""
    who, url, around, _ = DOORS[door]
    raw = json.dumps(around("@@"), ensure_ascii=False).replace('"@@"', f'"{written}"')
    with server.client(request.getfixturevalue(who)) as client:
        return send(client, "post", url, content=raw.encode("utf-8", "surrogatepass"), headers=JSON)


@every_door
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("王\\u0000某", "control-character"),
        ("王\\u001b[2J某", "control-character"),
        ("王\\u0085某", "control-character"),
        ("王\\ud800某", "invalid-unicode"),
        ("\\udfff\\ud800", "invalid-unicode"),
        ("王\\u202e某", "text-not-allowed"),
        ("王\\u2066某\\u2069", "text-not-allowed"),
        ("王\\u200b某", "text-not-allowed"),
        ("\\ufeff王某", "text-not-allowed"),
        ("王" + "\\u0301" * 4, "text-not-allowed"),
    ],
)
def test_what_no_screen_can_show_is_refused(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str, written: str, code: str
) -> None:
    answer = push(server, request, send, door, written)
    assert refusal(answer) == (422, code)
    assert codes(answer) == [(DOORS[door][3], code)]


@every_door
def test_a_surrogate_in_raw_bytes_is_no_utf_8(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str
) -> None:
    assert refusal(push(server, request, send, door, "\ud800")) == (400, "invalid-json")


@every_door
def test_a_text_of_ten_thousand_marks_or_letters_is_too_long(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str
) -> None:
    for written in ("王" + "\\u0301" * 10_000, "王" * 10_000):
        status, _ = refusal(push(server, request, send, door, written))
        assert status == 422


@every_door
@pytest.mark.parametrize("written", ["", "   ", "\\t\\n", "\\u3000"])
def test_an_empty_text_is_none(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str, written: str
) -> None:
    assert refusal(push(server, request, send, door, written)) == (422, "too-short")


@pytest.mark.parametrize("door", ["address", "caller", "place", "company", "account"])
def test_a_line_has_no_breaks(server: Server, request: pytest.FixtureRequest, send: Send, door: str) -> None:
    assert refusal(push(server, request, send, door, "王\\n某")) == (422, "control-character")


@every_door
@pytest.mark.parametrize(
    "sent", ["O'Brien; DROP TABLE incidents;--", "<script>alert(1)</script>", "${jndi:x}", "{{7*7}}", "%s%n", "Ａ①"]
)
def test_other_signs_mean_themselves(
    server: Server, request: pytest.FixtureRequest, send: Send, door: str, sent: str
) -> None:
    assert push(server, request, send, door, sent).status_code == 201


@pytest.mark.parametrize("words", ["' OR 1=1 --", "%", "%%", "_", "__", "\\", "*", '"', ");--", "走失%"])
def test_words_of_a_search_mean_themselves(server: Server, dispatcher: Login, send: Send, words: str) -> None:
    with server.client(dispatcher) as client:
        assert send(client, "post", "/api/v1/incidents", json=CALL).status_code == 201
        found = client.get("/api/v1/incidents", params={"q": words})
        assert (found.status_code, found.json()["items"]) == (200, [])
        assert len(client.get("/api/v1/incidents", params={"q": "走失"}).json()["items"]) == 1
        assert client.get("/api/v1/places", params={"q": words}).json() == []


PHONES = [
    "13800000001; DROP",
    "1380000000",
    "+8613800000001x",
    "tel:13800000001",
    "一三八〇〇〇〇〇〇〇一",
    "110",
    "+",
    "0",
]


@pytest.mark.parametrize("phone", PHONES)
def test_what_is_no_telephone_number_is_refused(
    server: Server, dispatcher: Login, leader: Login, send: Send, phone: str
) -> None:
    with server.client(dispatcher) as client:
        answer = send(client, "post", "/api/v1/incidents", json={**CALL, "caller": {"phone": phone}})
        assert refusal(answer) == (422, "phone-format")
        assert codes(answer) == [("/caller/phone", "phone-format")]
        assert len(phone) < 4 or phone not in answer.text
    with server.client(leader) as client:
        body = {"role": "officer", "name": "王某", "phone": phone}
        answer = send(client, "post", "/api/v1/accounts", json=body)
        assert refusal(answer) == (422, "phone-format")


@pytest.mark.parametrize("phone", ["13800000001", "+86 138 0000 0001", "１３８" + "０" * 7 + "１", "138-0000-0001"])
def test_a_number_is_read_however_it_is_written(server: Server, dispatcher: Login, send: Send, phone: str) -> None:
    with server.client(dispatcher) as client:
        answer = send(client, "post", "/api/v1/incidents", json={**CALL, "caller": {"phone": phone}})
    assert answer.json()["incident"]["caller_phone_mask"] == "138****0001"
