"""One who is lent, with a name that nobody else has, and looked for in all that his host's people can ask for.

His name is theirs from his acceptance to his finish, and the officer's until he has rated; before and after nobody
of the host reads it anywhere: in no list, no file of an incident, no talk, no figure, no export, on no screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.exports import closure_file
from tests.api.conftest import Server
from tests.reports.test_pictures import encoded, plain
from tests.support.aid import Neighbours, make_neighbours
from tests.support.orders import a_need
from tests.support.people import START
from tests.support.walk import Walk

NAME = "借调丝雀"
HOST = ("desk", "chief", "officer")
SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 4}


@pytest.fixture
def scene(server: Server, committing: Session) -> Neighbours:
    made = make_neighbours(committing, a_need("patrol_unit"), a_need(radius_m=2000), other_guards=1)
    (him,) = made.other_guards
    assert him.responder is not None
    him.account.name = him.responder.name = NAME
    made.opened()
    committing.commit()
    return made


@pytest.fixture
def walk(server: Server, scene: Neighbours) -> Iterator[Walk]:
    folk = {
        "desk": scene.dispatcher,
        "chief": scene.leader,
        "officer": scene.police[0],
        "guard": scene.other_guards[0],
    }
    made = Walk(server, folk)
    yield made
    made.close()


def where_it_stands(walk: Walk, ids: dict[str, str]) -> dict[str, list[str]]:
    """By who of the host finds the name: what he asked for."""
    before = len(walk.answers)
    walk.crawl(ids, who=HOST, search=NAME)
    found: dict[str, list[str]] = {}
    for what, answer in walk.answers[before:]:
        if NAME in answer.text:
            who, _, url = what.split()
            found.setdefault(who, []).append(url)
    return found


@pytest.mark.timeout(300)
def test_a_lent_persons_name_is_the_hosts_from_acceptance_to_finish(walk: Walk, scene: Neighbours) -> None:
    him = walk.people["guard"]
    assert him.responder is not None
    incident = str(scene.incident.id)
    url = f"/incidents/{incident}"
    ids = {
        "incident_id": incident,
        "station_id": str(scene.station.id),
        "responder_id": str(him.responder.id),
        "account_id": str(him.account.id),
    }
    with walk.watching("desk", "chief"):
        walk("desk", "POST", f"{url}/dispatch", 201, json={"auto": True})
        (order,) = walk("guard", "GET", "/me/orders?open=true", 200)["items"]
        (command,) = walk("officer", "GET", "/me/orders?open=true", 200)["items"]
        ids["order_id"] = order["id"]
        assert where_it_stands(walk, ids) == {}, "he was asked"
        assert not any(NAME in frame for frame in walk.frames)

        walk("officer", "POST", f"/orders/{command['id']}/accept", 200)
        for step in ("accept", "depart", "arrive"):
            walk("guard", "POST", f"/orders/{order['id']}/{step}", 200)
        say(walk, url)
        walk("guard", "POST", f"/orders/{order['id']}/reports", 201, json={"text": "现场平稳"})
        photo = walk("guard", "POST", f"/orders/{order['id']}/photos", 201, files={"file": ("a.jpg", encoded(plain()))})
        walk("guard", "POST", f"/orders/{order['id']}/sos", 201)
        ids["photo_id"] = photo["id"]
        for alarm in walk("desk", "GET", "/alarms", 200)["items"]:
            ids["alarm_id"] = alarm["id"]
        assert set(where_it_stands(walk, ids)) == set(HOST), "he is at it"

        walk("guard", "POST", f"/orders/{order['id']}/complete", 200, json={"checklist": checklist(walk, order["id"])})
        found = where_it_stands(walk, ids)
        assert set(found) == {"officer"}, "he has finished, and is not rated"
        assert NAME not in closure_file_of(scene)

        for step in ("depart", "arrive"):
            walk("officer", "POST", f"/orders/{command['id']}/{step}")
        form = {"result_code": "handed_over", "text": "移交所内处理", "handed_over_to": "值班室"}
        walk("officer", "PUT", f"{url}/feedback-form", 200, json=form)
        ids["rating_id"] = walk("officer", "POST", f"/orders/{order['id']}/rating", 201, json=SEEN)["id"]
        assert where_it_stands(walk, ids) == {}, "he is rated"

        walk("guard", "POST", f"/ratings/{ids['rating_id']}/appeal", 201, json={"text": "到场比记录早"})
        walk("chief", "POST", f"{url}/review", 201, json={"decision": "approved", "reason": "情况属实"})
        assert where_it_stands(walk, ids) == {}, "the incident is closed"
        assert NAME not in closure_file_of(scene)
    assert any(NAME in frame for frame in walk.frames), "the screens of the room had it while he was at it"


def closure_file_of(scene: Neighbours) -> str:
    """What the leader would print."""
    scene.session.expire_all()
    may = scene.may(scene.leader, Permission.CLOSURE_READ)
    built = closure_file.build(scene.session, grant=may, incident_id=scene.incident.id, now=START)
    scene.session.rollback()
    return repr(built)


def say(walk: Walk, url: str) -> None:
    walk("guard", "POST", f"{url}/chat", 201, json={"text": "人往东跑了"})
    line = walk("desk", "POST", f"{url}/chat", 201, json={"text": "注意安全", "urgent": True})
    walk("guard", "POST", f"{url}/chat/{line['id']}/confirmation", 200)


def checklist(walk: Walk, order_id: str) -> list[Any]:
    return [item["key"] for item in walk("guard", "GET", f"/orders/{order_id}", 200)["checklist"]]
