"""Incidents over HTTP: taking, listing, editing, ending, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.api.conftest import Server
from tests.incidents.calls import call_in, give_order, make_incident
from tests.support.people import LAT, LON, Login, east, guard, make_district, make_station, officer, staff

Send = Callable[..., httpx.Response]
POINT = {"lon": LON, "lat": LAT, "crs": "wgs84"}
CALL = {"category": "help", "type": "lost_person", "summary": "七岁男童走失，身穿黄色外套", "address": "剑川路",
        "position": POINT}  # fmt: skip


class Town:
    """A station with its people, committed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.station: Station = make_station(session)
        self.dispatcher: Login = staff(session, Role.DISPATCHER, self.station)
        self.leader: Login = staff(session, Role.LEADER, self.station)
        self.officer: Login = officer(session, self.station, lon=east(100))
        self.guard: Login = guard(session, self.station, lon=east(50))
        session.commit()


@pytest.fixture
def town(committing: Session) -> Town:
    return Town(committing)


def call(changes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {**CALL, **(changes or {}), **more}


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"].rpartition("/")[2])


def test_a_dispatcher_takes_a_call_and_finds_it_in_the_list(server: Server, town: Town, send: Send) -> None:
    with server.client(town.dispatcher) as desk:
        made = send(desk, "post", "/api/v1/incidents", json=call())
        assert made.status_code == 201
        assert made.headers["etag"] == '"1"'
        incident = made.json()["incident"]
        assert (incident["state"], incident["state_label"], incident["type_name"]) == ("received", "待派警", "迷途走失")
        assert incident["position"] == POINT
        listed = desk.get("/api/v1/incidents", params={"open": True}).json()
        assert [each["id"] for each in listed["items"]] == [incident["id"]]
        file = desk.get(f"/api/v1/incidents/{incident['id']}").json()
        assert [m["name"] for m in file["milestones"]] == ["received"]


def test_a_point_on_a_chinese_map_is_stored_where_it_really_is(server: Server, town: Town, send: Send) -> None:
    with server.client(town.dispatcher) as desk:
        made = send(desk, "post", "/api/v1/incidents", json=call(position={**POINT, "crs": "gcj02"}))
        assert made.json()["incident"]["position"]["lon"] == pytest.approx(LON - 0.0045, abs=0.0005)
        refused = send(desk, "post", "/api/v1/incidents", json=call(position={"lon": LON, "lat": LAT}))
        assert (refused.status_code, slug(refused)) == (422, "crs-required")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "ghost"}, "type-unknown"),
        ({"level": 5}, "out-of-range"),
        ({"level": "2"}, "type"),
        ({"state": "closed"}, "unknown-member"),
        ({"summary": "a\u0000b"}, "control-character"),
        ({"summary": "a\u202eb"}, "text-not-allowed"),
        ({"position": None, "address": None}, "place-missing"),
        ({"position": None, "address": "乌有路 9 号"}, "address-unknown"),
        ({"caller": {"phone": "13800000001; DROP"}}, "phone-format"),
        ({"received_at": "2026-11-24 08:00"}, "timestamp-format"),
        ({"scenario_key": "nothing"}, "not-found"),
    ],
)
def test_what_is_not_right_is_refused_with_its_own_code(
    server: Server, town: Town, send: Send, changes: dict[str, Any], code: str
) -> None:
    with server.client(town.dispatcher) as desk:
        refused = send(desk, "post", "/api/v1/incidents", json=call(changes))
        assert refused.status_code in (404, 422)
        assert slug(refused) == code


def test_a_call_sent_twice_opens_one_incident(server: Server, town: Town, send: Send) -> None:
    key = new_id().hex
    with server.client(town.dispatcher) as desk:
        first = send(desk, "post", "/api/v1/incidents", key=key, json=call())
        again = send(desk, "post", "/api/v1/incidents", key=key, json=call())
        assert again.json() == first.json()
        assert again.headers["idempotent-replayed"] == "true"
        assert len(desk.get("/api/v1/incidents").json()["items"]) == 1


