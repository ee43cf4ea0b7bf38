"""A telephone number is planted, every endpoint of people is walked, and it may come out nowhere."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from kit import log
from kit.actor import Role
from tests.api.conftest import Server
from tests.support.entry import PASSWORD, PHONE, bearer, new_phone
from tests.support.people import make_organization, make_station, staff

Send = Callable[..., httpx.Response]


@pytest.fixture
def captured_log(server: Server) -> Iterator[io.StringIO]:
    """All that the process logs, at the finest level, through the real redaction."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log.setup(level="DEBUG")
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    root.handlers, root.level = handlers, level


def test_a_telephone_number_leaves_by_no_answer_and_no_log(
    server: Server, committing: Session, send: Send, captured_log: io.StringIO
) -> None:
    canary, next_canary = new_phone(), new_phone()
    station = make_station(committing)
    leader, company = staff(committing, Role.LEADER, station), make_organization(committing, station)
    committing.commit()
    answers: list[httpx.Response] = []

    def call(client: httpx.Client, method: str, url: str, **kwargs: object) -> httpx.Response:
        answers.append(send(client, method, url, **kwargs))
        return answers[-1]

    with server.client(leader) as boss, server.client() as phone:
        new = {"role": "guard", "name": "李卫国", "phone": canary, "organization_id": str(company.id)}
        made = call(boss, "post", "/api/v1/accounts", json=new).json()
        call(boss, "post", "/api/v1/accounts", json=new)
        call(boss, "post", "/api/v1/accounts", json={**new, "phone": f"{canary}; DROP"})
        call(boss, "post", "/api/v1/accounts", json={**new, "telephone": canary})
        code = call(boss, "post", "/api/v1/onboarding-codes", json={"account_id": made["id"]}).json()["code"]
        weak = {"code": code, "password": canary, "device": PHONE}
        call(phone, "post", "/api/v1/auth/onboard", json=weak)
        tokens = call(phone, "post", "/api/v1/auth/onboard", json={**weak, "password": PASSWORD}).json()
        login = {"login": canary, "password": PASSWORD, "device": PHONE}
        assert call(phone, "post", "/api/v1/auth/login", json=login).status_code == 200
        call(phone, "post", "/api/v1/auth/login", json={**login, "password": canary})
        call(phone, "post", "/api/v1/auth/login", json={**login, "login": [canary]})
        call(phone, "post", "/api/v1/auth/login", json={**login, "device": {"kind": canary, "name": "x"}})
        refresh = {"refresh_token": tokens["refresh_token"], "device_id": tokens["device_id"]}
        tokens = call(phone, "post", "/api/v1/auth/refresh", json=refresh).json()
        for url in ("/api/v1/me", "/api/v1/me/sessions", "/api/v1/me/devices", f"/api/v1/accounts/{canary}"):
            call(phone, "get", url, headers=bearer(tokens))
        password = {"current_password": canary, "new_password": canary}
        call(phone, "put", "/api/v1/me/password", json=password, headers=bearer(tokens))
        url = f"/api/v1/accounts/{made['id']}"
        version = call(boss, "get", url).headers["etag"]
        version = call(boss, "patch", url, json={"phone": next_canary}, headers={"If-Match": version}).headers["etag"]
        call(boss, "get", "/api/v1/accounts")
        call(boss, "get", "/api/v1/records")
        call(boss, "post", f"{url}/revoke", json={"reason": "手机丢失"})
        call(boss, "post", f"{url}/deactivate", json={"reason": "离职"}, headers={"If-Match": version})
        call(boss, "get", "/api/v1/accounts", params={"role": canary})
        call(boss, "get", "/api/v1/records", params={"cursor": canary})

    logged = captured_log.getvalue()
    assert logged.count("answered") >= len(answers)
    for number in (canary, next_canary):
        for answer in answers:
            assert number not in answer.text, answer.request.url
            assert number not in str(answer.headers), answer.request.url
        assert number not in logged
    assert f"{canary[:3]}****{canary[-4:]}" in answers[0].text
    # and it is in clear in no table either
    tables = committing.scalars(
        text(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type LIKE 'BASE%'"
        )
    ).all()
    for table in tables:
        found = committing.scalar(
            text(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE :a OR t::text LIKE :b'),
            {"a": f"%{canary}%", "b": f"%{next_canary}%"},
        )
        assert found == 0, table
