"""Two at once, on real connections: one wins, the other is told, nobody gets a failure of ours."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from tests.api.conftest import Server
from tests.support.entry import PASSWORD, PHONE, bearer, log_in_as, new_phone, person
from tests.support.people import make_station, staff

Send = Callable[..., httpx.Response]
AT_ONCE = 4


def _together(call: Callable[[int], int], count: int = AT_ONCE) -> list[int]:
    """The statuses of ``count`` calls that leave together, sorted."""
    barrier = Barrier(count)

    def run(number: int) -> int:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(run, range(count)))


def test_one_number_opens_one_account(server: Server, committing: Session, send: Send) -> None:
    leader, phone = staff(committing, Role.LEADER, make_station(committing)), new_phone()
    committing.commit()

    def open_account(_: int) -> int:
        with server.client(leader) as client:
            body = {"role": "officer", "name": "王警官", "phone": phone}
            return send(client, "post", "/api/v1/accounts", json=body).status_code

    assert _together(open_account) == [201, 409, 409, 409]


def test_a_code_is_used_once(server: Server, committing: Session) -> None:
    station = make_station(committing)
    leader, account = staff(committing, Role.LEADER, station), person(committing, Role.OFFICER, station)
    committing.commit()
    with server.client(leader) as client:
        code = client.post("/api/v1/onboarding-codes", json={"account_id": str(account.id)}).json()["code"]

    def redeem(_: int) -> int:
        with server.client() as client:
            body = {"code": code, "password": PASSWORD, "device": PHONE}
            return client.post("/api/v1/auth/onboard", json=body).status_code

    assert _together(redeem) == [200, 401, 401, 401]


def test_one_of_the_editors_of_one_version_wins(server: Server, committing: Session, send: Send) -> None:
    station = make_station(committing)
    leader, account = staff(committing, Role.LEADER, station), person(committing, Role.OFFICER, station)
    committing.commit()

    def edit(number: int) -> int:
        with server.client(leader) as client:
            url, match = f"/api/v1/accounts/{account.id}", {"If-Match": '"1"'}
            return send(client, "patch", url, json={"name": f"警官{number}"}, headers=match).status_code

    assert _together(edit) == [200, 412, 412, 412]


@pytest.mark.parametrize("round_", range(5))
def test_closing_an_account_and_using_it_never_wait_in_a_circle(
    server: Server, committing: Session, send: Send, round_: int
) -> None:
    station, phone = make_station(committing), new_phone()
    leader, account = staff(committing, Role.LEADER, station), person(committing, Role.OFFICER, station, phone=phone)
    committing.commit()
    with server.client() as client:
        tokens = log_in_as(client, phone).json()

    def act(number: int) -> int:
        with server.client() as client:
            if number == 0:
                url = f"/api/v1/accounts/{account.id}/revoke"
                return send(client, "post", url, json={"reason": "手机丢失"}, headers=leader.headers).status_code
            if number == 1:
                return client.post("/api/v1/auth/logout", headers=bearer(tokens)).status_code
            if number == 2:
                return log_in_as(client, phone, id=tokens["device_id"]).status_code
            url = f"/api/v1/me/devices/{tokens['device_id']}"
            return client.delete(url, headers=bearer(tokens)).status_code

    assert set(_together(act)) <= {200, 204, 401, 404}


def test_a_changed_role_counts_from_the_next_request(server: Server, committing: Session, send: Send) -> None:
    station = make_station(committing)
    leader, dispatcher = staff(committing, Role.LEADER, station), staff(committing, Role.DISPATCHER, station)
    committing.commit()
    with server.client(leader) as boss, server.client(dispatcher) as client:
        assert client.get("/api/v1/accounts").status_code == 200
        url, match = f"/api/v1/accounts/{dispatcher.account.id}", {"If-Match": '"1"'}
        assert send(boss, "patch", url, json={"role": "officer"}, headers=match).status_code == 200
        assert client.get("/api/v1/accounts").status_code == 403