def test_the_second_report_of_one_event_is_suggested_as_a_duplicate(server: Server, town: Town, send: Send) -> None:
    with server.client(town.dispatcher) as desk:
        first = send(desk, "post", "/api/v1/incidents", json=call()).json()["incident"]
        near = call(type="find_person", position={**POINT, "lon": east(90)})
        second = send(desk, "post", "/api/v1/incidents", json=near).json()
        (found,) = second["possible_duplicates"]
        assert found["incident"]["id"] == first["id"]
        assert {"地点相近", "类型相关"} <= set(found["reason_labels"])
        url = f"/api/v1/incidents/{second['incident']['id']}/duplicates"
        assert [each["incident"]["id"] for each in desk.get(url).json()] == [first["id"]]


def test_an_edit_names_its_version(server: Server, town: Town, send: Send) -> None:
    incident = call_in(town.session, town.station)
    town.session.commit()
    url = f"/api/v1/incidents/{incident.id}"
    with server.client(town.dispatcher) as desk:
        assert slug(send(desk, "patch", url, json={"address": "永德路"})) == "precondition-required"
        edited = send(desk, "patch", url, json={"address": "永德路"}, headers={"If-Match": '"1"'})
        assert (edited.json()["address"], edited.headers["etag"]) == ("永德路", '"2"')
        stale = send(desk, "patch", url, json={"address": "龙吴路"}, headers={"If-Match": '"1"'})
        assert (stale.status_code, slug(stale), stale.headers["etag"]) == (412, "stale-version", '"2"')
        nulled = send(desk, "patch", url, json={"summary": None}, headers={"If-Match": '"2"'})
        assert slug(nulled) == "not-empty"


def test_level_note_merge_cancel_and_reopen_over_http(server: Server, town: Town, send: Send) -> None:
    one, two = call_in(town.session, town.station), call_in(town.session, town.station)
    town.session.commit()
    base = "/api/v1/incidents"
    with server.client(town.dispatcher) as desk, server.client(town.leader) as chief:
        assert (
            send(desk, "post", f"{base}/{one.id}/level", json={"level": 1, "reason": "天色将晚"}).json()["level"] == 1
        )
        note = send(desk, "post", f"{base}/{one.id}/notes", json={"text": "已联系家属"})
        assert note.status_code == 201
        assert note.json()["author"] == town.dispatcher.account.name
        merged = send(desk, "post", f"{base}/{two.id}/merge", json={"into_id": str(one.id)}).json()
        assert (merged["state"], merged["merged_into_id"]) == ("merged", str(one.id))
        again = send(desk, "post", f"{base}/{two.id}/merge", json={"into_id": str(one.id)})
        assert (again.status_code, slug(again)) == (409, "transition-refused")
        cancelled = send(desk, "post", f"{base}/{one.id}/cancel", json={"reason": "误报警情"})
        reopen = {"json": {"reason": "报警人再次来电"}, "headers": {"If-Match": cancelled.headers["etag"]}}
        assert send(desk, "post", f"{base}/{one.id}/reopen", **reopen).status_code == 403
        assert send(chief, "post", f"{base}/{one.id}/reopen", **reopen).json()["reopened"] == 1


