"""Orders over HTTP: who may, what is answered, what is not said."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from tests.api.conftest import Server
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import guard, make_station, staff

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(committing: Session) -> Scene:
    made = make_scene(committing, a_need("patrol_unit"), a_need(alert_factor=2.0), guards=3)
    committing.commit()
    return made


def dispatch(server: Server, send: Send, scene: Scene, **body: Any) -> httpx.Response:
    with server.client(scene.dispatcher) as room:
        return send(room, "post", f"/api/v1/incidents/{scene.incident.id}/dispatch", json=body)


def own_order(server: Server, login: Any) -> dict[str, Any]:
    with server.client(login) as phone:
        (order,) = phone.get("/api/v1/me/orders", params={"open": "true"}).json()["items"]
    return dict(order)


def test_a_guard_reads_what_and_where_and_nothing_of_the_caller(server: Server, send: Send, scene: Scene) -> None:
    answer = dispatch(server, send, scene)
    assert answer.status_code == 201, answer.text
    assert {o["mode"] for o in answer.json()["items"]} == {"command", "offer"}
    order = own_order(server, scene.guards[0])
    assert order["incident"]["address"] == "剑川路路口"
    assert order["label"] == "新指令"
    assert order["target"]["crs"] == "wgs84"
    assert order["score"] is None
    assert "caller" not in json.dumps(order)


def test_the_loop_of_a_helper_over_http(server: Server, send: Send, scene: Scene) -> None:
    dispatch(server, send, scene)
    order = own_order(server, scene.guards[0])
    with server.client(scene.guards[0]) as phone:
        for step, state in (("accept", "accepted"), ("depart", "en_route"), ("arrive", "arrived")):
            answer = send(phone, "post", f"/api/v1/orders/{order['id']}/{step}")
            assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text
        done = send(phone, "post", f"/api/v1/orders/{order['id']}/complete", json={"checklist": []})
        assert done.json()["state"] == "completed"
        assert done.json()["milestones"]["accepted"]["how"] == "measured"
        assert phone.get("/api/v1/me/orders", params={"open": "true"}).json()["items"] == []
        assert len(phone.get("/api/v1/me/orders").json()["items"]) == 1


def test_who_comes_too_late_is_told_that_the_places_are_taken(server: Server, send: Send, scene: Scene) -> None:
    dispatch(server, send, scene)
    first, second = (own_order(server, scene.guards[n]) for n in (0, 1))
    with server.client(scene.guards[0]) as phone:
        send(phone, "post", f"/api/v1/orders/{first['id']}/accept")
    with server.client(scene.guards[1]) as phone:
        answer = send(phone, "post", f"/api/v1/orders/{second['id']}/accept")
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"].endswith("/offer-taken")
    assert (problem["title"], problem["state"]) == ("名额已满", "stood_down")


def test_the_same_accept_sent_again_gets_the_same_answer(server: Server, send: Send, scene: Scene) -> None:
    dispatch(server, send, scene)
    order = own_order(server, scene.guards[0])
    url, key = f"/api/v1/orders/{order['id']}/accept", new_id().hex
    with server.client(scene.guards[0]) as phone:
        first = send(phone, "post", url, key=key)
        again = send(phone, "post", url, key=key)
        other_key = send(phone, "post", url)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json() == other_key.json()


def test_an_offer_whose_time_is_over_is_gone(server: Server, send: Send, scene: Scene) -> None:
    from dispatch.escalation.service import tick

    dispatch(server, send, scene)
    order = own_order(server, scene.guards[0])
    at = server.clock.advance(seconds=31)
    with server.sessions() as session:
        # what other tests left is due as well, and comes in its turn
        while tick(session, at):
            session.commit()
        session.commit()
    with server.client(scene.guards[0]) as phone:
        answer = send(phone, "post", f"/api/v1/orders/{order['id']}/accept")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (410, "offer-expired")


def test_an_order_of_somebody_else_looks_like_none_at_all(
    server: Server, send: Send, scene: Scene, committing: Session
) -> None:
    dispatch(server, send, scene)
    order = own_order(server, scene.guards[0])
    stranger = guard(committing, make_station(committing))
    neighbour = staff(committing, Role.DISPATCHER, make_station(committing))
    committing.commit()
    for who in (scene.guards[2], stranger, neighbour):
        with server.client(who) as client:
            hidden = client.get(f"/api/v1/orders/{order['id']}").json()
            absent = client.get(f"/api/v1/orders/{new_id()}").json()
        assert hidden["status"] == 404
        assert {**hidden, "instance": ""} == {**absent, "instance": ""}
    with server.client(neighbour) as client:
        assert client.get("/api/v1/orders").json()["items"] == []
        assert client.get(f"/api/v1/incidents/{scene.incident.id}/orders").status_code == 404
        assert dispatch(server, send, Scene(**{**vars(scene), "dispatcher": neighbour})).status_code == 404


def test_a_guard_sends_nobody(server: Server, send: Send, scene: Scene) -> None:
    with server.client(scene.guards[0]) as phone:
        assert send(phone, "post", f"/api/v1/incidents/{scene.incident.id}/dispatch", json={}).status_code == 403
        assert phone.get(f"/api/v1/incidents/{scene.incident.id}/recommendations").status_code == 403


def test_the_officer_sees_who_comes_to_help_him(server: Server, send: Send, scene: Scene) -> None:
    dispatch(server, send, scene)
    with server.client(scene.police[0]) as car:
        shown = car.get(f"/api/v1/incidents/{scene.incident.id}/orders").json()["items"]
        assert len(shown) == 3
        helper = next(o for o in shown if o["mode"] == "offer")
        confirmed = send(car, "post", f"/api/v1/orders/{helper['id']}/confirm-arrival")
    # an offer that nobody has accepted cannot arrive
    assert confirmed.status_code == 409
    assert confirmed.json()["state"] == "offered"


def test_a_company_manager_reads_that_his_man_was_called_not_what_happened(
    server: Server, send: Send, scene: Scene, committing: Session
) -> None:
    dispatch(server, send, scene)
    account = scene.guards[0].account
    from kit.tenancy import Organization

    company = committing.get(Organization, account.organization_id)
    boss = staff(committing, Role.COMPANY_MANAGER, scene.station, organization=company)
    committing.commit()
    with server.client(boss) as desk:
        (order,) = desk.get("/api/v1/orders").json()["items"]
    assert order["incident"]["type"] == "fight"
    assert order["incident"]["summary"] is None
    assert order["incident"]["address"] is None
    assert order["target"] is None


def test_advice_is_asked_for_without_anybody_being_told(server: Server, send: Send, scene: Scene) -> None:
    with server.client(scene.dispatcher) as room:
        url = f"/api/v1/incidents/{scene.incident.id}/recommendations"
        made = send(room, "post", url, json={})
        assert made.status_code == 201, made.text
        for_guards = next(r for r in made.json()["items"] if r["need"]["kind"] == "guard")
        assert [c["responder_id"] for c in for_guards["chosen"]] == [
            str(g.responder.id) for g in scene.guards[:2] if g.responder
        ]
        assert "到场，签收可能" in for_guards["chosen"][0]["why"]
        stored = room.get(url, params={"need": for_guards["need"]["id"]}).json()["items"]
        assert stored == [for_guards]
        english = room.get(url, params={"need": for_guards["need"]["id"], "lang": "en"}).json()["items"]
        assert re.match(r"There in .+, accepts with \d+ % ", english[0]["chosen"][0]["why"])
        assert room.get(url, params={"lang": "fr"}).status_code == 422
        assert room.get("/api/v1/orders").json()["items"] == []


def test_lists_go_on_where_the_page_ended(server: Server, send: Send, scene: Scene) -> None:
    dispatch(server, send, scene)
    seen: list[str] = []
    cursor = None
    with server.client(scene.dispatcher) as room:
        while True:
            page = room.get("/api/v1/orders", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [o["id"] for o in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accept", {"state": "accepted"}),
        ("decline", {"reason": "lazy"}),
        ("decline", {"reason": "post", "station_id": 2}),
        ("cancel", {}),
        ("cancel", {"reason": "误派", "seen_state": "unknown"}),
    ],
)
def test_a_body_that_is_not_right_is_refused_and_never_breaks(
    server: Server, send: Send, scene: Scene, path: str, body: dict[str, Any]
) -> None:
    dispatch(server, send, scene)
    order = own_order(server, scene.guards[0])
    who = scene.dispatcher if path == "cancel" else scene.guards[0]
    with server.client(who) as client:
        answer = send(client, "post", f"/api/v1/orders/{order['id']}/{path}", json=body)
    assert answer.status_code in (200, 422)
    assert (answer.status_code == 200) == (path == "accept")
