from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.entry import PASSWORD, PHONE, bearer, log_in_as, new_phone, person
from tests.support.people import Login, guard, make_district, make_organization, make_station, staff

Send = Callable[..., httpx.Response]


def _open(send: Send, client: httpx.Client, **values: Any) -> httpx.Response:
    return send(client, "post", "/api/v1/accounts", json={"name": "李卫国", **values})


class TestOpen:
    def test_a_manager_opens_guards_and_keepers_of_his_own_organization(
        self, server: Server, committing: Session, send: Send
    ) -> None:
        station = make_station(committing)
        mine, other = make_organization(committing, station), make_organization(committing, station)
        manager = staff(committing, Role.COMPANY_MANAGER, station, organization=mine)
        committing.commit()
        with server.client(manager) as client:
            made = _open(send, client, role="guard", phone=new_phone(), organization_id=str(mine.id))
            assert made.status_code == 201
            assert made.headers["etag"] == '"1"'
            assert made.json()["station_id"] == str(station.id)
            assert not made.json()["opened"]
            foreign = _open(send, client, role="guard", phone=new_phone(), organization_id=str(other.id))
            assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "/organization_id")
            officer = _open(send, client, role="officer", phone=new_phone())
            assert officer.status_code == 403
            assert officer.json()["type"].endswith("/role-not-managed")

    @pytest.mark.parametrize("role", ["leader", "district_admin"])
    def test_a_leader_makes_nobody_of_his_own_rank(
        self, server: Server, committing: Session, send: Send, role: str
    ) -> None:
        leader = staff(committing, Role.LEADER, make_station(committing))
        committing.commit()
        with server.client(leader) as client:
            assert _open(send, client, role=role, badge_no="L001").status_code == 403

    def test_the_district_makes_a_station_and_its_leader(self, server: Server, committing: Session, send: Send) -> None:
        district = make_district(committing)
        admin = staff(committing, Role.DISTRICT_ADMIN, make_station(committing, district))
        committing.commit()
        code = f"s-{district.id.hex[:10]}"
        with server.client(admin) as client:
            station = send(client, "post", "/api/v1/stations", json={"name": f"新所{code}", "code": code}).json()
            made = _open(send, client, role="leader", phone=new_phone(), station_id=station["id"])
            assert made.status_code == 201
            elsewhere = _open(send, client, role="leader", phone=new_phone())
            assert elsewhere.json()["errors"][0]["pointer"] == "/station_id"
            police = client.get("/api/v1/organizations", params={"kind": "police", "station_id": station["id"]})
            assert len(police.json()["items"]) == 1

    def test_a_number_in_use_is_refused_without_saying_where(
        self, server: Server, committing: Session, send: Send
    ) -> None:
        phone = new_phone()
        person(committing, Role.OFFICER, make_station(committing), phone=phone)
        leader = staff(committing, Role.LEADER, make_station(committing))
        committing.commit()
        with server.client(leader) as client:
            answer = _open(send, client, role="officer", phone=phone)
            assert (answer.status_code, answer.json()["errors"]) == (409, [])
            tried = client.get("/api/v1/records", params={"action": "account.login_found_taken"}).json()["items"]
        assert len(tried) == 1

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"phone": "13800000001; DROP"}, "phone-format"),
            ({"badge_no": "工号一"}, "badge-format"),
            ({}, "login-missing"),
            ({"badge_no": "G001", "role": "guard"}, "organization-missing"),
            ({"badge_no": "G001", "name": "张\u202e三"}, "text-not-allowed"),
            ({"badge_no": "G001", "name": "张\x00三"}, "control-character"),
            ({"badge_no": "G001", "password": "12345678"}, "unknown-member"),
            ({"badge_no": "G001", "station_id": 2}, "id-format"),
        ],
    )
    def test_what_is_filled_in_wrongly_is_named(
        self, server: Server, committing: Session, send: Send, values: dict[str, Any], problem: str
    ) -> None:
        leader = staff(committing, Role.LEADER, make_station(committing))
        committing.commit()
        with server.client(leader) as client:
            answer = _open(send, client, **{"role": "officer", **values})
        assert answer.status_code == 422
        assert answer.json()["type"].endswith(f"/{problem}")


