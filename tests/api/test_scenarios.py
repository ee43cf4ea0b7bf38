"""Scenarios over HTTP: a leader edits, versions stay readable, the law holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from dispatch.scenarios.service import seed_defaults
from kit.actor import Role
from tests.api.conftest import Server
from tests.incidents.calls import call_in
from tests.support.people import START, Login, guard, make_station, staff

Send = Callable[..., httpx.Response]
URL = "/api/v1/scenarios/lost_person"


class Station:
    """A station with the default scenarios, its leader and its dispatcher."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.station = make_station(session)
        seed_defaults(session, self.station.id, START)
        self.leader: Login = staff(session, Role.LEADER, self.station)
        self.dispatcher: Login = staff(session, Role.DISPATCHER, self.station)
        session.commit()


@pytest.fixture
def here(committing: Session) -> Station:
    return Station(committing)


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


def put(send: Send, client: httpx.Client, version: int, changes: dict[str, Any], url: str = URL) -> httpx.Response:
    now = client.get(url).json()
    body = {"name": now["name"], "spec": {**now["spec"], **changes}}
    return send(client, "put", url, json=body, headers={"If-Match": f'"{version}"'})


def test_an_edit_is_a_new_version_and_the_old_one_stays_readable(server: Server, here: Station, send: Send) -> None:
    with server.client(here.leader) as chief:
        changed = put(send, chief, 1, {"photo_required": True})
        assert (changed.status_code, changed.json()["version"], changed.headers["etag"]) == (200, 2, '"2"')
        versions = chief.get(f"{URL}/versions").json()
        assert [(v["version"], v["current"], v["spec"]["photo_required"]) for v in versions] == [
            (2, True, True),
            (1, False, False),
        ]
        assert versions[0]["made_by"] == str(here.leader.account.id)
        assert [v["made_by_name"] for v in versions] == [here.leader.account.name, None]


def test_an_incident_keeps_the_version_that_it_began_with(server: Server, here: Station, send: Send) -> None:
    incident = call_in(here.session, here.station)
    here.session.commit()
    with server.client(here.leader) as chief:
        put(send, chief, 1, {"photo_required": True})
        shown = chief.get(f"/api/v1/incidents/{incident.id}").json()["incident"]
        assert (shown["scenario_key"], shown["scenario_version"]) == ("lost_person", 1)


def test_a_need_for_what_nobody_can_have_is_refused_with_the_list(server: Server, here: Station, send: Send) -> None:
    with server.client(here.leader) as chief:
        needs = chief.get(URL).json()["spec"]["need"]
        refused = put(send, chief, 1, {"need": [needs[0], {**needs[1], "skills": ["flying"]}, *needs[2:]]})
        assert (refused.status_code, slug(refused)) == (422, "skill-unknown")
        (fault,) = refused.json()["errors"]
        assert fault["pointer"] == "/spec/need/1/skills/0"
        assert "aed（AED）" in fault["message"] and "first_aid（急救）" in fault["message"]


def test_the_second_of_two_leaders_is_told_that_his_version_is_old(server: Server, here: Station, send: Send) -> None:
    with server.client(here.leader) as chief:
        put(send, chief, 1, {"photo_required": True})
        stale = put(send, chief, 1, {"photo_required": False})
        assert (stale.status_code, slug(stale), stale.json()["version"]) == (412, "stale-version", 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"allowed_verbs": ["look_for", "search"]}, "verb-police-only"),
        ({"allowed_verbs": ["look_for", "detain"]}, "verb-police-only"),
        ({"allowed_verbs": ["hover"]}, "verb-unknown"),
        ({"match": {"types": ["public_order.fight"]}}, "stand-off-required"),
        ({"stand_off_m": 100}, "stand-off-needs-distance"),
        ({"instruction": "请\u202e到场协助"}, "text-not-allowed"),
        ({"instruction": "请\u0000到场协助"}, "control-character"),
        ({"need": []}, "too-short"),
        ({"colour": "red"}, "unknown-member"),
    ],
)
def test_what_the_law_or_the_schema_keeps_out_is_refused(
    server: Server, here: Station, send: Send, changes: dict[str, Any], code: str
) -> None:
    with server.client(here.leader) as chief:
        refused = put(send, chief, 1, changes)
        assert refused.status_code == 422
        assert code in {error["code"] for error in refused.json()["errors"]} or code == "too-short"
        assert chief.get(URL).json()["version"] == 1


def test_one_type_belongs_to_one_scenario(server: Server, here: Station, send: Send) -> None:
    with server.client(here.leader) as chief:
        doubled = put(send, chief, 1, {"match": {"types": ["help.lost_person", "help.find_pet"]}})
        assert (doubled.status_code, slug(doubled), doubled.json()["scenario"]) == (409, "type-already-matched", "find")
        general = put(send, chief, 1, {"match": {"types": ["help.trapped"]}}, url="/api/v1/scenarios/other")
        assert slug(general) == "fallback-needed"
        nothing = put(send, chief, 1, {"match": {}})
        assert slug(nothing) == "match-missing"


def test_a_leader_makes_a_scenario_of_his_own_and_calls_follow_it(server: Server, here: Station, send: Send) -> None:
    with server.client(here.leader) as chief:
        spec = {**chief.get("/api/v1/scenarios/other").json()["spec"], "match": {"types": ["help.trapped"]}}
        body = {"key": "trapped", "name": "人员被困", "spec": spec}
        assert send(chief, "post", "/api/v1/scenarios", json=body).status_code == 201
        assert slug(send(chief, "post", "/api/v1/scenarios", json=body)) == "scenario-exists"
        incident = call_in(here.session, here.station, type="trapped")
        here.session.commit()
        assert chief.get(f"/api/v1/incidents/{incident.id}").json()["incident"]["scenario_name"] == "人员被困"


def test_a_dispatcher_reads_and_does_not_write(server: Server, here: Station, send: Send) -> None:
    with server.client(here.dispatcher) as desk:
        assert len(desk.get("/api/v1/scenarios").json()) == 10
        assert put(send, desk, 1, {"photo_required": True}).status_code == 403
        assert "search" not in {verb["code"] for verb in desk.get("/api/v1/scenario-verbs").json()}


def test_another_stations_scenarios_are_not_there(server: Server, here: Station, committing: Session) -> None:
    stranger = staff(committing, Role.LEADER, make_station(committing))
    helper = guard(committing, here.station)
    committing.commit()
    with server.client(stranger) as chief:
        assert chief.get("/api/v1/scenarios").json() == []
        assert chief.get(URL, params={"station_id": str(here.station.id)}).status_code == 404
    with server.client(helper) as phone:
        assert phone.get("/api/v1/scenarios").status_code == 403
