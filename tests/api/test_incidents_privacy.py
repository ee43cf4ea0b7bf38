"""The caller's number: planted, then looked for in everything that leaves the system or stays in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from kit.actor import Role
from tests.api.conftest import Server
from tests.incidents.calls import give_order
from tests.support.people import LAT, LON, guard, make_station, officer, staff

Send = Callable[..., httpx.Response]
CANARY = "13977778888"
NAME = "金丝雀某人"
CALL = {
    "category": "help",
    "type": "lost_person",
    "summary": f"报警人{CANARY}称孩子走失，可拨 139 7777 8888 联系",
    "address": "剑川路",
    "position": {"lon": LON, "lat": LAT, "crs": "wgs84"},
    "caller": {"name": NAME, "phone": CANARY},
}


def holds_canary(words: str) -> bool:
    return any(canary in words for canary in (CANARY, "139 7777 8888", "+86139", "77778888", NAME))


@pytest.mark.parametrize("confidential", [False, True])
def test_the_callers_number_is_in_clear_nowhere_but_in_a_reveal(
    server: Server, committing: Session, send: Send, confidential: bool
) -> None:
    station = make_station(committing)
    dispatcher, leader = staff(committing, Role.DISPATCHER, station), staff(committing, Role.LEADER, station)
    helper, police = guard(committing, station), officer(committing, station)
    committing.commit()
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    answers: list[str] = []
    try:
        with server.client(dispatcher) as desk, server.client(leader) as chief:
            made = send(desk, "post", "/api/v1/incidents", json={**CALL, "confidential_caller": confidential})
            answers.append(made.text)
            incident_id = made.json()["incident"]["id"]
            again = send(desk, "post", "/api/v1/incidents", json=CALL)
            answers.append(again.text)
            assert "same_caller" in again.json()["possible_duplicates"][0]["reasons"]
            url = f"/api/v1/incidents/{incident_id}"
            edited = send(desk, "patch", url, json={"summary": CALL["summary"]}, headers={"If-Match": '"1"'})
            noted = send(desk, "post", f"{url}/notes", json={"text": f"已回拨{CANARY}"})
            answers += [edited.text, noted.text]
            refused = send(desk, "post", "/api/v1/incidents", json={**CALL, "caller": {"phone": CANARY + "x"}})
            answers.append(refused.text)
            incident = committing.get_one(Incident, incident_id)
            for login in (helper, police):
                give_order(committing, incident, login)
            committing.commit()
            for client in (desk, chief):
                answers += [client.get(path).text for path in (url, "/api/v1/incidents", f"{url}/duplicates")]
            masks = [client.get(url).json()["incident"]["caller_phone_mask"] for client in (desk, chief)]
            assert masks == ([None, "139****8888"] if confidential else ["139****8888"] * 2)
        for login in (helper, police):
            with server.client(login) as phone:
                answers += [phone.get(url).text, phone.get("/api/v1/incidents").text]
    finally:
        logging.getLogger().removeHandler(handler)
    assert not any(holds_canary(answer) for answer in answers)
    assert not holds_canary(log.getvalue())
    tables = ("incidents", "incident_notes", "incident_milestones", "record_entries", "feed_events", "idempotency_keys")
    for table in tables:
        rows = committing.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars()
        assert not any(holds_canary(row) for row in rows), table


def test_a_reveal_is_for_those_who_may_with_a_reason_once_recorded_each(
    server: Server, committing: Session, send: Send
) -> None:
    station = make_station(committing)
    dispatcher = staff(committing, Role.DISPATCHER, station)
    helper, police, idle = guard(committing, station), officer(committing, station), officer(committing, station)
    committing.commit()
    with server.client(dispatcher) as desk:
        incident_id = send(desk, "post", "/api/v1/incidents", json=CALL).json()["incident"]["id"]
        url = f"/api/v1/incidents/{incident_id}/caller/reveal"
        assert desk.post(url, json={"reason": "查"}).status_code == 422
        assert desk.post(url, json={}).status_code == 422
        shown = desk.post(url, json={"reason": "核实走失位置"})
        assert shown.json() == {"name": NAME, "phone": "+86" + CANARY}
        assert shown.headers["cache-control"] == "no-store"
    give_order(committing, committing.get_one(Incident, incident_id), helper)
    give_order(committing, committing.get_one(Incident, incident_id), police)
    committing.commit()
    for login, status in ((helper, 403), (idle, 404), (police, 200)):
        with server.client(login) as phone:
            assert phone.post(url, json={"reason": "联系报警人"}).status_code == status
    entries = committing.execute(
        text("SELECT actor_role, reason, detail FROM record_entries WHERE action = 'caller_phone.revealed'"
             " AND subject_id = :id ORDER BY id"),
        {"id": incident_id},
    ).all()  # fmt: skip
    assert [(e.actor_role, e.reason) for e in entries] == [("dispatcher", "核实走失位置"), ("officer", "联系报警人")]
    assert not holds_canary(json.dumps([e.detail for e in entries]))
    kept = committing.execute(text("SELECT body::text FROM idempotency_keys WHERE body IS NOT NULL")).scalars()
    assert not any(holds_canary(body) for body in kept)


def test_a_confidential_caller_is_known_to_the_leader_alone(server: Server, committing: Session, send: Send) -> None:
    station = make_station(committing)
    dispatcher, leader = staff(committing, Role.DISPATCHER, station), staff(committing, Role.LEADER, station)
    police = officer(committing, station)
    committing.commit()
    with server.client(dispatcher) as desk:
        call = {**CALL, "confidential_caller": True}
        incident_id = send(desk, "post", "/api/v1/incidents", json=call).json()["incident"]["id"]
    give_order(committing, committing.get_one(Incident, incident_id), police)
    committing.commit()
    url = f"/api/v1/incidents/{incident_id}"
    for login in (dispatcher, police):
        with server.client(login) as client:
            refused = client.post(f"{url}/caller/reveal", json={"reason": "联系报警人"})
            assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (403, "caller-confidential")
            assert not holds_canary(refused.text)
    with server.client(dispatcher) as desk:
        version = desk.get(url).headers["ETag"]
        lifted = send(desk, "patch", url, json={"confidential_caller": False}, headers={"If-Match": version})
        assert lifted.status_code == 403
    with server.client(leader) as chief:
        shown = chief.post(f"{url}/caller/reveal", json={"reason": "核实举报内容"})
        assert shown.json() == {"name": NAME, "phone": "+86" + CANARY}