class TestAsk:
    @pytest.mark.parametrize("id_", ["1e3", "-1", "..%2f..%2fetc", "0", "%00", "5f0c1a38-6f5e-4f5b-9a53-3c1d2a7e9b1"])
    def test_an_id_that_is_none_is_no_failure_of_ours(self, server: Server, committing: Session, id_: str) -> None:
        leader = staff(committing, Role.LEADER, make_station(committing))
        committing.commit()
        with server.client(leader) as client:
            answer = client.get(f"/api/v1/accounts/{id_}")
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "params", [{"limit": "1000000000"}, {"limit": "0"}, {"limit": "1e3"}, {"role": "' OR 1=1"}, {"cursor": "%"}]
    )
    def test_a_list_refuses_what_it_cannot_give(
        self, server: Server, committing: Session, params: dict[str, str]
    ) -> None:
        leader = staff(committing, Role.LEADER, make_station(committing))
        committing.commit()
        with server.client(leader) as client:
            assert client.get("/api/v1/accounts", params=params).status_code == 422

    def test_pages_join_without_gap_or_double(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        leader = staff(committing, Role.LEADER, station)
        made = {str(person(committing, Role.OFFICER, station, password=None).id) for _ in range(5)}
        committing.commit()
        seen, params = [], {"limit": "2", "role": "officer"}
        with server.client(leader) as client:
            while True:
                page = client.get("/api/v1/accounts", params=params).json()
                seen += [item["id"] for item in page["items"]]
                if page["next_cursor"] is None:
                    break
                params["cursor"] = page["next_cursor"]
        assert len(seen) == 5
        assert set(seen) == made


class TestEdit:
    def test_the_later_of_two_editors_is_told(self, server: Server, committing: Session, send: Send) -> None:
        station = make_station(committing)
        leader = staff(committing, Role.LEADER, station)
        account = person(committing, Role.OFFICER, station)
        committing.commit()
        url = f"/api/v1/accounts/{account.id}"
        with server.client(leader) as client:
            assert send(client, "patch", url, json={"name": "甲"}).status_code == 428
            first = send(client, "patch", url, json={"name": "甲"}, headers={"If-Match": '"1"'})
            assert (first.status_code, first.headers["etag"]) == (200, '"2"')
            second = send(client, "patch", url, json={"name": "乙"}, headers={"If-Match": '"1"'})
            assert (second.status_code, second.headers["etag"]) == (412, '"2"')
            assert client.get(url).json()["name"] == "甲"

    def test_only_what_is_named_changes(self, server: Server, committing: Session, send: Send) -> None:
        station = make_station(committing)
        leader = staff(committing, Role.LEADER, station)
        account = person(committing, Role.OFFICER, station, phone=new_phone(), badge_no=f"B{station.code}")
        committing.commit()
        with server.client(leader) as client:
            url = f"/api/v1/accounts/{account.id}"
            changed = send(client, "patch", url, json={"badge_no": None}, headers={"If-Match": '"1"'}).json()
            assert changed["badge_no"] is None
            assert changed["phone"] is not None
            no_login = send(client, "patch", url, json={"phone": None}, headers={"If-Match": '"2"'})
            assert no_login.json()["type"].endswith("/login-missing")
            null_name = send(client, "patch", url, json={"name": None}, headers={"If-Match": '"2"'})
            assert null_name.status_code == 422

    def test_somebody_who_can_be_sent_keeps_his_role(self, server: Server, committing: Session, send: Send) -> None:
        station = make_station(committing)
        leader, sent = staff(committing, Role.LEADER, station), guard(committing, station)
        committing.commit()
        with server.client(leader) as client:
            answer = send(
                client,
                "patch",
                f"/api/v1/accounts/{sent.account.id}",
                json={"role": "officer"},
                headers={"If-Match": '"1"'},
            )
        assert answer.json()["type"].endswith("/account-has-responder")

    def test_a_leader_does_not_change_another_leader_or_himself(
        self, server: Server, committing: Session, send: Send
    ) -> None:
        station = make_station(committing)
        leader, other = staff(committing, Role.LEADER, station), staff(committing, Role.LEADER, station)
        committing.commit()
        with server.client(leader) as client:
            for account in (leader.account, other.account):
                answer = send(
                    client,
                    "patch",
                    f"/api/v1/accounts/{account.id}",
                    json={"role": "guard"},
                    headers={"If-Match": '"1"'},
                )
                assert answer.status_code == 403


class TestEnd:
    @pytest.mark.parametrize("verb", ["deactivate", "revoke"])
    def test_every_login_and_device_ends_at_once(
        self, server: Server, committing: Session, send: Send, verb: str
    ) -> None:
        station = make_station(committing)
        leader = staff(committing, Role.LEADER, station)
        phone = new_phone()
        account = person(committing, Role.OFFICER, station, phone=phone)
        committing.commit()
        with server.client() as plain, server.client(leader) as client:
            logins = [log_in_as(plain, phone).json() for _ in range(2)]
            url = f"/api/v1/accounts/{account.id}"
            etag = client.get(url).headers["etag"]
            answer = send(client, "post", f"{url}/{verb}", json={"reason": "手机丢失"}, headers={"If-Match": etag})
            assert answer.status_code == 200
            for tokens in logins:
                assert plain.get("/api/v1/me", headers=bearer(tokens)).status_code == 401
                body = {"refresh_token": tokens["refresh_token"], "device_id": tokens["device_id"]}
                assert plain.post("/api/v1/auth/refresh", json=body).status_code == 401
            assert log_in_as(plain, phone).status_code == (200 if verb == "revoke" else 401)
            lines = client.get("/api/v1/records", params={"subject_id": str(account.id)}).json()["items"]
        assert lines[0]["reason"] == "手机丢失"
        assert lines[0]["actor_id"] == str(leader.account.id)

    def test_a_closed_account_can_be_opened_again(self, server: Server, committing: Session, send: Send) -> None:
        station = make_station(committing)
        leader = staff(committing, Role.LEADER, station)
        phone = new_phone()
        account = person(committing, Role.OFFICER, station, phone=phone)
        committing.commit()
        url = f"/api/v1/accounts/{account.id}"
        with server.client() as plain, server.client(leader) as client:
            send(client, "post", f"{url}/deactivate", json={"reason": "调离"}, headers={"If-Match": '"1"'})
            assert log_in_as(plain, phone).status_code == 401
            send(client, "post", f"{url}/activate", headers={"If-Match": '"2"'})
            assert log_in_as(plain, phone).status_code == 200


class TestOnboarding:
    def _code(self, client: httpx.Client, login: Login, account_id: object) -> dict[str, Any]:
        answer = client.post("/api/v1/onboarding-codes", json={"account_id": str(account_id)}, headers=login.headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def _redeem(self, client: httpx.Client, code: str, password: str = PASSWORD) -> httpx.Response:
        return client.post("/api/v1/auth/onboard", json={"code": code, "password": password, "device": PHONE})

    def test_a_code_sets_the_password_once_and_logs_in(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        company = make_organization(committing, station)
        manager = staff(committing, Role.COMPANY_MANAGER, station, organization=company)
        phone = new_phone()
        account = person(committing, Role.GUARD, station, phone=phone, password=None, organization_id=company.id)
        committing.commit()
        with server.client() as client:
            made = self._code(client, manager, account.id)
            assert len(made["code"]) == 8
            assert self._redeem(client, made["code"], "12345678").status_code == 422
            tokens = self._redeem(client, f"{made['code'][:4]}-{made['code'][4:]}".lower())
            assert tokens.status_code == 200
            assert client.get("/api/v1/me", headers=bearer(tokens.json())).json()["account_id"] == str(account.id)
            assert self._redeem(client, made["code"]).status_code == 401
            assert log_in_as(client, phone).status_code == 200

    def test_a_new_code_ends_the_one_before(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        leader, account = staff(committing, Role.LEADER, station), person(committing, Role.OFFICER, station)
        committing.commit()
        with server.client() as client:
            first = self._code(client, leader, account.id)["code"]
            second = self._code(client, leader, account.id)["code"]
            assert self._redeem(client, first).json()["type"].endswith("/onboarding-code")
            assert self._redeem(client, second).status_code == 200

    def test_a_code_ends_after_three_days(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        leader, account = staff(committing, Role.LEADER, station), person(committing, Role.OFFICER, station)
        committing.commit()
        with server.client() as client:
            code = self._code(client, leader, account.id)["code"]
            server.clock.advance(hours=72, seconds=1)
            assert self._redeem(client, code).status_code == 401

    def test_a_code_for_a_locked_account_unlocks_it_and_ends_old_logins(
        self, server: Server, committing: Session
    ) -> None:
        station = make_station(committing)
        phone = new_phone()
        leader, account = (
            staff(committing, Role.LEADER, station),
            person(committing, Role.OFFICER, station, phone=phone),
        )
        committing.commit()
        with server.client() as client:
            old = log_in_as(client, phone).json()
            for _ in range(5):
                log_in_as(client, phone, "wrong password")
            assert self._redeem(client, self._code(client, leader, account.id)["code"]).status_code == 200
            assert client.get("/api/v1/me", headers=bearer(old)).status_code == 401
            assert log_in_as(client, phone).status_code == 200

    def test_nobody_makes_a_code_for_his_own_rank_or_above(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        dispatcher = staff(committing, Role.DISPATCHER, station)
        above = [person(committing, role, station) for role in (Role.OFFICER, Role.DISPATCHER, Role.LEADER)]
        committing.commit()
        with server.client(dispatcher) as client:
            for account in above:
                answer = client.post("/api/v1/onboarding-codes", json={"account_id": str(account.id)})
                assert answer.status_code == 403

    def test_the_code_itself_is_kept_nowhere(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        leader, account = staff(committing, Role.LEADER, station), person(committing, Role.OFFICER, station)
        committing.commit()
        with server.client() as client:
            code = self._code(client, leader, account.id)["code"]
        entries = committing.scalars(select(RecordEntry).where(RecordEntry.subject_id == account.id)).all()
        assert code not in str([(entry.detail, entry.reason) for entry in entries])
