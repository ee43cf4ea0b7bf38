"""Figures over HTTP: for whom, of what, and the incidents behind each."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from dispatch.scenarios.model import Scenario
from geo.duty.model import Duty
from kit.actor import Role
from kit.ids import new_id
from kit.tenancy import Organization
from tests.api.conftest import Server
from tests.support.closing import Scene, after, make_incident, make_order, make_scene
from tests.support.matrix import ROLES, Place, Town, build_town
from tests.support.orders import a_need, a_spec
from tests.support.people import START, Login, guard, staff
from tests.support.work import Spot, Work, build_work

TABLES = ("intervals", "assists", "closings", "missed")


@pytest.fixture
def scene(server: Server, committing: Session) -> Scene:
    """Three incidents in life, one drill, one demonstration: of one station."""
    made = make_scene(committing, guards=2)
    kinds: list[dict[str, Any]] = [{}, {"drill": True}, {"demo": True}]
    for values in kinds:
        incident = make_incident(committing, made.station, received_at=after(60), **values)
        committing.get_one(Scenario, incident.scenario_id).spec = a_spec(a_need("patrol_unit"), a_need("guard"))
        make_order(committing, incident, made.guards[0], state="expired", offered_at=after(61))
    lonely = make_incident(committing, made.station, received_at=after(90))
    committing.get_one(Scenario, lonely.scenario_id).spec = a_spec(a_need("patrol_unit"), a_need("guard"))
    committing.commit()
    server.clock.advance(hours=24)
    return made


def fresh(committing: Session, scene: Scene, role: Role, server: Server, **values: Any) -> Login:
    """Somebody who logs in on the day of the reading."""
    login = staff(committing, role, scene.station, at=server.clock.now(), **values)
    committing.commit()
    return login


def read(client: httpx.Client, table: str, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/figures/{table}", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def behind(client: httpx.Client, **params: Any) -> set[str]:
    ids: set[str] = set()
    cursor = None
    while True:
        asked = {**params, "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = client.get("/api/v1/figures/incidents", params=asked)
        assert answer.status_code == 200, answer.text
        ids |= {item["id"] for item in answer.json()["items"]}
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return ids


@pytest.mark.parametrize("by", ["all", "week", "scenario", "station", "organization", "responder", "taker"])
def test_every_number_leads_to_the_very_incidents_that_it_counts(
    server: Server, committing: Session, scene: Scene, by: str
) -> None:
    numbers = 0
    with server.client(fresh(committing, scene, Role.LEADER, server)) as leader:
        for table in TABLES:
            for line in read(leader, table, by=by):
                for name, count in line["sets"].items():
                    found = behind(
                        leader, table=table, by=by, group=line["group"]["key"], of=name,
                        **({"interval": line["interval"]} if "interval" in line else {}),
                    )  # fmt: skip
                    assert len(found) == count, (table, line["group"], name)
                    numbers += 1
        assert behind(leader, table="closings", of="nothing-of-the-kind") == set()
    assert numbers > 5


def test_a_set_is_what_the_list_of_incidents_gives_for_the_same_period(
    server: Server, committing: Session, scene: Scene
) -> None:
    with server.client(fresh(committing, scene, Role.LEADER, server)) as leader:
        listed = leader.get("/api/v1/incidents", params={"drill": False, "limit": 200}).json()["items"]
        real = {item["id"] for item in listed if not item["demo"]}
        assert behind(leader, table="closings", of="incidents") == real
        drills = leader.get("/api/v1/incidents", params={"drill": True}).json()["items"]
        assert behind(leader, table="closings", of="incidents", sort="drill") == {item["id"] for item in drills}


def test_drills_and_demonstrations_are_told_apart(server: Server, committing: Session, scene: Scene) -> None:
    with server.client(fresh(committing, scene, Role.LEADER, server)) as leader:
        counts = {sort: read(leader, "closings", sort=sort)[0]["incidents"] for sort in ("real", "drill", "demo")}
        usual = leader.get("/api/v1/figures/closings").json()
    assert counts == {"real": 3, "drill": 1, "demo": 1}
    assert (usual["sort"], usual["items"][0]["incidents"]) == ("real", 3)


def test_what_was_measured_and_what_was_missed(server: Server, committing: Session, scene: Scene) -> None:
    with server.client(fresh(committing, scene, Role.LEADER, server)) as leader:
        lines = {line["interval"]: line for line in read(leader, "intervals")}
        (missed,) = read(leader, "missed")
    assert lines["signing"]["mean_s"] == 20 and lines["signing"]["bands"][0]["count"] == 1
    assert lines["arrival"]["quantiles"][0]["value"] == 210
    assert lines["arrival"]["quantiles"][0]["low"] is None, "one case bounds nothing"
    assert lines["answering"]["n"] == 2
    assert (missed["eligible"], missed["missed"]["count"], missed["reasons"]) == (2, 1, {"not_dispatched": 1})


def test_a_company_reads_of_its_own_people_only(server: Server, committing: Session, scene: Scene) -> None:
    rival = guard(committing, scene.station)
    make_order(committing, scene.incident, rival, state="expired")
    company = committing.get_one(Organization, scene.guards[0].account.organization_id)
    manager = fresh(committing, scene, Role.COMPANY_MANAGER, server, organization=company)
    with server.client(manager) as client:
        lines = read(client, "assists", by="responder")
        assert {line["group"]["key"] for line in lines} == {
            str(login.responder.id) for login in scene.guards if login.responder
        }
        for table in ("intervals", "closings", "missed", "coverage"):
            assert client.get(f"/api/v1/figures/{table}").status_code == 403
        asked = {"table": "assists", "of": "offers"}
        assert client.get("/api/v1/figures/incidents", params=asked).status_code == 403
        assert client.get("/api/v1/figures/burden").json()["offers"] == 3


def test_a_guard_reads_his_own_figures(server: Server, committing: Session, scene: Scene) -> None:
    server.clock._now = after(120)
    responder = scene.guards[0].responder
    assert responder is not None
    committing.add(
        Duty(
            id=new_id(), responder_id=responder.id, station_id=scene.station.id, started_at=START,
            planned_end=after(hours=8),
        )
    )  # fmt: skip
    committing.commit()
    with server.client(scene.guards[0]) as phone:
        own = phone.get("/api/v1/me/figures").json()
        assert phone.get("/api/v1/figures/assists").status_code == 403
    assert (own["assists"]["offers"], own["assists"]["accepted"], own["assists"]["ignored"]) == (2, 1, 1)
    assert own["assists"]["rank"] is None and own["duty_h"] == 2
    assert {line["interval"] for line in own["intervals"]} <= {"answering", "helper_arrival", "on_the_way"}


def test_the_district_reads_its_stations_and_nobodys_name(server: Server, committing: Session, scene: Scene) -> None:
    with server.client(fresh(committing, scene, Role.DISTRICT_ADMIN, server)) as district:
        (line,) = read(district, "closings", by="station")
        assert line["group"]["label"] == scene.station.name
        for by in ("responder", "taker"):
            refused = district.get("/api/v1/figures/assists", params={"by": by})
            assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (422, "not-by-person")
        assert district.get("/api/v1/figures/burden").json()["most"] == []
        asked = {"table": "closings", "of": "incidents"}
        assert district.get("/api/v1/figures/incidents", params=asked).status_code == 403


@pytest.mark.parametrize(
    ("params", "slug"),
    [
        ({"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}, "period-empty"),
        ({"from": "2020-01-01T00:00:00Z"}, "period-too-long"),
        ({"from": "gestern"}, "timestamp-format"),
        ({"by": "horoscope"}, "not-an-option"),
        ({"scenario": "'; DROP TABLE incidents"}, "invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_clearly(
    server: Server, committing: Session, scene: Scene, params: dict[str, str], slug: str
) -> None:
    with server.client(fresh(committing, scene, Role.LEADER, server)) as leader:
        refused = leader.get("/api/v1/figures/closings", params=params)
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (422, slug)


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


@pytest.mark.parametrize("role", ROLES)
def test_figures_count_what_is_within_reach(server: Server, town: Town, work: dict[Spot, Work], role: Role) -> None:
    server.clock.advance(minutes=5)
    own = {str(work[spot].incident.id) for spot in (Spot.MINE, Spot.OWN, Spot.COMPANY)}
    with server.client(town.people[role]) as client:
        for table in ("closings", "missed", "intervals", "coverage"):
            expected = 200 if role in ACCESS[Permission.FIGURE_READ] else 403
            assert client.get(f"/api/v1/figures/{table}").status_code == expected
        if role in (Role.LEADER, Role.DISPATCHER):
            assert behind(client, table="closings", of="incidents") == own
        if role is Role.DISTRICT_ADMIN:
            lines = read(client, "closings", by="station")
            assert {line["group"]["key"] for line in lines} == {
                str(town.stations[place].id) for place in (Place.OWN, Place.SIBLING)
            }
        assist = client.get("/api/v1/figures/assists", params={"by": "organization"})
        assert assist.status_code == (200 if role in ACCESS[Permission.ASSIST_FIGURE_READ] else 403)
        if role is Role.COMPANY_MANAGER:
            (line,) = assist.json()["items"]
            assert line["group"]["key"] == str(town.organizations[Place.OWN].id)
        mine = client.get("/api/v1/me/figures").status_code
        assert mine == (200 if role in ACCESS[Permission.FIGURE_OWN] else 403)
