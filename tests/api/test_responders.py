"""Responders and posts through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from geo.responders.model import ResponderIndex
from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.people import (
    LAT,
    LON,
    WHOLE_WEEK,
    Login,
    guard,
    keeper,
    make_account,
    make_organization,
    make_responder,
    make_station,
    staff,
)

Send = Callable[..., httpx.Response]
POINT = {"lon": LON, "lat": LAT, "crs": "wgs84"}
URL = "/api/v1/responders"


@pytest.fixture
def people(committing: Session) -> dict[str, Any]:
    """A station with a leader, a company with its manager, and the neighbours."""
    station, neighbour = make_station(committing), make_station(committing)
    company, other = make_organization(committing, station), make_organization(committing, station)
    found = {
        "station": station,
        "company": company,
        "other": other,
        "leader": staff(committing, Role.LEADER, station),
        "dispatcher": staff(committing, Role.DISPATCHER, station),
        "manager": staff(committing, Role.COMPANY_MANAGER, station, organization=company),
        "neighbour": staff(committing, Role.LEADER, neighbour),
        "guard": guard(committing, station, organization=company, on_duty=False),
    }
    committing.commit()
    return found


def _house(people: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {
        "kind": "safe_house",
        "name": f"平安屋{new_id().hex[:8]}",
        "organization_id": str(people["company"].id),
        "position": POINT,
        "opening_hours": WHOLE_WEEK,
        "capabilities": ["aed"],
        **values,
    }


def _codes(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}


def test_a_word_that_the_rosters_do_not_know_is_refused_with_those_that_they_do(
    server: Server, send: Send, people: dict[str, Any]
) -> None:
    with server.client(people["leader"]) as client:
        refused = send(client, "post", URL, json=_house(people, skills=["first_aid", "flying"], capabilities=["sofa"]))
        assert _codes(refused) == {"/skills/1": "word-unknown", "/capabilities/0": "word-unknown"}
        said = {fault["pointer"]: fault["message"] for fault in refused.json()["errors"]}
        assert "first_aid（急救）" in said["/skills/1"] and "aed（AED）" in said["/capabilities/0"]
        made = send(client, "post", URL, json=_house(people, skills=["first_aid"]))
        url, version = f"{URL}/{made.json()['id']}", made.headers["etag"]
        changed = send(client, "patch", url, json={"skills": ["flying"]}, headers={"If-Match": version})
        assert _codes(changed) == {"/skills/0": "word-unknown"}


def test_a_leader_registers_a_safe_house_and_it_is_indexed_and_recorded(
    server: Server, committing: Session, send: Send, people: dict[str, Any]
) -> None:
    leader: Login = people["leader"]
    with server.client(leader) as client:
        made = send(client, "post", URL, json=_house(people))
        assert made.status_code == 201, made.text
        assert made.headers["etag"] == '"1"'
        shown = client.get(f"{URL}/{made.json()['id']}").json()
    assert shown == made.json()
    assert (shown["on_duty"], shown["position"]) == (True, POINT)
    row = committing.execute(select(ResponderIndex).where(ResponderIndex.responder_id == shown["id"])).scalar_one()
    assert (row.fixed, row.skills) == (True, ["aed"])
    entry = committing.execute(select(RecordEntry).where(RecordEntry.subject_id == shown["id"])).scalar_one()
    assert (entry.action, entry.actor_account_id) == ("responder.created", leader.account.id)


def test_a_gcj02_point_is_stored_as_wgs84(server: Server, send: Send, people: dict[str, Any]) -> None:
    drawn = {"lon": 121.46783962246232, "lat": 31.04468758061529, "crs": "gcj02"}
    with server.client(people["leader"]) as client:
        made = send(client, "post", URL, json=_house(people, position=drawn)).json()
    assert made["position"]["crs"] == "wgs84"
    assert (made["position"]["lon"], made["position"]["lat"]) == pytest.approx((121.4633, 31.0467), abs=1e-8)


@pytest.mark.parametrize(
    ("point", "faults"),
    [
        ({"lon": 121.4, "lat": 31.0}, {"/position/crs": "crs-required"}),
        ({"lon": 121.4, "lat": 31.0, "crs": None}, {"/position/crs": "crs-required"}),
        ({"lon": 121.4, "lat": 31.0, "crs": "epsg:3857"}, {"/position/crs": "not-an-option"}),
        ({"lon": 0, "lat": 0, "crs": "wgs84"}, {"/position": "coordinate-implausible"}),
        ({"lon": 39.9, "lat": 116.4, "crs": "wgs84"}, {"/position": "coordinate-swapped"}),
        ({"lon": 121.4, "lat": 91, "crs": "wgs84"}, {"/position/lat": "coordinate-out-of-range"}),
        ({"lon": 181, "lat": 31.0, "crs": "bd09"}, {"/position/lon": "coordinate-out-of-range"}),
        ({"lon": "121.4", "lat": True, "crs": "wgs84"}, {"/position/lon": "type", "/position/lat": "type"}),
        ({"lon": 121.4, "lat": 31.0, "crs": "wgs84", "alt": 3}, {"/position/alt": "unknown-member"}),
    ],
)
def test_a_bad_point_is_refused_by_name_and_not_echoed(
    server: Server, send: Send, people: dict[str, Any], point: dict[str, Any], faults: dict[str, str]
) -> None:
    with server.client(people["leader"]) as client:
        answer = send(client, "post", URL, json=_house(people, position=point))
    assert _codes(answer) == faults
    assert "116.4" not in answer.text


@pytest.mark.parametrize("number", [b"1e400", b"NaN", b"Infinity"])
def test_a_number_that_is_not_finite_is_refused(
    server: Server, send: Send, people: dict[str, Any], number: bytes
) -> None:
    body = b'{"kind":"guard","name":"a","position":{"lon":' + number + b',"lat":31,"crs":"wgs84"}}'
    with server.client(people["leader"]) as client:
        answer = send(client, "post", URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a\\u0000b", "control-character"),
        ("a\\ud800", "invalid-unicode"),
        ("a\\u202eb", "text-not-allowed"),
        ("a\\u200bb", "text-not-allowed"),
        ("a" + "\\u0301" * 10, "text-not-allowed"),
    ],
)
def test_a_name_that_no_screen_can_show_is_refused(
    server: Server, send: Send, people: dict[str, Any], name: str, code: str
) -> None:
    body = f'{{"kind":"guard","name":"{name}","organization_id":"{people["company"].id}"}}'
    with server.client(people["leader"]) as client:
        answer = send(client, "post", URL, content=body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 or _codes(answer) == {"/name": code}


def test_a_manager_registers_for_his_company_only(server: Server, send: Send, people: dict[str, Any]) -> None:
    with server.client(people["manager"]) as client:
        mine = {"kind": "guard", "name": "李卫东", "organization_id": str(people["company"].id)}
        assert send(client, "post", URL, json=mine).status_code == 201
        others = {**mine, "organization_id": str(people["other"].id)}
        assert _codes(send(client, "post", URL, json=others)) == {"/organization_id": "reference-unknown"}


def test_who_may_see_what(server: Server, committing: Session, send: Send, people: dict[str, Any]) -> None:
    other = make_responder(committing, "guard", people["station"], organization=people["other"])
    committing.commit()
    own = str(people["guard"].responder.id)

    def seen(who: str) -> set[str]:
        with server.client(people[who]) as client:
            return {item["id"] for item in client.get(URL).json()["items"]}

    assert seen("guard") == {own}
    assert seen("manager") == {own}
    assert seen("dispatcher") == {own, str(other.id)}
    assert seen("neighbour") == set()
    with server.client(people["neighbour"]) as client:
        hidden, absent = client.get(f"{URL}/{own}"), client.get(f"{URL}/{new_id()}")
        assert hidden.status_code == absent.status_code == 404
        drop = ("instance",)
        assert {k: v for k, v in hidden.json().items() if k not in drop} == {
            k: v for k, v in absent.json().items() if k not in drop
        }
        change = send(client, "patch", f"{URL}/{own}", json={"name": "别人"}, headers={"If-Match": '"1"'})
        assert change.status_code == 404
    with server.client(people["dispatcher"]) as client:
        assert send(client, "post", URL, json=_house(people)).status_code == 403


def test_a_person_has_no_position_in_lists(server: Server, committing: Session, people: dict[str, Any]) -> None:
    him = make_responder(committing, "guard", people["station"], organization=people["company"], lon=LON)
    committing.commit()
    with server.client(people["manager"]) as client:
        shown = client.get(f"{URL}/{him.id}").json()
    assert shown["position"] is None
    assert shown["on_duty"]


def test_an_edit_names_its_version(server: Server, send: Send, people: dict[str, Any]) -> None:
    url = f"{URL}/{people['guard'].responder.id}"
    with server.client(people["leader"]) as client:
        assert send(client, "patch", url, json={"call_sign": "剑川1"}).status_code == 428
        first = send(client, "patch", url, json={"call_sign": "剑川1"}, headers={"If-Match": '"1"'})
        assert (first.status_code, first.json()["call_sign"], first.headers["etag"]) == (200, "剑川1", '"2"')
        late = send(client, "patch", url, json={"call_sign": "剑川2"}, headers={"If-Match": '"1"'})
        assert (late.status_code, late.headers["etag"]) == (412, '"2"')
        assert send(client, "patch", url, json={"name": None}, headers={"If-Match": '"2"'}).status_code == 422
        cleared = send(client, "patch", url, json={"call_sign": None}, headers={"If-Match": '"2"'})
        assert cleared.json()["call_sign"] is None


def test_registering_twice_with_one_key_registers_once(server: Server, send: Send, people: dict[str, Any]) -> None:
    key, body = new_id().hex, _house(people)
    with server.client(people["leader"]) as client:
        first, second = (send(client, "post", URL, key=key, json=body) for _ in range(2))
        assert first.json() == second.json()
        again = send(client, "post", URL, json=body)
    assert (again.status_code, again.json()["type"].rsplit("/", 1)[-1]) == (409, "name-taken")


def test_an_account_answers_for_what_fits_it(
    server: Server, committing: Session, send: Send, people: dict[str, Any]
) -> None:
    his = make_account(committing, Role.GUARD, people["station"], people["company"])
    hers = make_account(committing, Role.KEEPER, people["station"], people["company"])
    foreign = make_account(committing, Role.GUARD, make_station(committing))
    committing.commit()
    body = {"kind": "guard", "name": "赵铁柱", "organization_id": str(people["company"].id)}
    with server.client(people["leader"]) as client:
        for account in (hers, foreign):
            answer = send(client, "post", URL, json={**body, "account_id": str(account.id)})
            assert _codes(answer) == {"/account_id": "reference-unknown"}
        assert send(client, "post", URL, json={**body, "account_id": str(his.id)}).status_code == 201
        twice = send(client, "post", URL, json={**body, "name": "钱多多", "account_id": str(his.id)})
    assert (twice.status_code, twice.json()["type"].rsplit("/", 1)[-1]) == (409, "account-taken")


def test_pages_follow_each_other_without_gap(server: Server, committing: Session, people: dict[str, Any]) -> None:
    made = {str(keeper(committing, people["station"]).helper.id) for _ in range(5)}
    committing.commit()
    found: list[str] = []
    with server.client(people["leader"]) as client:
        page = client.get(URL, params={"limit": 2, "kind": "safe_house"}).json()
        found += [item["id"] for item in page["items"]]
        while page["next_cursor"]:
            params = {"limit": 2, "kind": "safe_house", "cursor": page["next_cursor"]}
            page = client.get(URL, params=params).json()
            found += [item["id"] for item in page["items"]]
    assert len(found) == 5
    assert set(found) == made


def test_a_post_is_drawn_changed_and_removed_when_nobody_belongs_to_it(
    server: Server, send: Send, people: dict[str, Any]
) -> None:
    url = "/api/v1/posts"
    body = {"name": f"门{new_id().hex[:6]}", "organization_id": str(people["company"].id), "position": POINT}
    guard_url = f"{URL}/{people['guard'].responder.id}"
    with server.client(people["manager"]) as client:
        made = send(client, "post", url, json=body)
        assert made.status_code == 201, made.text
        own = f"{url}/{made.json()['id']}"
        changed = send(client, "patch", own, json={"minimum_staff": 2}, headers={"If-Match": '"1"'})
        assert (changed.json()["minimum_staff"], changed.json()["on_post_now"]) == (2, 0)
        given = send(client, "patch", guard_url, json={"post_id": made.json()["id"]}, headers={"If-Match": '"1"'})
        assert given.json()["post_name"] == body["name"]
        kept = send(client, "delete", own, headers={"If-Match": '"2"'})
        assert (kept.status_code, kept.json()["type"].rsplit("/", 1)[-1]) == (409, "post-in-use")
        send(client, "patch", guard_url, json={"post_id": None}, headers={"If-Match": '"2"'})
        assert send(client, "delete", own, headers={"If-Match": '"2"'}).status_code == 204
        assert client.get(own).status_code == 404
    with server.client(people["neighbour"]) as client:
        assert client.get(url).json()["items"] == []
