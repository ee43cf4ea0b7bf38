"""The form, ratings and reviews, over the wire."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from kit.tenancy import Organization
from tests.api.conftest import Server
from tests.support.closing import Scene, make_order, make_scene
from tests.support.people import Login, officer, staff

Send = Callable[..., httpx.Response]
FORM = {"result_code": "found", "text": "老人已找到，家属接回。"}
SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 5}


@pytest.fixture
def scene(committing: Session, server: Server) -> Scene:
    scene = make_scene(committing)
    committing.commit()
    server.clock.advance(minutes=30)
    return scene


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return str(answer.json()["type"]).rsplit("/", 1)[-1]


def form_url(scene: Scene) -> str:
    return f"/api/v1/incidents/{scene.incident.id}/feedback-form"


def rate(send: Send, client: httpx.Client, scene: Scene, n: int = 0, **changes: Any) -> httpx.Response:
    return send(client, "post", f"/api/v1/orders/{scene.orders[n].id}/rating", json={**SEEN, **changes})


def rate_all(send: Send, client: httpx.Client, scene: Scene, **changes: Any) -> httpx.Response:
    lines = [{"order_id": str(order.id), **SEEN, **changes} for order in scene.orders]
    return send(client, "post", f"/api/v1/incidents/{scene.incident.id}/ratings", json={"ratings": lines})


def test_the_sheet_says_what_was_measured_and_who_is_to_be_rated(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.officer) as client:
        before = client.get(form_url(scene)).json()
        assert before["form"] is None and before["editable"]
        assert before["measured"]["arrived_at"] == "2026-11-24T08:04:00Z"
        assert [line["rating"] for line in before["orders"]] == [None, None]
        made = send(client, "put", form_url(scene), json=FORM)
        assert (made.status_code, made.headers["etag"]) == (200, '"1"')
        assert rate(send, client, scene).status_code == 201
        after = client.get(form_url(scene)).json()
    assert after["incident_state"] == "feedback" and after["form"]["arrived_at"] == "2026-11-24T08:04:00Z"
    rated = {line["order_id"]: line["rating"] is not None for line in after["orders"]}
    assert rated == {str(scene.orders[0].id): True, str(scene.orders[1].id): False}


def test_two_officers_who_edit_at_once_do_not_overwrite_each_other(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.officer) as client:
        send(client, "put", form_url(scene), json=FORM)
        missing = send(client, "put", form_url(scene), json=FORM)
        first = send(client, "put", form_url(scene), json=FORM, headers={"If-Match": '"1"'})
        second = send(client, "put", form_url(scene), json=FORM, headers={"If-Match": '"1"'})
    assert (missing.status_code, slug(missing)) == (428, "precondition-required")
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (second.status_code, second.headers["etag"], slug(second)) == (412, '"2"', "stale-version")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"result_code": "no_such"}, "/result_code", "not-an-option"),
        ({"result_code": "handed_over"}, "/handed_over_to", "missing"),
        ({"handled_at": "2026-11-24T09:00:00Z"}, "/handled_at", "timestamp-in-future"),
        ({"handled_at": "2026-11-24T08:20:00"}, "/handled_at", "timestamp-format"),
        ({"people_helped": -1}, "/people_helped", "out-of-range"),
        ({"people_helped": 1.5}, "/people_helped", "type"),
        ({"text": ""}, "/text", "too-short"),
        ({"officer_id": str(new_id())}, "/officer_id", "unknown-member"),
        (
            {"departed_at": "2026-11-24T08:10:00Z", "arrived_at": "2026-11-24T08:09:00Z"},
            "/arrived_at",
            "times-out-of-order",
        ),
    ],
)
def test_a_faulty_form_says_where_it_is_wrong(
    server: Server, scene: Scene, send: Send, changes: dict[str, Any], pointer: str, code: str
) -> None:
    with server.client(scene.officer) as client:
        answer = send(client, "put", form_url(scene), json={**FORM, **changes})
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    "changes",
    [
        {"score": 6},
        {"score": 0},
        {"score": 4.5},
        {"score": "5"},
        {"score": None},
        {"helped": None},
        {"helped": "yes"},
        {"outcome": "not_seen"},
        {"outcome": "seen_it"},
        {"tags": ["made_up"]},
        {"rated_account_id": str(new_id())},
    ],
)
def test_a_rating_that_makes_no_sense_is_refused(
    server: Server, scene: Scene, send: Send, changes: dict[str, Any]
) -> None:
    with server.client(scene.officer) as client:
        assert rate(send, client, scene, **changes).status_code == 422
        assert rate(send, client, scene).status_code == 201


def test_a_rating_is_made_once_by_somebody_who_was_there(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    stranger = officer(committing, scene.station)
    committing.commit()
    with server.client(scene.officer) as client:
        assert rate(send, client, scene).status_code == 201
        again = rate(send, client, scene)
        assert (again.status_code, slug(again)) == (409, "already-rated")
    expected = ((stranger, 404), (scene.guards[0], 403), (scene.leader, 403), (scene.dispatcher, 403))
    for login, status in expected:
        with server.client(login) as client:
            assert rate(send, client, scene, 1).status_code == status


def test_two_officers_who_rate_at_once_make_one_rating(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    colleague = officer(committing, scene.station)
    make_order(committing, scene.incident, colleague, state="arrived")
    committing.commit()
    together = Barrier(4)

    def press(login: Login) -> httpx.Response:
        with server.client(login) as client:
            together.wait(40)
            return rate(send, client, scene)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, [scene.officer, colleague] * 2))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {slug(answer) for answer in answers if answer.status_code == 409} == {"already-rated"}


def test_after_the_incident_is_closed_the_officer_reads_and_corrects_what_he_wrote_for_a_day(
    server: Server, scene: Scene, send: Send
) -> None:
    with server.client(scene.officer) as client:
        send(client, "put", form_url(scene), json=FORM)
        rating = rate_all(send, client, scene).json()[0]
    with server.client(scene.leader) as client:
        review = {"decision": "approved"}
        closed = send(client, "post", f"/api/v1/incidents/{scene.incident.id}/review", json=review)
        assert closed.status_code == 201, closed.text
    url, changed = f"/api/v1/ratings/{rating['id']}", {**SEEN, "score": 3}
    with server.client(scene.officer) as client:
        assert client.get(f"/api/v1/incidents/{scene.incident.id}").status_code == 404, "his sight has ended with it"
        sheet = client.get(form_url(scene))
        assert sheet.status_code == 200
        assert (sheet.json()["incident_state"], sheet.json()["editable"]) == ("closed", False)
        assert sheet.json()["form"]["text"] == FORM["text"]
        assert client.get(url).json()["score"] == 5
        assert send(client, "put", url, json=changed, headers={"If-Match": '"1"'}).status_code == 200
        assert slug(send(client, "put", form_url(scene), json=FORM, headers={"If-Match": '"1"'})) == "not-found"
        server.clock.advance(hours=24, seconds=1)
        late = send(client, "put", url, json=changed, headers={"If-Match": '"2"'})
        assert (late.status_code, slug(late)) == (409, "rating-locked")
        assert client.get(form_url(scene)).status_code == 404
        assert client.get(url).json()["score"] == 3


def test_a_colleague_who_wrote_nothing_reads_no_form_of_a_closed_incident(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    colleague = officer(committing, scene.station)
    make_order(committing, scene.incident, colleague, state="completed")
    committing.commit()
    with server.client(scene.officer) as client:
        send(client, "put", form_url(scene), json=FORM)
        rate_all(send, client, scene)
    with server.client(colleague) as client:
        assert client.get(form_url(scene)).status_code == 200
        with server.client(scene.leader) as chief:
            url = f"/api/v1/incidents/{scene.incident.id}/review"
            assert send(chief, "post", url, json={"decision": "approved"}).status_code == 201
        assert client.get(form_url(scene)).status_code == 404


def test_ratings_in_one_go_are_all_taken_or_none(server: Server, scene: Scene, send: Send) -> None:
    url = f"/api/v1/incidents/{scene.incident.id}/ratings"
    with server.client(scene.officer) as client:
        lines = [{"order_id": str(o.id), **SEEN} for o in scene.orders]
        lines[1]["score"] = None
        refused = send(client, "post", url, json={"ratings": lines})
        assert refused.status_code == 422
        assert [e["pointer"] for e in refused.json()["errors"]] == ["/ratings/1/score"]
        assert [line["rating"] for line in client.get(form_url(scene)).json()["orders"]] == [None, None]
        assert len(rate_all(send, client, scene).json()) == 2


def test_everybody_reads_the_ratings_that_concern_him(
    server: Server, scene: Scene, send: Send, committing: Session
) -> None:
    own = scene.guards[0].responder
    assert own is not None
    manager = staff(committing, Role.COMPANY_MANAGER, scene.station, organization=_organization(committing, own))
    other_manager = staff(committing, Role.COMPANY_MANAGER, scene.station)
    neighbour = make_scene(committing)
    committing.commit()
    with server.client(scene.officer) as client:
        rate_all(send, client, scene)

    def count(login: Login) -> int:
        with server.client(login) as client:
            return len(client.get("/api/v1/ratings").json()["items"])

    readers = (scene.guards[0], scene.officer, manager, scene.leader, scene.dispatcher, other_manager, neighbour.leader)
    assert [count(login) for login in readers] == [1, 2, 2, 2, 2, 0, 0]
    with server.client(manager) as client:
        standings = client.get("/api/v1/ratings/standings").json()["items"]
    assert [(s["standing"]["n"], s["standing"]["average"]) for s in standings] == [(1, 5.0), (1, 5.0)]


def test_a_guard_sees_his_standing_and_objects(server: Server, scene: Scene, send: Send) -> None:
    with server.client(scene.officer) as client:
        rate_all(send, client, scene, score=2)
    with server.client(scene.guards[0]) as client:
        mine = client.get("/api/v1/me/ratings").json()
        assert mine["standing"] == {"n": 1, "average": 2.0, "shrunken": 2.0}
        url = f"/api/v1/ratings/{mine['items'][0]['id']}/appeal"
        assert send(client, "post", url, json={"text": "我 16:03 已到场。"}).status_code == 201
        assert slug(send(client, "post", url, json={"text": "再次申诉"})) == "already-appealed"
    with server.client(scene.leader) as client:
        (waiting,) = client.get("/api/v1/appeals").json()["items"]
        assert waiting["rating"]["score"] == 2
        settle = f"/api/v1/appeals/{waiting['id']}/settlement"
        assert send(client, "post", settle, json={"outcome": "corrected", "reply": "属实"}).status_code == 422
        body = {"outcome": "corrected", "reply": "经核实，予以更正。", "corrected": {**SEEN, "score": 4}}
        assert send(client, "post", settle, json=body).status_code == 201
        assert client.get("/api/v1/appeals").json()["items"] == []
        assert len(client.get("/api/v1/appeals", params={"settled": True}).json()["items"]) == 1
    with server.client(scene.guards[0]) as client:
        mine = client.get("/api/v1/me/ratings").json()
    assert mine["items"][0]["score"] == 4 and mine["items"][0]["appeal"]["reply"] == "经核实，予以更正。"
    assert mine["standing"] == {"n": 1, "average": 4.0, "shrunken": 3.17}


def test_the_choices_have_chinese_names(server: Server, scene: Scene) -> None:
    with server.client(scene.officer) as client:
        choices = client.get("/api/v1/feedback-choices").json()
    assert {"code": "handed_over", "name": "移交其他单位", "hands_over": True} in choices["results"]
    assert {"key": "fast", "name": "响应迅速"} in choices["rating_tags"]


def _organization(session: Session, responder: Any) -> Organization:
    return session.get_one(Organization, responder.organization_id)
