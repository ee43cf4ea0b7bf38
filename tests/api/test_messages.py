"""Messages over HTTP, for a phone that a push has woken or that has no socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from dispatch.orders import service as orders
from kit.actor import Role
from kit.ids import new_id
from tests.api.conftest import Server
from tests.notifications.support import deliveries, put
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import START, Login, guard, make_station, staff

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(committing: Session) -> Scene:
    made = make_scene(committing, a_need("patrol_unit"), a_need(), guards=1)
    orders.dispatch(committing, grant=made.room, incident_id=made.incident.id, at=START)
    committing.commit()
    return made


def _messages(server: Server, login: Login, **params: Any) -> list[dict[str, Any]]:
    with server.client(login) as phone:
        answer = phone.get("/api/v1/messages", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_the_opaque_id_of_a_push_leads_to_what_it_tells(server: Server, scene: Scene) -> None:
    (told,) = _messages(server, scene.guards[0])
    with server.client(scene.guards[0]) as phone:
        message = phone.get(f"/api/v1/messages/{told['id']}").json()
    assert message == told
    assert (message["kind"], message["subject"]) == ("order.offered", "order")
    assert message["subject_id"] == str(scene.order(scene.guards[0]).id)
    assert message["received_at"] is None


def test_a_receipt_moves_the_order_and_ends_the_ladder(
    server: Server, send: Send, scene: Scene, committing: Session
) -> None:
    person = scene.guards[0]
    (told,) = _messages(server, person)
    for step, state in (("received", "received"), ("shown", "shown")):
        server.clock.advance(seconds=1)
        with server.client(person) as phone:
            answer = send(phone, "post", f"/api/v1/messages/{told['id']}/receipts", json={"step": step})
        assert answer.status_code == 201, answer.text
        committing.rollback()
        assert scene.order(person).state == state
    body = answer.json()
    assert body["received_at"].startswith("2026-11-24T08:00:01") and body["shown_at"].startswith("2026-11-24T08:00:02")


def test_a_receipt_sent_again_changes_nothing(server: Server, send: Send, scene: Scene) -> None:
    person = scene.guards[0]
    (told,) = _messages(server, person)
    answers = []
    for _ in range(2):
        with server.client(person) as phone:
            answers.append(send(phone, "post", f"/api/v1/messages/{told['id']}/receipts", json={"step": "shown"}))
        server.clock.advance(seconds=5)
    assert answers[0].json() == answers[1].json()


def test_a_message_of_somebody_else_looks_like_none_at_all(
    server: Server, send: Send, scene: Scene, committing: Session
) -> None:
    stranger = guard(committing, scene.station)
    committing.commit()
    (told,) = _messages(server, scene.guards[0])
    bodies = []
    for id_ in (told["id"], new_id()):
        with server.client(stranger) as phone:
            read = phone.get(f"/api/v1/messages/{id_}")
            receipt = send(phone, "post", f"/api/v1/messages/{id_}/receipts", json={"step": "shown"})
        assert (read.status_code, receipt.status_code) == (404, 404)
        bodies.append([{k: v for k, v in r.json().items() if k != "instance"} for r in (read, receipt)])
    assert bodies[0] == bodies[1]


def test_polling_goes_on_where_it_ended(server: Server, committing: Session) -> None:
    person = guard(committing, make_station(committing))
    made = [put(committing, person, at=START + timedelta(seconds=n)) for n in range(5)]
    committing.commit()
    first = _messages(server, person, limit=2)
    assert [m["id"] for m in first] == [str(m.id) for m in made[-2:]]
    since = (START + timedelta(seconds=1)).isoformat()
    rest = _messages(server, person, since=since, limit=2)
    assert [m["id"] for m in rest] == [str(m.id) for m in made[2:4]]


@pytest.mark.parametrize("body", [{"step": "delivered"}, {}, {"step": "shown", "at": "2026-11-24T08:00:00Z"}])
def test_a_receipt_that_is_none_is_refused(server: Server, send: Send, scene: Scene, body: dict[str, str]) -> None:
    (told,) = _messages(server, scene.guards[0])
    with server.client(scene.guards[0]) as phone:
        assert send(phone, "post", f"/api/v1/messages/{told['id']}/receipts", json=body).status_code == 422


def test_a_role_without_screens_still_gets_its_messages(server: Server, committing: Session) -> None:
    manager = staff(committing, Role.COMPANY_MANAGER, make_station(committing))
    message = put(committing, manager, kind="rating.made")
    committing.commit()
    assert [m["id"] for m in _messages(server, manager)] == [str(message.id)]
    assert deliveries(committing, message)[0].state == "queued"
