"""A roster becomes accounts and responders, or nothing at all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

import dispatch.projections  # noqa: F401
from cli.main import build
from dispatch.access.table import Permission, grant
from dispatch.accounts.model import Account
from dispatch.rosters.service import import_roster
from geo.crs import Position
from geo.responders.model import Responder, ResponderIndex
from geo.responders.rules import Kind
from geo.rosters.faults import RosterRefused
from geo.rosters.parse import RosterRow, read
from geo.rosters.sheets import Sheet
from kit.actor import SYSTEM, Role
from kit.crypto import get_vault
from kit.record import RecordEntry
from kit.tenancy import Station
from tests.support.database import Clone
from tests.support.people import (
    DATA_KEY,
    LAT,
    LON,
    START,
    WHOLE_WEEK,
    make_account,
    make_organization,
    make_phone_account,
    make_responder,
    make_station,
)

WRITE = grant(SYSTEM, Permission.RESPONDER_WRITE)


@pytest.fixture
def station(session: Session) -> Station:
    found = make_station(session)
    for name, kind in (("保安公司", "security_company"), ("便利公司", "merchant"), ("派出所", "police")):
        make_organization(session, found, kind).name = name
    session.flush()
    return found


def _guard(row: int = 2, **values: Any) -> RosterRow:
    given = {"name": f"保安{row}", "organization": "保安公司", "phone": f"+861380000{row:04}", **values}
    return RosterRow(sheet="", row=row, kind=Kind.GUARD, **given)


HOUSE = RosterRow(
    sheet="",
    row=3,
    kind=Kind.SAFE_HOUSE,
    name="便利店",
    organization="便利公司",
    contact="李秀英",
    phone="+8613800009999",
    position=Position(LON, LAT),
    hours=WHOLE_WEEK,
    capabilities=("aed",),
)
PATROL = RosterRow(
    sheet="", row=4, kind=Kind.PATROL_UNIT, name="一号车", organization="派出所", contact="张伟", badge_no="ROSTER-31",
    mobility="car", crew=2,
)  # fmt: skip


def _import(session: Session, station: Station, *rows: RosterRow, **values: Any) -> Any:
    return import_roster(session, grant=WRITE, station=station, rows=rows, at=START, **values)


def _refused(session: Session, station: Station, *rows: RosterRow) -> list[tuple[int, str, str]]:
    before = session.execute(select(func.count()).select_from(Account)).scalar_one()
    with pytest.raises(RosterRefused) as refused:
        _import(session, station, *rows)
    assert session.execute(select(func.count()).select_from(Account)).scalar_one() == before
    return [(fault.row, fault.column, fault.reason) for fault in refused.value.row_faults]


def test_each_kind_gets_its_account_without_password_and_its_index_row(session: Session, station: Station) -> None:
    done = _import(session, station, _guard(skills=("first_aid",)), HOUSE, PATROL)
    assert done.counts == {Kind.GUARD: 1, Kind.SAFE_HOUSE: 1, Kind.PATROL_UNIT: 1}
    rows = session.execute(
        select(Responder, Account, ResponderIndex)
        .join(Account, Account.id == Responder.account_id)
        .join(ResponderIndex, ResponderIndex.responder_id == Responder.id)
        .where(Responder.station_id == station.id)
    )
    found = {responder.kind: (account, index) for responder, account, index in rows}
    assert {kind: account.role for kind, (account, _) in found.items()} == {
        "guard": Role.GUARD,
        "safe_house": Role.KEEPER,
        "patrol_unit": Role.OFFICER,
    }
    assert all(account.password_hash is None for account, _ in found.values())
    assert found["safe_house"][0].name == "李秀英"
    assert found["safe_house"][1].on_duty
    assert found["guard"][1].skills == ["first_aid"]


def test_phone_numbers_are_sealed(session: Session, station: Station) -> None:
    (account_id,) = _import(session, station, _guard()).account_ids
    account = session.get_one(Account, account_id)
    assert account.phone_box is not None
    assert b"1380000" not in account.phone_box
    assert get_vault(DATA_KEY).open(account.phone_box, context="accounts.phone") == "+8613800000002"


def test_an_import_is_recorded_once_as_a_whole_and_once_for_each(session: Session, station: Station) -> None:
    _import(session, station, _guard(2), _guard(3))
    session.commit()
    actions = session.execute(
        select(RecordEntry.action).where(RecordEntry.station_id == station.id).order_by(RecordEntry.id)
    ).scalars()
    assert list(actions) == [*["account.created", "responder.created"] * 2, "roster.imported"]


def test_progress_is_told_row_by_row(session: Session, station: Station) -> None:
    told: list[int] = []
    _import(session, station, _guard(2), _guard(3), progress=told.append)
    assert told == [1, 2]


def test_an_unknown_organization_or_post_is_named(session: Session, station: Station) -> None:
    faults = _refused(session, station, _guard(2), _guard(5, organization="没有的公司"), _guard(6, post="没有的门"))
    assert [(row, column) for row, column, _ in faults] == [(5, "联盟单位"), (6, "岗位")]


def test_guards_are_not_police_and_patrols_are(session: Session, station: Station) -> None:
    strange = RosterRow(**{**PATROL.__dict__, "organization": "保安公司"})
    faults = _refused(session, station, _guard(2, organization="派出所"), strange)
    assert [(row, reason) for row, _, reason in faults] == [
        (2, "公安单位只登记巡逻警力"),
        (4, "巡逻警力须属于公安单位"),
    ]


def test_what_the_database_has_already_is_named(session: Session, station: Station) -> None:
    make_phone_account(session, Role.OFFICER, make_station(session), "+8613800000002", badge_no=None)
    make_account(session, Role.OFFICER, station, badge_no="TAKEN-1")
    make_responder(session, "safe_house", station).name = HOUSE.name
    session.flush()
    faults = _refused(session, station, _guard(2), HOUSE, _guard(4, badge_no="TAKEN-1"))
    assert [(row, column) for row, column, _ in faults] == [(2, "手机号"), (3, "名称"), (4, "工号")]


def test_a_namesake_of_a_guard_is_somebody_else(session: Session, station: Station) -> None:
    make_responder(session, "guard", station).name = "张伟"
    session.flush()
    assert _import(session, station, _guard(2, name="张伟"), _guard(3, name="张伟")).counts[Kind.GUARD] == 2


def test_what_the_file_and_what_the_station_says_against_it_is_told_in_one_go(
    session: Session, station: Station
) -> None:
    make_account(session, Role.GUARD, station, badge_no="TAKEN-2")
    rows = (
        ("姓名", "手机号", "联盟单位", "工号", "技能"),
        ("赵四", "999", "没有的公司", "", ""),
        ("钱五", "13800000077", "保安公司", "TAKEN-2", "会飞"),
        ("", "13800000078", "也没有", "", ""),
    )
    found = read([Sheet("", tuple(enumerate(rows, start=1)))], kind=Kind.GUARD)
    with pytest.raises(RosterRefused) as refused:
        _import(session, station, *found.rows, faults=found.faults)
    assert [(fault.row, fault.column) for fault in refused.value.row_faults] == [
        (2, "手机号"), (2, "联盟单位"), (3, "工号"), (3, "技能"), (4, "姓名"), (4, "联盟单位"),
    ]  # fmt: skip


def test_a_second_import_of_one_roster_changes_nothing(session: Session, station: Station) -> None:
    _import(session, station, _guard(2), HOUSE)
    faults = _refused(session, station, _guard(2), HOUSE)
    assert {(row, column) for row, column, _ in faults} == {(2, "手机号"), (3, "名称"), (3, "手机号")}


def test_an_imported_guard_can_go_on_duty(session: Session, station: Station) -> None:
    from geo.duty import service as duty

    _import(session, station, _guard())
    him = session.execute(select(Responder).where(Responder.station_id == station.id)).scalar_one()
    started = duty.start(session, responder_id=him.id, planned_end=START + timedelta(hours=8), actor=SYSTEM, at=START)
    assert started.ended_at is None


@pytest.fixture
def command(committed_clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line on a database of its own with one station and one company."""
    from kit.settings import get_settings

    monkeypatch.setenv("PINGAN_DATABASE_URL", committed_clone.app_url)
    get_settings.cache_clear()
    yield lambda *arguments: CliRunner().invoke(build(), ["import", *arguments])
    get_settings.cache_clear()