def test_the_list_is_narrowed_and_paged(server: Server, town: Town) -> None:
    for level in (1, 2, 3):
        make_incident(town.session, town.station, level=level)
    make_incident(town.session, town.station, state="cancelled", level=4)
    call_in(town.session, town.station, number="JJ2026-100%", address="永德路 100%", level=4)
    town.session.commit()

    def found(desk: httpx.Client, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = desk.get("/api/v1/incidents", params=params).json()["items"]
        return items

    with server.client(town.dispatcher) as desk:
        assert len(found(desk)) == 5
        assert [i["state"] for i in found(desk, open=False)] == ["cancelled"]
        assert {i["level"] for i in found(desk, level=[1, 2])} == {1, 2}
        assert len(found(desk, type="help.lost_person")) == 1
        assert len(found(desk, q="100%")) == 1
        assert len(found(desk, q="_")) == 0
        assert found(desk, q="' OR 1=1") == []
        assert found(desk, **{"from": "2026-11-24T09:00:00Z"}) == []
        first = desk.get("/api/v1/incidents", params={"limit": 3}).json()
        rest = desk.get("/api/v1/incidents", params={"limit": 3, "cursor": first["next_cursor"]}).json()
        ids = [i["id"] for i in first["items"] + rest["items"]]
        assert len(set(ids)) == 5
        assert rest["next_cursor"] is None
        assert desk.get("/api/v1/incidents", params={"state": "nonsense"}).status_code == 422


def test_who_works_on_it_sees_it_and_nobody_else(server: Server, town: Town) -> None:
    incident = call_in(town.session, town.station)
    give_order(town.session, incident, town.guard)
    give_order(town.session, incident, town.officer)
    elsewhere = make_station(town.session, make_district(town.session))
    neighbour = staff(town.session, Role.DISPATCHER, elsewhere)
    idle_guard, idle_officer = guard(town.session, town.station), officer(town.session, town.station)
    town.session.commit()
    url = f"/api/v1/incidents/{incident.id}"
    with server.client(town.guard) as client:
        assert "caller_phone_mask" not in client.get(url).json()
        assert client.get("/api/v1/incidents").status_code == 403
    with server.client(town.officer) as client:
        assert client.get(url).json()["incident"]["id"] == str(incident.id)
        assert len(client.get("/api/v1/incidents").json()["items"]) == 1
    unknown = f"/api/v1/incidents/{new_id()}"
    for login in (neighbour, idle_guard, idle_officer):
        with server.client(login) as client:
            hidden, absent = client.get(url), client.get(unknown)
            assert (hidden.status_code, absent.status_code) == (404, 404)
            assert {k: v for k, v in hidden.json().items() if k != "instance"} == {
                k: v for k, v in absent.json().items() if k != "instance"
            }
    with server.client(neighbour) as client:
        assert client.get("/api/v1/incidents").json()["items"] == []


def test_a_guard_cannot_take_calls_but_may_call_for_help(server: Server, town: Town, send: Send) -> None:
    town.station.duty_phone = "+862164500110"
    town.session.commit()
    with server.client(town.guard) as phone, server.client(town.dispatcher) as desk:
        assert send(phone, "post", "/api/v1/incidents", json=call()).status_code == 403
        made = send(phone, "post", "/api/v1/panic", json={})
        assert (made.status_code, made.json()["duty_phone"]) == (201, "+862164500110")
        again = send(phone, "post", "/api/v1/panic", json={"position": POINT})
        assert again.json()["id"] == made.json()["id"]
        assert desk.get(f"/api/v1/incidents/{made.json()['id']}").json()["incident"]["source"] == "panic"
        assert send(desk, "post", "/api/v1/panic", json={}).status_code == 403


def test_an_officer_who_takes_a_call_is_not_shown_the_stations_other_incidents(
    server: Server, town: Town, send: Send
) -> None:
    call_in(town.session, town.station)
    town.session.commit()
    with server.client(town.officer) as client:
        made = send(client, "post", "/api/v1/incidents", json=call())
        assert made.status_code == 201
        assert made.json()["possible_duplicates"] == []


def test_the_catalogue_names_every_type_in_chinese(server: Server, town: Town) -> None:
    with server.client(town.dispatcher) as desk:
        categories = desk.get("/api/v1/incident-types").json()
    assert [c["name"] for c in categories][:2] == ["刑事警情", "治安警情"]
    assert all(t["name"] for c in categories for t in c["types"])
