"""Telephones: the command room's is told to everybody, a person's only with a reason, and each time recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.orders import service
from kit.actor import Role
from kit.crypto import get_vault
from kit.feed import account_audience
from tests.api.conftest import Server
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import DATA_KEY, START, Login, make_station, officer, staff

Send = Callable[..., httpx.Response]
ROOM = "021-64500110"
REASON = {"reason": "设备无回执，电话通知"}
LATER = START + timedelta(seconds=5)


def give_phone(session: Session, login: Login, number: str) -> str:
    vault = get_vault(DATA_KEY)
    login.account.phone_box = vault.seal(number, context="accounts.phone")
    session.flush()
    return number


@pytest.fixture
def scene(server: Server, committing: Session) -> Scene:
    """Two guards and a patrol car have their orders; the guards are still to answer."""
    scene = make_scene(committing, a_need("patrol_unit"), a_need(needed=2), guards=3)
    for n, login in enumerate((*scene.guards[:2], *scene.police)):
        give_phone(committing, login, f"+861390000000{n}")
    service.dispatch(committing, grant=scene.room, incident_id=scene.incident.id, at=START)
    committing.commit()
    return scene


def accept(session: Session, scene: Scene, login: Login) -> None:
    service.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=LATER)
    session.commit()


def ask(server: Server, login: Login, url: str) -> httpx.Response:
    with server.client(login) as client:
        return client.post(f"/api/v1{url}", json=REASON)


def lines(session: Session, login: Login) -> list[tuple[str, dict[str, Any]]]:
    """Who asked for the number of ``login``, and what it hung on."""
    session.rollback()
    query = text(
        "SELECT actor_role, detail FROM record_entries WHERE action = 'account_phone.revealed' AND subject_id = :id"
        " ORDER BY id"
    )
    return [(row.actor_role, row.detail) for row in session.execute(query, {"id": login.account.id})]


class TestTheCommandRoomsNumber:
    def test_is_set_by_the_leader_and_stands_in_everything_that_a_guard_or_officer_reads(
        self, server: Server, committing: Session, scene: Scene, send: Send
    ) -> None:
        leader = staff(committing, Role.LEADER, scene.station)
        committing.commit()
        url = f"/api/v1/stations/{scene.station.id}"
        with server.client(leader) as chief:
            body = {"zone": "city", "targets": {}, "duty_phone": ROOM}
            changed = send(chief, "put", f"{url}/settings", json=body, headers={"If-Match": '"1"'})
            assert changed.json()["duty_phone"] == "+862164500110"
            # who knows nothing of it does not take it away
            kept = send(chief, "put", f"{url}/settings", json={"zone": "city"}, headers={"If-Match": '"2"'})
            assert kept.json()["duty_phone"] == "+862164500110"
            bad = send(chief, "put", f"{url}/settings", json={**body, "duty_phone": "64"}, headers={"If-Match": '"3"'})
            assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/duty_phone")
        for login in (scene.guards[0], scene.police[0]):
            with server.client(login) as phone:
                assert phone.get(url).json()["duty_phone"] == "+862164500110"
                assert phone.get("/api/v1/me").json()["station"]["duty_phone"] == "+862164500110"
                (order,) = phone.get("/api/v1/me/orders").json()["items"]
                assert order["duty_phone"] == "+862164500110"
                incident = phone.get(f"/api/v1/incidents/{scene.incident.id}").json()
                assert incident.get("incident", incident)["duty_phone"] == "+862164500110"
        shown = committing.execute(
            text("SELECT entity, value->>'duty_phone' AS phone FROM feed_events WHERE audience = :a ORDER BY seq DESC"
                 " LIMIT 2"),
            {"a": account_audience(scene.guards[0].account.id)},
        ).all()  # fmt: skip
        assert {(row.entity, row.phone) for row in shown} == {
            ("incident", "+862164500110"), ("order", "+862164500110"),
        }  # fmt: skip

    def test_stands_beside_every_hint_that_says_to_call_it(
        self, server: Server, committing: Session, scene: Scene, send: Send
    ) -> None:
        scene.station.duty_phone = "+862164500110"
        committing.commit()
        with server.client(scene.police[0]) as phone:
            order = scene.order(scene.police[0])
            refused = send(phone, "post", f"/api/v1/orders/{order.id}/decline", json={"reason": "other"})
        assert refused.status_code == 409
        assert "综合指挥室" in refused.json()["hint"]
        assert refused.json()["duty_phone"] == "+862164500110"


class TestTheCommandRoomMayCall:
    def test_a_responder_of_its_own_station(self, server: Server, committing: Session, scene: Scene) -> None:
        him = scene.guards[0]
        assert him.responder is not None
        shown = ask(server, scene.dispatcher, f"/responders/{him.responder.id}/phone/reveal")
        assert shown.json() == {
            "account_id": str(him.account.id), "name": him.account.name, "phone": "+8613900000000",
        }  # fmt: skip
        assert shown.headers["cache-control"] == "no-store"
        detail = {"relation": "command_room", "responder_id": str(him.responder.id)}
        assert lines(committing, him) == [("dispatcher", detail)]

    def test_an_account_of_its_own_station_and_no_other(
        self, server: Server, committing: Session, scene: Scene
    ) -> None:
        stranger = officer(committing, make_station(committing))
        give_phone(committing, stranger, "+8613900000009")
        committing.commit()
        own = ask(server, scene.dispatcher, f"/accounts/{scene.police[0].account.id}/phone/reveal")
        assert own.json()["phone"] == "+8613900000002"
        assert ask(server, scene.dispatcher, f"/accounts/{stranger.account.id}/phone/reveal").status_code == 404
        assert lines(committing, stranger) == []

    def test_and_is_told_when_there_is_no_number(self, server: Server, committing: Session, scene: Scene) -> None:
        him = scene.guards[2]
        assert him.responder is not None
        refused = ask(server, scene.dispatcher, f"/responders/{him.responder.id}/phone/reveal")
        assert (refused.status_code, refused.json()["title"]) == (409, "该人员未登记手机号")
        assert lines(committing, him) == []

    def test_a_helper_who_has_not_answered(self, server: Server, committing: Session, scene: Scene) -> None:
        shown = ask(server, scene.dispatcher, f"/orders/{scene.order(scene.guards[0]).id}/phone/reveal")
        assert shown.json()["phone"] == "+8613900000000"


class TestOnOneIncident:
    def test_an_officer_may_call_a_helper_who_is_at_it(self, server: Server, committing: Session, scene: Scene) -> None:
        him, police = scene.guards[0], scene.police[0]
        url = f"/orders/{scene.order(him).id}/phone/reveal"
        asked = ask(server, police, url)
        assert (asked.status_code, asked.json()["type"].rsplit("/", 1)[-1]) == (409, "not-at-work")
        accept(committing, scene, him)
        assert ask(server, police, url).json()["phone"] == "+8613900000000"
        ((role, detail),) = lines(committing, him)
        assert (role, detail["relation"]) == ("officer", "officer_on_incident")
        assert detail["incident_id"] == str(scene.incident.id)

    def test_an_officer_who_does_not_work_there_is_told_of_nobody(
        self, server: Server, committing: Session, scene: Scene
    ) -> None:
        idle = officer(committing, scene.station)
        accept(committing, scene, scene.guards[0])
        assert ask(server, idle, f"/orders/{scene.order(scene.guards[0]).id}/phone/reveal").status_code == 404

    def test_a_helper_at_work_may_call_the_officer_in_command(
        self, server: Server, committing: Session, scene: Scene
    ) -> None:
        him, police = scene.guards[0], scene.police[0]
        url = f"/orders/{scene.order(him).id}/officer/reveal"
        assert ask(server, him, url).status_code == 409
        accept(committing, scene, him)
        nobody = ask(server, him, url)
        assert nobody.json()["type"].rsplit("/", 1)[-1] == "no-officer-there"
        accept(committing, scene, police)
        assert ask(server, him, url).json()["phone"] == "+8613900000002"
        assert [(role, detail["relation"]) for role, detail in lines(committing, police)] == [("guard", "helper")]

    def test_nobody_is_called_any_more_when_the_order_is_over(
        self, server: Server, committing: Session, scene: Scene
    ) -> None:
        him, police = scene.guards[0], scene.police[0]
        accept(committing, scene, him)
        accept(committing, scene, police)
        order = scene.order(him)
        service.stand_down(committing, grant=scene.control, order_id=order.id, reason="事态已平息", at=LATER)
        committing.commit()
        assert ask(server, police, f"/orders/{order.id}/phone/reveal").status_code == 409
        assert ask(server, him, f"/orders/{order.id}/officer/reveal").status_code == 409

    def test_the_officer_who_asked_for_more_is_the_one_in_command(self, server: Server, committing: Session) -> None:
        scene = make_scene(committing, a_need("patrol_unit", 2), a_need(), guards=2, police=2)
        for n, login in enumerate(scene.police):
            give_phone(committing, login, f"+861390000001{n}")
        service.dispatch(committing, grant=scene.room, incident_id=scene.incident.id, at=START)
        for login in (*scene.police, scene.guards[0]):
            service.accept(committing, grant=scene.grant(login), order_id=scene.order(login).id, at=LATER)
        asker = scene.grant(scene.police[1], Permission.ORDER_OFFER)
        service.request_more(committing, grant=asker, incident_id=scene.incident.id, kind="guard", count=1, at=LATER)
        accept(committing, scene, scene.guards[1])
        url = f"/orders/{scene.order(scene.guards[1]).id}/officer/reveal"
        assert ask(server, scene.guards[1], url).json()["phone"] == "+8613900000011"
