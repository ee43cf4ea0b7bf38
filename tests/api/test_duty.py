"""Duty through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from geo.responders.model import ResponderIndex
from geo.responders.service import set_engaged
from kit.actor import Role
from kit.feed import FeedEvent, station_audience
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.people import LON, START, guard, log_in, make_account, make_station, staff

Send = Callable[..., httpx.Response]
URL = "/api/v1/me/duty"


@pytest.fixture
def people(committing: Session) -> dict[str, Any]:
    station = make_station(committing)
    found = {
        "station": station,
        "guard": guard(committing, station, on_duty=False),
        "dispatcher": staff(committing, Role.DISPATCHER, station),
        "neighbour": staff(committing, Role.DISPATCHER, make_station(committing)),
    }
    committing.commit()
    return found


def _type(answer: httpx.Response) -> str:
    return str(answer.json()["type"].rsplit("/", 1)[-1])


def test_a_guard_goes_on_duty_and_off(server: Server, committing: Session, send: Send, people: dict[str, Any]) -> None:
    end = (START + timedelta(hours=12)).isoformat()
    with server.client(people["guard"]) as client:
        assert client.get(URL).json()["on_duty"] is False
        started = send(client, "post", URL, json={"planned_end": end})
        assert started.status_code == 201, started.text
        shown = client.get(URL).json()
        assert (shown["on_duty"], shown["duty"]) == (True, started.json())
        again = send(client, "post", URL, json={})
        assert (again.status_code, _type(again)) == (409, "already-on-duty")
        server.clock.advance(hours=1)
        ended = send(client, "delete", URL)
        assert (ended.status_code, ended.json()["ended_how"]) == (200, "self")
        twice = send(client, "delete", URL)
        assert (twice.status_code, _type(twice)) == (409, "not-on-duty")
    events = committing.execute(
        select(FeedEvent).where(FeedEvent.audience == station_audience(people["station"].id)).order_by(FeedEvent.seq)
    ).scalars()
    assert [event.value["on_duty"] for event in events if event.value] == [True, False]


def test_nothing_of_his_place_is_left_after_duty(
    server: Server, committing: Session, send: Send, people: dict[str, Any]
) -> None:
    him = people["guard"].responder.id
    row = committing.execute(select(ResponderIndex).where(ResponderIndex.responder_id == him)).scalar_one()
    with server.client(people["guard"]) as client:
        send(client, "post", URL, json={})
        row.position, row.captured_at, row.received_at = f"SRID=4326;POINT({LON} 31)", START, START  # type: ignore[assignment]
        committing.commit()
        send(client, "delete", URL)
    committing.refresh(row)
    assert (row.position, row.captured_at, row.received_at, row.on_duty) == (None, None, None, False)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize("hours", [-1, 17])
def test_a_planned_end_out_of_bounds_is_refused_with_a_hint(
    server: Server, send: Send, people: dict[str, Any], hours: int
) -> None:
    with server.client(people["guard"]) as client:
        answer = send(client, "post", URL, json={"planned_end": (START + timedelta(hours=hours)).isoformat()})
    assert (answer.status_code, _type(answer)) == (422, "planned-end")
    assert "16 小时" in answer.json()["hint"]


def test_a_time_without_zone_is_refused(server: Server, send: Send, people: dict[str, Any]) -> None:
    with server.client(people["guard"]) as client:
        answer = send(client, "post", URL, json={"planned_end": "2026-11-24T20:00:00"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "timestamp-format")


def test_who_holds_an_order_hears_why_he_cannot_go(
    server: Server, committing: Session, send: Send, people: dict[str, Any]
) -> None:
    with server.client(people["guard"]) as client:
        send(client, "post", URL, json={})
        set_engaged(committing, people["guard"].responder.id, engaged=True)
        committing.commit()
        answer = send(client, "delete", URL)
    assert (answer.status_code, _type(answer)) == (409, "engaged")
    assert "指挥室" in answer.json()["hint"]


def test_the_station_takes_him_off_with_a_reason_on_record(
    server: Server, committing: Session, send: Send, people: dict[str, Any]
) -> None:
    url = f"/api/v1/responders/{people['guard'].responder.id}/duty"
    with server.client(people["guard"]) as client:
        duty = send(client, "post", URL, json={}).json()
        assert send(client, "delete", url, json={"reason": "我自己"}).status_code == 403
    with server.client(people["neighbour"]) as client:
        assert send(client, "delete", url, json={"reason": "不是本所"}).status_code == 404
    with server.client(people["dispatcher"]) as client:
        assert send(client, "delete", url, json={}).status_code == 422
        ended = send(client, "delete", url, json={"reason": "手机故障"})
        assert (ended.status_code, ended.json()["ended_how"]) == (200, "station")
        history = client.get(f"/api/v1/responders/{people['guard'].responder.id}/duties").json()
    assert [item["id"] for item in history["items"]] == [duty["id"]]
    entries = committing.execute(select(RecordEntry).where(RecordEntry.subject_id == duty["id"])).scalars()
    by_action = {entry.action: entry for entry in entries}
    assert by_action["duty.ended"].reason == "手机故障"
    assert by_action["duty.ended"].actor_account_id == people["dispatcher"].account.id


def test_a_guard_without_a_responder_is_told_whom_to_ask(
    server: Server, committing: Session, send: Send, people: dict[str, Any]
) -> None:
    nobody = log_in(committing, make_account(committing, Role.GUARD, people["station"]))
    committing.commit()
    with server.client(nobody) as client:
        answer = send(client, "post", URL, json={})
    assert (answer.status_code, _type(answer)) == (404, "no-responder")


def test_a_dispatcher_has_no_duty_of_this_kind(server: Server, send: Send, people: dict[str, Any]) -> None:
    with server.client(people["dispatcher"]) as client:
        assert send(client, "post", URL, json={}).status_code == 403


def test_one_start_sent_twice_starts_once(server: Server, send: Send, people: dict[str, Any]) -> None:
    with server.client(people["guard"]) as client:
        first, second = (send(client, "post", URL, key="the-same-start", json={}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
