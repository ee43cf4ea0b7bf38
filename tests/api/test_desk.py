"""The leader's desk and one's own page: heat, previews, devices, the record, what is kept of oneself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import h3
import httpx
import pytest
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import ACCESS, Permission
from dispatch.orders import service as orders
from geo.crs import Position
from kit.actor import Role
from kit.ids import new_id
from notifications.devices.model import Device
from tests.api.conftest import Server
from tests.support.closing import make_incident
from tests.support.matrix import ROLES, Town, assert_absent_and_hidden_look_alike, build_town
from tests.support.orders import a_need, a_spec, make_scene
from tests.support.people import LAT, LON, START, Login, east, make_station, point, staff
from tests.support.work import Spot, Work, build_work, sees

Send = Callable[..., httpx.Response]


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


class TestHeat:
    @pytest.fixture
    def leader(self, server: Server, committing: Session) -> Login:
        station = make_station(committing)
        for n in range(7):
            incident = make_incident(committing, station)
            incident.position = point(east(10.0 * (n % 5) + 2000 * (n == 6)))
        make_incident(committing, station, drill=True)
        login = staff(committing, Role.LEADER, station)
        committing.commit()
        server.clock.advance(minutes=5)
        return login

    @pytest.mark.parametrize("resolution", [8, 9, 10, 11])
    def test_every_incident_is_in_the_cell_where_it_happened(
        self, server: Server, leader: Login, resolution: int
    ) -> None:
        with server.client(leader) as client:
            heat = client.get("/api/v1/incident-heat", params={"resolution": resolution}).json()
        expected: dict[str, int] = {}
        for n in range(7):
            cell = h3.latlng_to_cell(LAT, east(10.0 * (n % 5) + 2000 * (n == 6)), resolution)
            expected[cell] = expected.get(cell, 0) + 1
        assert {cell["id"]: cell["count"] for cell in heat["cells"]} == expected
        assert heat["incidents"] == 7, "the drill is not among them"
        assert [cell["count"] for cell in heat["cells"]] == sorted(expected.values(), reverse=True)
        outline = heat["cells"][0]["outline"]
        assert outline[0] == outline[-1] and len(outline) >= 7
        assert abs(outline[0][0] - LON) < 0.1 and abs(outline[0][1] - LAT) < 0.1

    def test_the_district_sees_the_coarsest_cells_and_a_wrong_one_is_refused(
        self, server: Server, committing: Session, leader: Login
    ) -> None:
        from kit.tenancy import Station

        station = committing.get_one(Station, leader.account.station_id)
        admin = staff(committing, Role.DISTRICT_ADMIN, station)
        committing.commit()
        with server.client(admin) as client:
            heat = client.get("/api/v1/incident-heat", params={"resolution": 11}).json()
        assert heat["resolution"] == 8
        with server.client(leader) as client:
            assert client.get("/api/v1/incident-heat", params={"resolution": 15}).status_code == 422


class TestPreview:
    def test_a_wider_need_would_have_asked_more_and_the_same_one_the_same(
        self, server: Server, committing: Session
    ) -> None:
        needs = (a_need("patrol_unit"), a_need("guard", needed=1, alert_factor=2.0))
        scene = make_scene(committing, *needs, guards=4)
        orders.dispatch(committing, grant=scene.room, incident_id=scene.incident.id, at=START)
        leader = staff(committing, Role.LEADER, scene.station)
        committing.commit()
        from dispatch.scenarios.model import Scenario

        key = committing.get_one(Scenario, scene.incident.scenario_id).key
        server.clock.advance(minutes=5)

        def tried(**guard: Any) -> dict[str, Any]:
            spec = a_spec(needs[0], {**needs[1], **guard})
            with server.client(leader) as client:
                answer = client.post(f"/api/v1/scenarios/{key}/preview", json={"spec": spec})
            assert answer.status_code == 200, answer.text
            shown: dict[str, Any] = answer.json()
            return shown

        same, more = tried(), tried(needed=3, alert_factor=1.0)
        of_guards = {total["kind"]: total for total in same["totals"]}["guard"]
        assert of_guards["asked_before"] == of_guards["asked_after"] == 2
        assert all(not item["added"] and not item["left_out"] for item in same["items"])
        (item,) = [item for item in more["items"] if item["kind"] == "guard"]
        assert (len(item["before"]), len(item["after"]), len(item["added"])) == (2, 3, 1)
        assert item["before"][0]["name"] == scene.guards[0].helper.name
        far = tried(radius_m=20_000)
        assert all(item["beyond_known"] for item in far["items"] if item["kind"] == "guard")
        assert tried()["items"] == same["items"], "nothing was changed by looking"

    def test_only_a_leader_tries_and_only_on_his_own_incidents(
        self, server: Server, town: Town, work: dict[Spot, Work]
    ) -> None:
        for role in ROLES:
            with server.client(town.people[role]) as client:
                key = work[Spot.SIBLING].scenario.key
                answer = client.post(f"/api/v1/scenarios/{key}/preview", json={"spec": a_spec()})
            assert answer.status_code == (200 if role in ACCESS[Permission.SCENARIO_WRITE] else 403)
            if answer.status_code == 200:
                assert answer.json()["items"] == []


class TestDevices:
    def _phone(self, committing: Session, login: Login) -> Device:
        device = Device(
            id=new_id(), account_id=login.account.id, kind="android", name="旧手机", registered_at=START,
            last_seen_at=START,
        )  # fmt: skip
        committing.add(device)
        committing.commit()
        return device

    def test_a_lost_phone_is_cut_off_and_the_other_one_stays(
        self, server: Server, town: Town, committing: Session, send: Send
    ) -> None:
        owner = town.people[Role.GUARD]
        lost = self._phone(committing, owner)
        url = f"/api/v1/accounts/{owner.account.id}/devices"
        with server.client(town.people[Role.LEADER]) as leader:
            listed = leader.get(url).json()
            assert str(lost.id) in {device["id"] for device in listed} and len(listed) == 2
            used = next(device["id"] for device in listed if device["id"] != str(lost.id))
            body = {"reason": "手机遗失"}
            assert send(leader, "post", f"{url}/{lost.id}/revocation", json=body).status_code == 204
            assert [device["id"] for device in leader.get(url).json()] == [used]
            assert send(leader, "post", f"{url}/{lost.id}/revocation", json=body).status_code == 404
            with server.client(owner) as phone:
                assert phone.get("/api/v1/me").status_code == 200
            assert send(leader, "post", f"{url}/{used}/revocation", json=body).status_code == 204
        with server.client(owner) as phone:
            assert phone.get("/api/v1/me").status_code == 401
        with server.client(town.people[Role.LEADER]) as leader:
            (first, _) = leader.get("/api/v1/records", params={"action": "device.revoked"}).json()["items"]
        assert (first["reason"], first["detail"]["account_id"]) == ("手机遗失", str(owner.account.id))

    @pytest.mark.parametrize("role", ROLES)
    def test_only_of_those_whom_one_manages(
        self, server: Server, town: Town, work: dict[Spot, Work], committing: Session, send: Send, role: Role
    ) -> None:
        with server.client(town.people[role]) as client:
            for spot, one in work.items():
                url = f"/api/v1/accounts/{one.helper.account.id}/devices"
                expected = (
                    403 if role not in ACCESS[Permission.ACCOUNT_REVOKE]
                    else 200 if sees(Permission.ACCOUNT_REVOKE, role, spot) else 404
                )  # fmt: skip
                assert client.get(url).status_code == expected, spot
            if role is Role.LEADER:
                hidden = work[Spot.SIBLING].helper.account.id
                assert_absent_and_hidden_look_alike(client, town.people[role], "/api/v1/accounts/{}/devices", hidden)
                own = f"/api/v1/accounts/{town.people[role].account.id}/devices/{town.people[role].actor.device_id}"
                refused = send(client, "post", f"{own}/revocation", json={"reason": "x"})
                assert refused.status_code == 403, "one's own rank is managed above"


class TestRecord:
    def test_the_record_is_narrowed_by_who_what_and_when(
        self, server: Server, town: Town, work: dict[Spot, Work], send: Send
    ) -> None:
        mine = work[Spot.MINE]
        url = f"/api/v1/incidents/{mine.incident.id}/notes"
        for minute, (role, text_) in enumerate(((Role.DISPATCHER, "一"), (Role.LEADER, "二"), (Role.DISPATCHER, "三"))):
            server.clock._now = START + timedelta(minutes=minute)
            with server.client(town.people[role]) as client:
                assert send(client, "post", url, json={"text": text_}).status_code == 201
        with server.client(town.people[Role.LEADER]) as leader:

            def count(**params: Any) -> int:
                answer = leader.get("/api/v1/records", params={"action": ["incident.noted"], **params})
                assert answer.status_code == 200, answer.text
                return len(answer.json()["items"])

            assert count() == 3
            assert count(role="dispatcher") == 2
            assert count(actor=str(town.people[Role.LEADER].account.id)) == 1
            assert count(**{"from": (START + timedelta(minutes=1)).isoformat()}) == 2
            assert count(to=(START + timedelta(minutes=1)).isoformat()) == 1
            assert count(subject_kind="incident") == 3 and count(subject_kind="order") == 0
            assert leader.get("/api/v1/records", params={"action": "x; DROP"}).status_code == 422


class TestOwnData:
    @pytest.mark.parametrize("role", ROLES)
    def test_everybody_reads_what_is_kept_of_himself(
        self, server: Server, town: Town, work: dict[Spot, Work], role: Role
    ) -> None:
        with server.client(town.people[role]) as client:
            shown = client.get("/api/v1/me/data").json()
        kept = {one["name"]: one for one in shown["kept"]}
        assert kept["positions"]["days"] == 30 and kept["chat_lines"]["days"] == 180
        assert kept["logins"]["count"] == 1 and kept["devices"]["count"] == 1
        assert kept["orders"]["count"] == {Role.GUARD: 2, Role.KEEPER: 2, Role.OFFICER: 1}.get(role, 0)
        assert shown["looks"] == []

    def test_he_reads_who_looked_where_he_was_and_why(self, server: Server, town: Town, work: dict[Spot, Work]) -> None:
        mine = work[Spot.MINE]
        track = f"/api/v1/responders/{mine.order.responder_id}/track"
        with server.client(town.people[Role.LEADER]) as leader:
            asked = {"incident_id": str(mine.incident.id), "reason": "核对到场时间"}
            assert leader.get(track, params=asked).status_code == 200
        with server.client(town.people[Role.GUARD]) as phone:
            (look,) = phone.get("/api/v1/me/data").json()["looks"]
        assert (look["action"], look["reason"]) == ("track.read", "核对到场时间")
        assert look["who"] == town.people[Role.LEADER].account.name
        with server.client(town.people[Role.KEEPER]) as other:
            assert other.get("/api/v1/me/data").json()["looks"] == []


def test_a_cell_is_where_it_says() -> None:
    from geo.cells import count_in_cells

    (cell,) = count_in_cells([Position(LON, LAT)] * 3, resolution=10)
    assert cell.count == 3
    assert abs(cell.centre.lon - LON) < 0.002 and abs(cell.centre.lat - LAT) < 0.002
