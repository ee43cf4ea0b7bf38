from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import jwt
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts import passwords
from dispatch.sessions.model import LoginSession
from kit.actor import Role
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.entry import PASSWORD, bearer, log_in_as, new_phone, person
from tests.support.people import guard, make_station


class TestLogIn:
    def test_by_phone_number_however_it_is_written(self, server: Server, committing: Session) -> None:
        phone = new_phone()
        account = person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            for written in (phone, f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"):
                answer = log_in_as(client, written)
                assert answer.status_code == 200
                assert answer.json()["account_id"] == str(account.id)

    def test_by_badge_number_without_regard_to_case(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        person(committing, Role.OFFICER, station, badge_no=f"P{station.code}")
        committing.commit()
        with server.client() as client:
            assert log_in_as(client, f"p{station.code}".lower()).status_code == 200

    def test_the_access_token_says_who_and_which_login_and_nothing_else(
        self, server: Server, committing: Session
    ) -> None:
        phone = new_phone()
        person(committing, Role.LEADER, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            tokens = log_in_as(client, phone).json()
        claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
        assert claims.keys() == {"sub", "sid", "aud", "iat", "exp"}
        assert claims["exp"] - claims["iat"] == 600

    def test_unknown_wrong_closed_and_locked_are_answered_alike(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        wrong, closed, locked, unopened = (new_phone() for _ in range(4))
        person(committing, Role.GUARD, station, phone=wrong)
        person(committing, Role.GUARD, station, phone=closed).active = False
        person(committing, Role.GUARD, station, phone=unopened, password=None)
        person(committing, Role.GUARD, station, phone=locked)
        committing.commit()
        with server.client() as client:
            for _ in range(5):
                log_in_as(client, locked, "not this one")
            bodies = []
            for login, password in (
                (new_phone(), PASSWORD),
                (wrong, "not this one"),
                (closed, PASSWORD),
                (locked, PASSWORD),
                (unopened, PASSWORD),
                ("no such thing!", PASSWORD),
            ):
                answer = log_in_as(client, login, password)
                assert answer.status_code == 401
                bodies.append({**answer.json(), "instance": ""})
        assert all(body == bodies[0] for body in bodies)
        assert bodies[0]["type"].endswith("/login-failed")

    def test_a_device_that_comes_back_stays_the_same_and_its_old_login_ends(
        self, server: Server, committing: Session
    ) -> None:
        phone = new_phone()
        person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            first = log_in_as(client, phone).json()
            second = log_in_as(client, phone, id=first["device_id"]).json()
            assert second["device_id"] == first["device_id"]
            assert client.get("/api/v1/me", headers=bearer(first)).status_code == 401
            assert client.get("/api/v1/me", headers=bearer(second)).status_code == 200

    def test_another_s_device_is_not_taken_over(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        one, other = new_phone(), new_phone()
        person(committing, Role.GUARD, station, phone=one)
        person(committing, Role.GUARD, station, phone=other)
        committing.commit()
        with server.client() as client:
            mine = log_in_as(client, one).json()
            theirs = log_in_as(client, other, id=mine["device_id"]).json()
            assert theirs["device_id"] != mine["device_id"]
            assert client.get("/api/v1/me", headers=bearer(mine)).status_code == 200

    @pytest.mark.parametrize("extra", [{"role": "leader"}, {"station_id": 2}])
    def test_an_unknown_member_is_refused(self, server: Server, extra: dict[str, object]) -> None:
        with server.client() as client:
            answer = client.post(
                "/api/v1/auth/login",
                json={"login": "13800000001", "password": "x", "device": {"kind": "web", "name": "x"}, **extra},
            )
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("/unknown-member")


class TestLock:
    def test_the_fifth_failure_locks_for_fifteen_minutes(self, server: Server, committing: Session) -> None:
        phone = new_phone()
        account = person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            for _ in range(5):
                assert log_in_as(client, phone, "wrong password").status_code == 401
            assert log_in_as(client, phone).status_code == 401
            server.clock.advance(minutes=15, seconds=1)
            assert log_in_as(client, phone).status_code == 200
        entries = committing.scalars(select(RecordEntry.action).where(RecordEntry.subject_id == account.id)).all()
        assert entries.count("account.locked") == 1

    def test_four_failures_and_a_success_start_the_count_anew(self, server: Server, committing: Session) -> None:
        phone = new_phone()
        person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            for _ in range(2):
                for _ in range(4):
                    log_in_as(client, phone, "wrong password")
                assert log_in_as(client, phone).status_code == 200

    def test_a_lock_never_touches_a_live_login(self, server: Server, committing: Session) -> None:
        phone = new_phone()
        person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            tokens = log_in_as(client, phone).json()
            for _ in range(6):
                log_in_as(client, phone, "wrong password")
            assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 200
            refreshed = client.post(
                "/api/v1/auth/refresh",
                json={"refresh_token": tokens["refresh_token"], "device_id": tokens["device_id"]},
            )
            assert refreshed.status_code == 200


class TestBadTokens:
    @pytest.mark.parametrize("kind", ["none", "other_key", "other_audience", "expired", "future", "garbage"])
    def test_a_token_that_is_not_ours_or_not_of_now_is_refused(
        self, server: Server, committing: Session, kind: str
    ) -> None:
        login = guard(committing, make_station(committing))
        committing.commit()
        claims = jwt.decode(login.token, options={"verify_signature": False})
        key, algorithm = bytes.fromhex("11" * 32), "HS256"
        if kind == "other_key":
            key = b"k" * 32
        if kind == "other_audience":
            claims["aud"] = "somebody-else"
        if kind == "expired":
            claims["exp"] = claims["iat"]
        if kind == "future":
            claims["iat"] += 3600
        token = jwt.encode(claims, "" if kind == "none" else key, algorithm="none" if kind == "none" else algorithm)
        if kind == "garbage":
            token = "not.a.token"
        with server.client() as client:
            answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert answer.json()["type"].endswith("/invalid-token")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_refresh_token_is_no_access_token(self, server: Server, committing: Session) -> None:
        phone = new_phone()
        person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()
        with server.client() as client:
            tokens = log_in_as(client, phone).json()
            swapped = {"access_token": tokens["refresh_token"]}
            assert client.get("/api/v1/me", headers=bearer(swapped)).status_code == 401

    def test_an_access_token_is_no_refresh_token(self, server: Server, committing: Session) -> None:
        login = guard(committing, make_station(committing))
        committing.commit()
        with server.client() as client:
            answer = client.post(
                "/api/v1/auth/refresh", json={"refresh_token": login.token[:200], "device_id": str(login.device_id)}
            )
        assert answer.status_code == 401
        assert committing.get(LoginSession, login.session_id).revoked_at is None  # type: ignore[union-attr]


class TestGuessing:
    def test_an_unknown_number_costs_the_same_hash_as_a_wrong_password(
        self, server: Server, committing: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = new_phone()
        person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()

        hasher = passwords._hasher()
        costs: list[str] = []

        def verify(password: str, hashed: str) -> bool:
            # algorithm and parameters, without salt and sum
            costs.append(hashed.rsplit("$", 2)[0])
            return hasher.verify(password, hashed)

        monkeypatch.setattr(passwords, "_hasher", lambda: SimpleNamespace(verify=verify, hash=hasher.hash))
        with server.client() as client:
            for login in (new_phone(), phone):
                assert log_in_as(client, login, "wrong password").status_code == 401
        unknown, wrong = costs
        assert unknown == wrong
        assert wrong.startswith("$argon2id$")

    def test_guesses_at_once_are_counted_one_by_one(self, server: Server, committing: Session) -> None:
        phone = new_phone()
        account = person(committing, Role.GUARD, make_station(committing), phone=phone)
        committing.commit()

        def guess(_: int) -> int:
            with server.client() as client:
                return log_in_as(client, phone, "wrong password").status_code

        with ThreadPoolExecutor(10) as pool:
            assert set(pool.map(guess, range(10))) == {401}
        entries = committing.scalars(select(RecordEntry.action).where(RecordEntry.subject_id == account.id)).all()
        assert entries.count("account.locked") == 1
        with server.client() as client:
            assert log_in_as(client, phone).status_code == 401
