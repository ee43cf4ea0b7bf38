from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.logins import BadgeFormat, LoginMissing, LoginTaken, masked_phone, open_phone
from dispatch.accounts.model import Account
from dispatch.accounts.passwords import PasswordRefused, is_password
from dispatch.accounts.service import create_account
from kit.actor import SYSTEM, Role
from kit.record import RecordEntry
from tests.support.people import START, make_station


def _officer(session: Session, **values: Any) -> Account:
    station = make_station(session)
    return create_account(
        session,
        role=Role.OFFICER,
        district_id=station.district_id,
        station_id=station.id,
        organization_id=None,
        name="王警官",
        actor=SYSTEM,
        at=START,
        **values,
    )


def test_the_number_is_sealed_and_shown_masked(session: Session) -> None:
    account = _officer(session, phone="139 1234 5678")
    assert account.phone_box is not None and b"1391234" not in account.phone_box
    assert open_phone(account) == "+8613912345678"
    assert masked_phone(account) == "139****5678"


def test_one_number_belongs_to_one_account(session: Session) -> None:
    _officer(session, phone="13912345678")
    with pytest.raises(LoginTaken):
        _officer(session, phone="+86 139 1234 5678")


def test_one_badge_belongs_to_one_account_whatever_its_case(session: Session) -> None:
    _officer(session, badge_no="p0312")
    with pytest.raises(LoginTaken):
        _officer(session, badge_no="Ｐ0312")


def test_trying_a_taken_number_leaves_a_trace(session: Session) -> None:
    _officer(session, phone="13912345678")
    with pytest.raises(LoginTaken):
        _officer(session, phone="13912345678")
    session.commit()
    actions = session.scalars(select(RecordEntry.action).order_by(RecordEntry.id)).all()
    assert actions == ["account.created", "account.login_found_taken"]


def test_an_account_needs_something_to_log_in_with(session: Session) -> None:
    with pytest.raises(LoginMissing):
        _officer(session)


def test_a_badge_that_is_a_phone_number_is_refused(session: Session) -> None:
    with pytest.raises(BadgeFormat):
        _officer(session, badge_no="13912345678")


def test_a_password_is_kept_as_argon2id_only(session: Session) -> None:
    account = _officer(session, badge_no="031245", password="梧桐树下的老哨兵")
    assert account.password_hash is not None and account.password_hash.startswith("$argon2id$")
    assert is_password("梧桐树下的老哨兵", account.password_hash)
    assert not is_password("梧桐树下的老哨兵", None)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short1", "password-too-short"),
        ("x" * 129, "password-too-long"),
        ("12121212", "password-common"),
        ("Password1", "password-common"),
        ("my13912345678", "password-is-login"),
        ("p031245zz", "password-is-login"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(session: Session, password: str, code: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        _officer(session, phone="13912345678", badge_no="P031245", password=password)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_those_without_a_phone_number_are_not_one_person(session: Session) -> None:
    _officer(session, badge_no="A001")
    assert _officer(session, badge_no="A002").phone_index is None
