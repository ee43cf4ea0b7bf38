from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from notifications.devices.model import Device
from tests.api.conftest import Server
from tests.support.entry import PASSWORD, bearer, log_in_as, new_phone, person
from tests.support.matrix import ROLES, build_town
from tests.support.people import guard, make_station

Send = Callable[..., httpx.Response]


@pytest.fixture
def tokens(server: Server, committing: Session) -> Callable[[], dict[str, Any]]:
    phone = new_phone()
    person(committing, Role.GUARD, make_station(committing), phone=phone)
    committing.commit()

    def log_in() -> dict[str, Any]:
        with server.client() as client:
            answer: dict[str, Any] = log_in_as(client, phone).json()
        return answer

    return log_in


class TestMe:
    def test_everybody_is_told_who_he_is_and_what_he_may_do(self, server: Server, committing: Session) -> None:
        town = build_town(committing)
        committing.commit()
        with server.client() as client:
            for role in ROLES:
                me = client.get("/api/v1/me", headers=town.people[role].headers).json()
                assert me["role"] == role
                assert me["permissions"]["self"] == "own"
                assert (me["station"] is None) == (role is Role.DISTRICT_ADMIN)
                assert (me["responder"] is None) == (town.people[role].responder is None)
            leader = client.get("/api/v1/me", headers=town.people[Role.LEADER].headers).json()
        assert leader["permissions"]["record.read"] == "station"


class TestPassword:
    def test_a_new_password_ends_the_other_logins(self, server: Server, tokens: Callable[[], dict[str, Any]]) -> None:
        mine, other = tokens(), tokens()
        body = {"current_password": PASSWORD, "new_password": "梧桐树下 5 只猫"}
        with server.client() as client:
            assert client.put("/api/v1/me/password", json=body, headers=bearer(mine)).status_code == 204
            assert client.get("/api/v1/me", headers=bearer(mine)).status_code == 200
            assert client.get("/api/v1/me", headers=bearer(other)).status_code == 401

    def test_guessing_the_present_password_locks_it(self, server: Server, tokens: Callable[[], dict[str, Any]]) -> None:
        mine = tokens()
        body = {"current_password": "wrong password", "new_password": "梧桐树下 5 只猫"}
        with server.client() as client:
            for _ in range(5):
                answer = client.put("/api/v1/me/password", json=body, headers=bearer(mine))
                assert answer.json()["errors"][0]["pointer"] == "/current_password"
            right = {**body, "current_password": PASSWORD}
            assert client.put("/api/v1/me/password", json=right, headers=bearer(mine)).status_code == 422


class TestSessions:
    def test_one_ends_his_own_login_on_another_device(
        self, server: Server, tokens: Callable[[], dict[str, Any]]
    ) -> None:
        mine, lost = tokens(), tokens()
        with server.client() as client:
            listed = client.get("/api/v1/me/sessions", headers=bearer(mine)).json()
            assert {s["id"] for s in listed} == {mine["session_id"], lost["session_id"]}
            assert [s["id"] for s in listed if s["current"]] == [mine["session_id"]]
            ended = client.delete(f"/api/v1/me/sessions/{lost['session_id']}", headers=bearer(mine))
            assert ended.status_code == 204
            assert client.get("/api/v1/me", headers=bearer(lost)).status_code == 401

    def test_another_s_login_is_not_there(
        self, server: Server, committing: Session, send: Send, tokens: Callable[[], dict[str, Any]]
    ) -> None:
        mine = tokens()
        other = guard(committing, make_station(committing))
        committing.commit()
        with server.client() as client:
            answer = client.delete(f"/api/v1/me/sessions/{other.session_id}", headers=bearer(mine))
            assert answer.status_code == 404
            assert client.get("/api/v1/me", headers=other.headers).status_code == 200


class TestDevices:
    def test_a_push_token_moves_with_the_phone(
        self, server: Server, committing: Session, tokens: Callable[[], dict[str, Any]]
    ) -> None:
        old, new = tokens(), tokens()
        body = {"channel": "fcm", "token": f"fcm-{old['device_id']}"}
        with server.client() as client:
            for login in (old, new):
                url = f"/api/v1/me/devices/{login['device_id']}/push"
                answer = client.put(url, json=body, headers=bearer(login))
                assert answer.json()["push_channel"] == "fcm"
                assert body["token"] not in answer.text
            listed = client.get("/api/v1/me/devices", headers=bearer(new)).json()
        assert {d["id"]: d["push_channel"] for d in listed} == {old["device_id"]: None, new["device_id"]: "fcm"}

    def test_logging_out_ends_the_push(
        self, server: Server, committing: Session, tokens: Callable[[], dict[str, Any]]
    ) -> None:
        mine = tokens()
        with server.client() as client:
            url = f"/api/v1/me/devices/{mine['device_id']}/push"
            client.put(url, json={"channel": "fcm", "token": f"t-{mine['device_id']}"}, headers=bearer(mine))
            client.post("/api/v1/auth/logout", headers=bearer(mine))
        device = committing.get(Device, mine["device_id"])
        assert device is not None and device.push_token is None

    def test_a_lost_phone_is_given_up_with_its_login(
        self, server: Server, tokens: Callable[[], dict[str, Any]]
    ) -> None:
        mine, lost = tokens(), tokens()
        with server.client() as client:
            url = f"/api/v1/me/devices/{lost['device_id']}"
            assert client.delete(url, headers=bearer(mine)).status_code == 204
            assert client.get("/api/v1/me", headers=bearer(lost)).status_code == 401
            assert client.delete(url, headers=bearer(mine)).status_code == 404
