"""Roles by places, through the real API; what each may is read from the access table."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from dispatch.accounts.model import Account
from kit.actor import SYSTEM, Role
from kit.record import write
from tests.api.conftest import Server
from tests.support.matrix import (
    ROLES,
    Place,
    Town,
    assert_absent_and_hidden_look_alike,
    build_town,
    expected,
    is_in_reach,
)
from tests.support.people import START, make_account

Send = Callable[..., httpx.Response]


@pytest.fixture
def town(committing: Session) -> Town:
    town = build_town(committing)
    committing.commit()
    return town


@pytest.fixture
def guards(town: Town, committing: Session) -> dict[Place, Account]:
    """A guard, without responder, of each place's organization."""
    made = {
        place: make_account(committing, Role.GUARD, town.stations[place], town.organizations[place]) for place in Place
    }
    committing.commit()
    return made


@pytest.mark.parametrize("role", ROLES)
class TestReading:
    def test_an_account(self, server: Server, town: Town, guards: dict[Place, Account], role: Role) -> None:
        with server.client(town.people[role]) as client:
            for place, account in guards.items():
                status = client.get(f"/api/v1/accounts/{account.id}").status_code
                assert status == expected(Permission.ACCOUNT_READ, role, place), place

    def test_the_list_of_accounts(self, server: Server, town: Town, guards: dict[Place, Account], role: Role) -> None:
        with server.client(town.people[role]) as client:
            answer = client.get("/api/v1/accounts", params={"limit": 200})
        if role not in ACCESS[Permission.ACCOUNT_READ]:
            assert answer.status_code == 403
            return
        listed = {item["id"] for item in answer.json()["items"]}
        for place, account in guards.items():
            assert (str(account.id) in listed) == is_in_reach(Permission.ACCOUNT_READ, role, place), place

    def test_an_organization(self, server: Server, town: Town, role: Role) -> None:
        # an officer belongs to no company: his reach is the station
        with server.client(town.people[role]) as client:
            listed = {item["id"] for item in client.get("/api/v1/organizations", params={"limit": 200}).json()["items"]}
            for place, organization in town.organizations.items():
                status = client.get(f"/api/v1/organizations/{organization.id}").status_code
                assert status == expected(Permission.ORGANIZATION_READ, role, place), place
                assert (str(organization.id) in listed) == (status == 200)

    def test_a_station(self, server: Server, town: Town, role: Role) -> None:
        with server.client(town.people[role]) as client:
            listed = {item["id"] for item in client.get("/api/v1/stations", params={"limit": 200}).json()["items"]}
            for place, station in town.stations.items():
                status = client.get(f"/api/v1/stations/{station.id}").status_code
                assert status == expected(Permission.STATION_READ, role, place), place
                assert (str(station.id) in listed) == (status == 200)

    def test_the_record(self, server: Server, town: Town, committing: Session, role: Role) -> None:
        for station in town.stations.values():
            write(
                committing,
                "test.marked",
                actor=SYSTEM,
                at=START,
                subject_kind="station",
                subject_id=station.id,
                station_id=station.id,
            )
        committing.commit()
        with server.client(town.people[role]) as client:
            for place, station in town.stations.items():
                answer = client.get("/api/v1/records", params={"subject_id": str(station.id)})
                if role not in ACCESS[Permission.RECORD_READ]:
                    assert answer.status_code == 403
                    continue
                assert bool(answer.json()["items"]) == is_in_reach(Permission.RECORD_READ, role, place), place


@pytest.mark.parametrize("role", ROLES)
class TestWriting:
    def test_cutting_off_an_account(
        self, server: Server, town: Town, guards: dict[Place, Account], send: Send, role: Role
    ) -> None:
        with server.client(town.people[role]) as client:
            for place, account in guards.items():
                answer = send(client, "post", f"/api/v1/accounts/{account.id}/revoke", json={"reason": "手机丢失"})
                assert answer.status_code == expected(Permission.ACCOUNT_REVOKE, role, place), place

    def test_editing_an_account(
        self, server: Server, town: Town, guards: dict[Place, Account], send: Send, role: Role
    ) -> None:
        with server.client(town.people[role]) as client:
            for place, account in guards.items():
                url, match = f"/api/v1/accounts/{account.id}", {"If-Match": '"1"'}
                answer = send(client, "patch", url, json={"name": "新名"}, headers=match)
                assert answer.status_code == expected(Permission.ACCOUNT_WRITE, role, place), place

    def test_making_a_code(self, server: Server, town: Town, guards: dict[Place, Account], role: Role) -> None:
        with server.client(town.people[role]) as client:
            for place, account in guards.items():
                answer = client.post("/api/v1/onboarding-codes", json={"account_id": str(account.id)})
                assert answer.status_code == expected(Permission.ONBOARDING_CREATE, role, place, success=201), place

    def test_editing_an_organization(self, server: Server, town: Town, send: Send, role: Role) -> None:
        with server.client(town.people[role]) as client:
            for place, organization in town.organizations.items():
                url, match = f"/api/v1/organizations/{organization.id}", {"If-Match": '"1"'}
                answer = send(client, "patch", url, json={"kind": "other"}, headers=match)
                assert answer.status_code == expected(Permission.ORGANIZATION_WRITE, role, place), place

    def test_renaming_a_station(self, server: Server, town: Town, send: Send, role: Role) -> None:
        with server.client(town.people[role]) as client:
            for place, station in town.stations.items():
                if place is Place.COMPANY:
                    continue
                body, match = {"name": f"{station.name}新"}, {"If-Match": '"1"'}
                answer = send(client, "patch", f"/api/v1/stations/{station.id}", json=body, headers=match)
                assert answer.status_code == expected(Permission.STATION_WRITE, role, place), place


class TestHidden:
    @pytest.mark.parametrize("place", [Place.SIBLING, Place.FOREIGN])
    def test_what_is_hidden_looks_like_what_is_absent(
        self, server: Server, town: Town, guards: dict[Place, Account], place: Place
    ) -> None:
        leader = town.people[Role.LEADER]
        match = {"If-Match": '"1"'}
        account = guards[place].id
        with server.client() as client:
            assert_absent_and_hidden_look_alike(client, leader, "/api/v1/accounts/{}", account)
            assert_absent_and_hidden_look_alike(client, leader, "/api/v1/stations/{}", town.stations[place].id)
            assert_absent_and_hidden_look_alike(
                client, leader, "/api/v1/organizations/{}", town.organizations[place].id
            )
            assert_absent_and_hidden_look_alike(
                client, leader, "/api/v1/accounts/{}", account, method="PATCH", json={"name": "x"}, headers=match
            )
            for verb in ("deactivate", "revoke"):
                assert_absent_and_hidden_look_alike(
                    client,
                    leader,
                    f"/api/v1/accounts/{{}}/{verb}",
                    account,
                    method="POST",
                    json={"reason": "x"},
                    headers=match,
                )

    def test_an_organization_of_another_station_is_no_other_answer_than_none(
        self, server: Server, town: Town, send: Send, committing: Session
    ) -> None:
        with server.client(town.people[Role.LEADER]) as client:
            answers = [
                send(
                    client,
                    "post",
                    "/api/v1/accounts",
                    json={"role": "guard", "name": "x", "badge_no": "N001", "organization_id": id_},
                )
                for id_ in (str(town.organizations[Place.SIBLING].id), "5f0c1a38-6f5e-4f5b-9a53-3c1d2a7e9b10")
            ]
        bodies = [{**answer.json(), "instance": ""} for answer in answers]
        assert bodies[0] == bodies[1]
        assert answers[0].status_code == 422
