"""One incident through its whole life with a caller whose number and name are planted, and looked for everywhere.

Whoever may write a text writes number and name into it. They stand in clear in the answers to a reveal and nowhere
else, and so do the numbers of the guard and the officer who work on it: no answer, no frame, no line of the log, no
row of any table, no message, no push, no measurement.

Everybody of the station has a name that nobody else has. Another station reads none of them; a company reads those of
its own people alone, and of the incident nothing; an officer those of whoever came; who helps reads of nobody else.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kit import log
from kit.actor import Role
from kit.crypto import get_vault
from kit.tenancy import Organization
from notifications import relay
from tests.api.conftest import Server
from tests.notifications.support import CapturedChannel, register_push
from tests.reports.test_pictures import encoded, plain
from tests.support.orders import make_scene
from tests.support.people import DATA_KEY, LAT, LON, Login, keeper, make_station, staff
from tests.support.walk import Walk

PHONE, NAME = "13977778888", "金丝雀某人"
WIDE = "１３９７７７７８８８８"
GUARDS, OFFICERS = "13566667777", "13655556666"
TRACES = (PHONE, "139 7777 8888", "139-7777-8888", "77778888", WIDE, NAME, GUARDS, OFFICERS, "66667777", "55556666")
SAID = f"已回拨{NAME} 139 7777 8888，又拨{PHONE}、{WIDE}，未接"
OF_THE_STATION = ("desk", "chief", "officer", "guard", "other", "third", "keeper")
SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 2}
POINT = {"lon": LON, "lat": LAT, "crs": "wgs84"}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level, through the real redaction."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log.setup(level="DEBUG")
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers, root.level = handlers, level


@pytest.fixture
def people(server: Server, committing: Session) -> dict[str, Login]:
    scene = make_scene(committing, guards=3, police=1)
    scene.incident.state, scene.incident.ended_at = "cancelled", server.clock.now()
    company = committing.get(Organization, scene.guards[0].account.organization_id)
    assert company is not None
    folk = {
        "desk": scene.dispatcher,
        "chief": staff(committing, Role.LEADER, scene.station),
        "officer": scene.police[0],
        "guard": scene.guards[0],
        "other": scene.guards[1],
        "third": scene.guards[2],
        "keeper": keeper(committing, scene.station, lon=LON, lat=LAT),
        "manager": staff(committing, Role.COMPANY_MANAGER, scene.station, organization=company),
        "competitor": staff(committing, Role.COMPANY_MANAGER, scene.station),
        "district": staff(committing, Role.DISTRICT_ADMIN, scene.station),
        "neighbour": staff(committing, Role.LEADER, make_station(committing)),
    }
    for name in OF_THE_STATION:
        folk[name].account.name = f"{name}丝雀"
        if (responder := folk[name].responder) is not None:
            responder.name = f"{name}丝雀"
    vault = get_vault(DATA_KEY)
    for name, number in (("guard", GUARDS), ("officer", OFFICERS)):
        folk[name].account.phone_box = vault.seal(f"+86{number}", context="accounts.phone")
    for name in ("guard", "other", "officer"):
        register_push(committing, folk[name], f"push-{name}-{folk[name].account.id}")
    committing.commit()
    return folk


@pytest.mark.timeout(300)
@pytest.mark.parametrize("confidential", [False, True], ids=["caller", "confidential caller"])
def test_the_caller_stands_in_clear_in_a_reveal_and_nowhere_else(
    server: Server, committing: Session, people: dict[str, Login], logged: io.StringIO, confidential: bool
) -> None:
    walk = Walk(server, people)
    pushes = {name: CapturedChannel(name, by_token=name == "fcm") for name in ("fcm", "log")}
    with walk.watching():
        revealed = live(walk, confidential=confidential)
        for _ in range(40):
            relay.run_once(server.sessions, server.clock, pushes)
            server.clock.advance(seconds=1)
        walk.crawl(ids_of(walk), search=PHONE)
    assert revealed == [{"name": NAME, "phone": f"+86{PHONE}"}] * (1 if confidential else 2)
    assert len(walk.answers) > 300 and len(walk.frames) > 20
    assert pushes["fcm"].envelopes
    assert "answered" in logged.getvalue()
    walk.close()
    leaks = [leak for what, words in everything(walk, pushes, committing) for leak in traces_in(what, words)]
    assert not leaks + traces_in("log", logged.getvalue())


@pytest.mark.timeout(300)
def test_everybody_reads_the_names_that_are_his_to_read(server: Server, people: dict[str, Login]) -> None:
    walk = Walk(server, people)
    live(walk, confidential=False)
    walk.crawl(ids_of(walk), search=PHONE)
    number = walk("desk", "GET", f"/incidents/{walk.ids['incident_id']}", 200)["incident"]["number"]
    walk.close()
    assert names_read(walk, "neighbour") == names_read(walk, "competitor") == set()
    assert names_read(walk, "manager") == {"guard"}
    for helper in ("other", "third", "keeper"):
        assert names_read(walk, helper) == {helper}
    # who came, and who spoke to him in the talk; who only stood ready is nobody to him
    assert names_read(walk, "officer") == {"officer", "guard", "desk"}
    assert names_read(walk, "chief") == set(OF_THE_STATION)
    for outsider in ("neighbour", "competitor", "manager"):
        assert not any(number in words or "剑川路" in words for words in said_to(walk, outsider)), outsider


def ids_of(walk: Walk) -> dict[str, str]:
    """Of the incident that was lived, and of the guard who helped."""
    guard = walk.people["guard"]
    assert guard.responder is not None
    return {
        **walk.ids,
        "station_id": str(guard.account.station_id),
        "responder_id": str(guard.responder.id),
        "account_id": str(guard.account.id),
    }


def said_to(walk: Walk, who: str) -> list[str]:
    return [answer.text for what, answer in walk.answers if what.startswith(f"{who} ")]


def names_read(walk: Walk, who: str) -> set[str]:
    """Whose names stand anywhere in what somebody was answered."""
    return {name for name in OF_THE_STATION for words in said_to(walk, who) if f"{name}丝雀" in words}


def everything(walk: Walk, pushes: dict[str, CapturedChannel], session: Session) -> Iterator[tuple[str, str]]:
    """(where, what was said there) of all that left the system and all that stays in it."""
    for what, answer in walk.answers:
        yield what, f"{answer.text} {answer.headers}"
    for frame in walk.frames:
        yield "frame", frame
    for channel in pushes.values():
        for envelope in channel.envelopes:
            yield f"push by {channel.name}", repr(envelope)
    with walk.server.client() as client:
        for url in ("/metrics", "/api/v1/openapi.json"):
            yield url, client.get(url).text
    tables = text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    for table in session.scalars(tables).all():
        for row in session.scalars(text(f'SELECT t::text FROM "{table}" t')):
            yield f"table {table}", row


def traces_in(what: str, words: str) -> list[str]:
    """Where a trace of the caller was found, with what stands around it."""
    found = [(trace, words.find(trace)) for trace in TRACES]
    return [f"{what}: …{words[max(0, at - 60) : at + len(trace)]}" for trace, at in found if at >= 0]


def live(walk: Walk, *, confidential: bool) -> list[Any]:
    """From the call to the settled appeal; what was revealed."""
    call = {
        "category": "public_order",
        "type": "fight",
        "summary": f"报警人{NAME}（{PHONE}）称两人打架",
        "address": f"剑川路{NAME}家，来电 139-7777-8888",
        "position": POINT,
        "caller": {"name": NAME, "phone": PHONE},
        "confidential_caller": confidential,
    }
    walk("desk", "POST", "/incidents", 422, json={**call, "caller": {"phone": f"{PHONE}9"}})
    walk("desk", "POST", "/incidents", 422, json={**call, "caller": {"name": NAME, "telephone": PHONE}})
    twin = walk("desk", "POST", "/incidents", 201, json=call)["incident"]["id"]
    made = walk("desk", "POST", "/incidents", 201, json=call)
    incident = walk.ids["incident_id"] = made["incident"]["id"]
    url = f"/incidents/{incident}"
    walk("desk", "PATCH", url, 200, json={"summary": SAID, "address": SAID}, headers={"If-Match": '"1"'})
    walk("desk", "POST", f"/incidents/{twin}/merge", 200, json={"into_id": incident, "reason": SAID})
    walk("desk", "POST", f"{url}/level", 200, json={"level": 1, "reason": SAID})
    walk("desk", "POST", f"{url}/notes", 201, json={"text": SAID})
    walk("desk", "POST", f"{url}/chat", 201, json={"text": SAID, "urgent": True})
    walk("desk", "POST", f"{url}/dispatch", 201, json={"auto": True, "reason": SAID})
    # a confidential caller is known to the leader alone
    shown = [walk("chief" if confidential else "desk", "POST", f"{url}/caller/reveal", 200, json={"reason": SAID})]
    orders = {}
    for who in ("officer", "guard", "other", "third", "keeper"):
        for item in walk(who, "GET", "/me/orders?open=true", 200)["items"]:
            orders[who] = item["id"]
        for message in walk(who, "GET", "/messages", 200)["items"]:
            walk.ids["message_id"] = message["id"]
    walk("officer", "POST", f"/orders/{orders['officer']}/accept", 200)
    seen = walk("officer", "POST", f"{url}/caller/reveal", 403 if confidential else 200, json={"reason": SAID})
    shown += [] if confidential else [seen]
    walk("desk", "POST", f"{url}/request-more", 201, json={"kind": "guard", "count": 1, "reason": SAID})
    for who in ("other", "third"):
        for item in walk(who, "GET", "/me/orders?open=true", 200)["items"]:
            orders[who] = item["id"]
            walk(who, "POST", f"/orders/{item['id']}/decline", json={"reason": "other", "text": SAID})
    order = walk.ids["order_id"] = orders["guard"]
    walk("desk", "POST", f"/orders/{order}/force", 200, json={"reason": SAID})
    call_each_other(walk, orders)
    for who in ("officer", "guard"):
        for step in ("depart", "arrive"):
            walk(who, "POST", f"/orders/{orders[who]}/{step}", 200)
    walk("guard", "POST", f"/orders/{order}/reports", 201, json={"text": SAID})
    photo = walk("guard", "POST", f"/orders/{order}/photos", 201, files={"file": (f"{PHONE}.jpg", encoded(plain()))})
    walk.ids["photo_id"] = photo["id"]
    walk("guard", "POST", f"/orders/{order}/sos", 201)
    for alarm in walk("desk", "GET", "/alarms", 200)["items"]:
        walk.ids["alarm_id"] = alarm["id"]
        walk("desk", "POST", f"/alarms/{alarm['id']}/acknowledge")
    required = [item["key"] for item in walk("guard", "GET", f"/orders/{order}", 200)["checklist"]]
    walk("guard", "POST", f"/orders/{order}/complete", 200, json={"checklist": required})
    form = {"result_code": "handed_over", "text": SAID, "handed_over_to": SAID}
    walk("officer", "PUT", f"{url}/feedback-form", 200, json=form)
    rating = walk("officer", "POST", f"/orders/{order}/rating", 201, json={**SEEN, "text": SAID})
    walk.ids["rating_id"] = rating["id"]
    walk("guard", "POST", f"/ratings/{rating['id']}/appeal", 201, json={"text": SAID})
    (waiting,) = walk("chief", "GET", "/appeals", 200)["items"]
    settlement = {"outcome": "corrected", "reply": SAID, "corrected": {**SEEN, "score": 4, "text": SAID}}
    walk("chief", "POST", f"/appeals/{waiting['id']}/settlement", 201, json=settlement)
    walk("chief", "POST", f"{url}/review", 201, json={"decision": "returned", "reason": SAID})
    again = {**form, "text": f"更正：{SAID}"}
    walk("officer", "PUT", f"{url}/feedback-form", 200, json=again, headers={"If-Match": '"1"'})
    walk("chief", "POST", f"{url}/review", 201, json={"decision": "approved", "reason": SAID})
    version = walk("chief", "GET", url, 200)["incident"]["version"]
    walk("chief", "POST", f"{url}/reopen", 200, json={"reason": SAID}, headers={"If-Match": f'"{version}"'})
    walk("desk", "POST", f"{url}/progress", json={"event": "dispatch", "reason": SAID})
    walk("desk", "POST", f"{url}/dispatch", 201, json={"auto": True})
    for who in ("guard", "other", "third"):
        for item in walk(who, "GET", "/me/orders?open=true", 200)["items"]:
            for verb in ("stand-down", "cancel"):
                walk("desk", "POST", f"/orders/{item['id']}/{verb}", json={"reason": SAID})
            walk(who, "POST", f"/orders/{item['id']}/withdraw", json={"reason": "other", "text": SAID})
    walk("desk", "POST", f"{url}/cancel", 200, json={"reason": SAID})
    walk("stranger", "POST", "/auth/login", json={"login": PHONE, "password": NAME, "device": {"kind": "web"}})
    return shown


def call_each_other(walk: Walk, orders: dict[str, str]) -> None:
    """Who may have a colleague's number asks for it, and writes the caller into the reason."""
    guard, account = walk.people["guard"], walk.people["officer"].account.id
    assert guard.responder is not None
    body = {"reason": SAID}
    for who, url, number in (
        ("officer", f"/orders/{orders['guard']}/phone/reveal", GUARDS),
        ("guard", f"/orders/{orders['guard']}/officer/reveal", OFFICERS),
        ("desk", f"/orders/{orders['guard']}/phone/reveal", GUARDS),
    ):
        assert walk(who, "POST", url, 200, json=body)["phone"] == f"+86{number}"
    plain = {"reason": "设备无回执，电话通知"}
    assert (
        walk("desk", "POST", f"/responders/{guard.responder.id}/phone/reveal", 200, json=plain)["phone"][3:] == GUARDS
    )
    assert walk("desk", "POST", f"/accounts/{account}/phone/reveal", 200, json=plain)["phone"][3:] == OFFICERS
    for who in ("other", "keeper", "manager", "district", "neighbour"):
        walk(who, "POST", f"/orders/{orders['guard']}/phone/reveal", json=body)
        walk(who, "POST", f"/accounts/{account}/phone/reveal", json=plain)
