"""Who sends is told whom he got, who is missing, why, and what to do; who got an order, how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy.orm import Session

from tests.api.conftest import Server
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import east, guard

Send = Callable[..., httpx.Response]


def dispatch(server: Server, send: Send, scene: Scene, rest: str = "dispatch", **body: Any) -> dict[str, Any]:
    with server.client(scene.dispatcher) as room:
        answer = send(room, "post", f"/api/v1/incidents/{scene.incident.id}/{rest}", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_an_empty_answer_says_why_it_is_empty_and_what_to_do(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, a_need("patrol_unit"), a_need(), guards=0, police=0)
    guard(committing, scene.station, lon=east(100), on_duty=False)
    committing.commit()
    answer = dispatch(server, send, scene)
    assert answer["items"] == []
    police, guards = answer["needs"]
    assert (police["kind_label"], police["short_of"], guards["short_of"]) == ("巡逻警力", 1, 1)
    assert police["reasons"][0]["reason"] == "NoCandidates"
    assert guards["reasons"][0]["why"] == "附近力量未上岗或未开放"
    assert guards["reasons"][0]["advice"] == "请电话通知其上岗或开放"
    assert "尚缺 1 名" in guards["says"]
    assert guards["retry_at"] is not None


def test_who_sends_again_is_told_that_they_are_asked_already(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, a_need("patrol_unit"), a_need(), guards=1, police=1)
    committing.commit()
    dispatch(server, send, scene)
    again = dispatch(server, send, scene)
    assert again["items"] == []
    assert [(need["waiting"], need["short_of"], need["reasons"]) for need in again["needs"]] == [(1, 0, [])] * 2


def test_more_are_asked_for_and_who_is_missing_is_said(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, a_need("patrol_unit"), a_need(), guards=1, police=1)
    committing.commit()
    dispatch(server, send, scene)
    server.clock.advance(seconds=1)
    answer = dispatch(server, send, scene, "request-more", kind="guard", count=2)
    (guards,) = [need for need in answer["needs"] if need["kind"] == "guard"]
    assert (guards["needed"], guards["waiting"], guards["short_of"]) == (3, 1, 2)
    assert guards["reasons"]


def test_an_order_says_how_far_it_was_as_it_was_given(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, a_need("patrol_unit"), a_need(), guards=1, police=1)
    committing.commit()
    dispatch(server, send, scene)
    with server.client(scene.guards[0]) as phone:
        (order,) = phone.get("/api/v1/me/orders").json()["items"]
    way = order["way"]
    assert way["as_of"] == order["offered_at"]
    assert abs(way["straight_m"] - 100) < 2
    assert way["distance_m"] >= way["straight_m"]
    assert way["eta_s"] > way["travel_s"] > 0
    assert (way["basis"], way["basis_label"]) == ("straight_line", "直线估算")
    # how he was chosen stays with the room
    assert order["score"] is None


def test_who_stands_too_near_is_told_to_withdraw_first(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(
        committing, a_need("patrol_unit"), a_need(needed=2), guards=0, police=1, stand_off_m=60,
        allowed_verbs=["keep_distance"],
    )  # fmt: skip
    near, far = (guard(committing, scene.station, lon=east(metres)) for metres in (20, 200))
    committing.commit()
    dispatch(server, send, scene)
    for login, first in ((near, True), (far, False)):
        with server.client(login) as phone:
            (order,) = phone.get("/api/v1/me/orders").json()["items"]
        assert order["withdraw_first"] is first


def test_an_order_that_ended_is_told_by_the_right_word(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, a_need("patrol_unit"), a_need(), guards=1, police=1, checklist=[
        {"key": "looked", "text": "已查看", "required": True}])  # fmt: skip
    committing.commit()
    dispatch(server, send, scene)
    him = scene.guards[0]
    order = scene.order(him)
    with server.client(him) as phone:
        early = send(phone, "post", f"/api/v1/orders/{order.id}/complete", json={"checklist": []})
        # not the list: he has not taken it yet
        assert early.json()["type"].endswith("transition-refused")
    with server.client(scene.dispatcher) as room:
        send(room, "post", f"/api/v1/orders/{order.id}/stand-down", json={"reason": "事态已平息"})
    with server.client(him) as phone:
        for step, body in (("accept", None), ("depart", None), ("complete", {"checklist": []})):
            refused = send(phone, "post", f"/api/v1/orders/{order.id}/{step}", json=body)
            assert (refused.status_code, refused.json()["title"]) == (409, "指令已解除"), step