@pytest.fixture
def town(committed_database: Engine) -> str:
    with Session(committed_database) as session:
        found = make_station(session)
        make_organization(session, found).name = "保安公司"
        session.commit()
        return found.code


def _count(engine: Engine) -> int:
    with Session(engine) as session:
        return session.execute(select(func.count()).select_from(Responder)).scalar_one()


def test_the_command_imports_a_file_and_shows_faults_by_row(
    command: Any, committed_database: Engine, town: str, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("姓名,手机号,联盟单位\n王建国,13800000001,保安公司\n李卫东,13800000002,保安公司\n")
    bad.write_text("姓名,手机号,联盟单位\n赵四,13800000003,没有的公司\n钱五,999,保安公司\n")
    refused = command("responders", str(bad), "--station", town)
    assert refused.exit_code != 0
    assert "第 3 行“手机号”：手机号格式不正确" in refused.output
    assert "第 2 行“联盟单位”：没有登记这个联盟单位" in refused.output
    assert _count(committed_database) == 0
    tried = command("responders", str(good), "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert _count(committed_database) == 0
    done = command("responders", str(good), "--station", town)
    assert done.exit_code == 0, done.output
    assert "imported 2 guard" in done.output
    assert _count(committed_database) == 2
    again = command("responders", str(good))
    assert again.exit_code != 0
    assert "第 2 行" in again.output
    assert _count(committed_database) == 2


def test_the_command_names_what_is_missing(command: Any, committed_database: Engine, town: str, tmp_path: Path) -> None:
    roster = tmp_path / "r.csv"
    roster.write_text("姓名,手机号,联盟单位\n王建国,13800000001,保安公司\n")
    for arguments, sentence in (
        (("responders", str(roster), "--station", "nowhere"), "There is no station nowhere;"),
        (("responders", str(roster), "--kind", "fireman"), "There is no kind fireman"),
        (("responders", str(tmp_path / "absent.csv")), "There is no file absent.csv."),
    ):
        result = command(*arguments)
        assert result.exit_code != 0
        assert sentence in str(result.exception)


def test_the_template_is_written_once(command: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    assert command("template", str(path)).exit_code == 0
    assert path.exists()
    assert command("template", str(path)).exit_code != 0
    assert command("template", str(tmp_path / "t.csv")).exit_code != 0
