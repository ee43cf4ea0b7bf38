from __future__ import annotations

import threading
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.entry import bearer, log_in_as, new_phone, person
from tests.support.people import make_station


def _guard_with_tokens(server: Server, committing: Session) -> dict[str, Any]:
    phone = new_phone()
    person(committing, Role.GUARD, make_station(committing), phone=phone)
    committing.commit()
    with server.client() as client:
        tokens: dict[str, Any] = log_in_as(client, phone).json()
    return tokens


def _refresh(client: httpx.Client, tokens: dict[str, Any], **changed: Any) -> httpx.Response:
    body = {"refresh_token": tokens["refresh_token"], "device_id": tokens["device_id"], **changed}
    return client.post("/api/v1/auth/refresh", json=body)


class TestRefresh:
    def test_each_exchange_gives_another_token(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        seen = {tokens["refresh_token"]}
        with server.client() as client:
            for _ in range(3):
                server.clock.advance(minutes=9)
                tokens = _refresh(client, tokens).json()
                seen.add(tokens["refresh_token"])
                assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 200
        assert len(seen) == 4

    def test_an_access_token_ends_after_ten_minutes_and_the_refresh_token_does_not(
        self, server: Server, committing: Session
    ) -> None:
        tokens = _guard_with_tokens(server, committing)
        server.clock.advance(minutes=10, seconds=1)
        with server.client() as client:
            assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 401
            assert _refresh(client, tokens).status_code == 200

    def test_a_lost_answer_is_given_again_within_ten_seconds(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        with server.client() as client:
            lost = _refresh(client, tokens).json()
            server.clock.advance(seconds=9)
            again = _refresh(client, tokens).json()
            assert again["refresh_token"] == lost["refresh_token"]
            server.clock.advance(minutes=1)
            assert _refresh(client, again).status_code == 200

    def test_two_tabs_that_refresh_at_once_both_stay_logged_in(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        barrier, answers = threading.Barrier(4), []

        def run() -> None:
            with server.client() as client:
                barrier.wait()
                answers.append(_refresh(client, tokens))

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [a.status_code for a in answers] == [200] * 4
        assert len({a.json()["refresh_token"] for a in answers}) == 1

    def test_a_spent_token_after_the_grace_ends_the_login_for_both(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        with server.client() as client:
            current = _refresh(client, tokens).json()
            server.clock.advance(seconds=11)
            assert _refresh(client, tokens).status_code == 401
            assert _refresh(client, current).status_code == 401
            assert client.get("/api/v1/me", headers=bearer(current)).status_code == 401
        entry = committing.scalars(select(RecordEntry).where(RecordEntry.subject_id == tokens["session_id"])).all()[-1]
        assert (entry.action, entry.reason) == ("session.revoked", "refresh_token_reused")

    def test_a_token_from_another_device_ends_the_login(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        with server.client() as client:
            assert _refresh(client, tokens, device_id=str(new_id())).status_code == 401
            assert _refresh(client, tokens).status_code == 401

    def test_a_login_unused_for_thirty_days_ends(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        server.clock.advance(hours=24 * 30, seconds=1)
        with server.client() as client:
            assert _refresh(client, tokens).status_code == 401


class TestLogOut:
    def test_both_tokens_end_at_once(self, server: Server, committing: Session) -> None:
        tokens = _guard_with_tokens(server, committing)
        with server.client() as client:
            assert client.post("/api/v1/auth/logout", headers=bearer(tokens)).status_code == 204
            assert client.get("/api/v1/me", headers=bearer(tokens)).status_code == 401
            assert _refresh(client, tokens).status_code == 401
