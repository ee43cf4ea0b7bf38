"""A roster comes as a file: all of it, or every fault by its row; a company registers its own people only."""

from __future__ import annotations

import io
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.responders.model import Responder
from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from kit.tenancy import Organization, Station
from tests.api.conftest import Server
from tests.support.people import Login, guard, make_organization, make_station, staff

URL = "/api/v1/responders/import"
CANARY = "13987651234"


@pytest.fixture
def station(committing: Session) -> Station:
    return make_station(committing)


@pytest.fixture
def company(committing: Session, station: Station) -> Organization:
    made = make_organization(committing, station)
    made.name = "甲保安公司"
    committing.commit()
    return made


@pytest.fixture
def leader(committing: Session, station: Station, company: Organization) -> Login:
    made = staff(committing, Role.LEADER, station)
    committing.commit()
    return made


def roster(*lines: str) -> bytes:
    return "\n".join(["姓名,手机号,联盟单位", *lines]).encode()


def send(server: Server, login: Login, content: bytes, **query: Any) -> httpx.Response:
    with server.client(login) as client:
        return client.post(
            URL, params=query, files={"file": ("roster.csv", content)}, headers={"Idempotency-Key": new_id().hex}
        )


def count(session: Session, station: Station) -> int:
    query = select(func.count()).select_from(Responder).where(Responder.station_id == station.id)
    return session.execute(query).scalar_one()


def phone() -> str:
    return f"139{new_id().int % 10**8:08}"


def test_a_trial_makes_nothing_and_the_import_makes_everybody(
    server: Server, committing: Session, station: Station, leader: Login
) -> None:
    content = roster(f"王甲,{phone()},甲保安公司", f"李乙,{phone()},甲保安公司")
    tried = send(server, leader, content, dry_run=True)
    assert tried.status_code == 201, tried.text
    assert tried.json()["counts"]["guard"] == 2 and tried.json()["account_ids"] == []
    assert count(committing, station) == 0

    made = send(server, leader, content)
    assert made.status_code == 201, made.text
    assert len(made.json()["account_ids"]) == 2
    committing.rollback()
    assert count(committing, station) == 2
    entry = select(RecordEntry).where(RecordEntry.action == "roster.imported", RecordEntry.station_id == station.id)
    assert committing.execute(entry).scalar_one().actor_account_id == leader.account.id


def test_every_faulty_row_is_named_and_nothing_is_echoed(
    server: Server, committing: Session, station: Station, leader: Login
) -> None:
    answer = send(server, leader, roster(f"王甲,{CANARY}0,甲保安公司", f"李乙,{phone()},没有的公司"))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"].endswith("/roster-refused")
    assert [(fault["pointer"], fault["message"][:3]) for fault in problem["errors"]] == [
        ("/0/2/手机号", "手机号"),
        ("/0/3/联盟单位", "没有登"),
    ]
    assert CANARY not in answer.text and "没有的公司" not in answer.text
    assert count(committing, station) == 0


def test_a_company_registers_its_own_people_only(
    server: Server, committing: Session, station: Station, company: Organization
) -> None:
    other = make_organization(committing, station)
    manager = staff(committing, Role.COMPANY_MANAGER, station, organization=other)
    committing.commit()
    assert send(server, manager, roster(f"王甲,{phone()},甲保安公司")).status_code == 422
    assert send(server, manager, roster(f"王甲,{phone()},{other.name}")).status_code == 201


def test_what_is_no_roster_is_refused(server: Server, leader: Login) -> None:
    assert send(server, leader, b"PK\x03\x04 broken").status_code == 422
    assert send(server, leader, b"").status_code == 422
    with server.client(leader) as client:
        answer = client.post(URL, json={}, headers={"Idempotency-Key": new_id().hex})
        assert answer.status_code == 415
        answer = client.post(URL, files={"other": ("a.csv", b"x")}, headers={"Idempotency-Key": new_id().hex})
        assert answer.status_code == 422


def test_a_guard_imports_nobody(server: Server, committing: Session, station: Station) -> None:
    login = guard(committing, station)
    committing.commit()
    assert send(server, login, roster(f"王甲,{phone()},甲保安公司")).status_code == 403
    with server.client(login) as client:
        assert client.get(f"{URL}/template").status_code == 403


def test_the_template_is_a_roster_to_fill_in(server: Server, leader: Login) -> None:
    with server.client(leader) as client:
        answer = client.get(f"{URL}/template")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert "填写说明" in book.sheetnames
