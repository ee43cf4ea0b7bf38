"""Accounts: made, changed, closed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.accounts import repository
from dispatch.accounts.logins import (
    PHONE_CONTEXT,
    LoginFoundTaken,
    LoginMissing,
    LoginTaken,
    known_as,
    normalize_badge,
    vault,
)
from dispatch.accounts.model import Account
from dispatch.accounts.passwords import check_password, hash_password
from kit import record
from kit.actor import Actor, Role
from kit.ids import new_id
from kit.phones import normalize_phone


def create_account(
    session: Session,
    *,
    role: Role,
    district_id: uuid.UUID,
    station_id: uuid.UUID | None,
    organization_id: uuid.UUID | None,
    name: str,
    phone: str | None = None,
    badge_no: str | None = None,
    password: str | None = None,
    actor: Actor,
    at: datetime,
    demo: bool = False,
) -> Account:
    """A new account; asks for no right (imports, the command line, and ``accounts.management`` after its checks).

    ``phone`` and ``badge_no`` as people write them, one of them at least. Without ``password`` it is opened by
    an onboarding code. Raises PhoneFormat, BadgeFormat, LoginFoundTaken, LoginMissing, LoginTaken, PasswordRefused.
    """
    number = normalize_phone(phone) if phone else None
    badge = normalize_badge(badge_no) if badge_no else None
    if number is None and badge is None:
        raise LoginMissing
    if password is not None:
        check_password(password, logins=known_as(number, badge))
    refuse_taken(session, phone=number, badge_no=badge, actor=actor, at=at)
    account = Account(
        id=new_id(),
        role=role.value,
        district_id=district_id,
        station_id=station_id,
        organization_id=organization_id,
        name=name,
        password_hash=hash_password(password) if password is not None else None,
        created_at=at,
        demo=demo,
    )
    set_logins(account, phone=number, badge_no=badge)
    store(session, account)
    record.write(
        session,
        "account.created",
        actor=actor,
        at=at,
        subject_kind="account",
        subject_id=account.id,
        station_id=station_id,
        role=role.value,
        organization_id=str(organization_id) if organization_id else None,
    )
    return account


def set_logins(account: Account, *, phone: str | None, badge_no: str | None) -> None:
    """Put the normalised number and badge on the row; the number sealed."""
    account.phone_box = vault().seal(phone, context=PHONE_CONTEXT) if phone is not None else None
    account.phone_index = vault().index(phone) if phone is not None else None
    account.badge_no = badge_no


def refuse_taken(
    session: Session,
    *,
    phone: str | None,
    badge_no: str | None,
    actor: Actor,
    at: datetime,
    except_id: uuid.UUID | None = None,
) -> None:
    """Raise LoginFoundTaken when another account has the number or the badge. Call it before changing anything."""
    phone_index = vault().index(phone) if phone is not None else None
    if repository.is_login_taken(session, phone_index=phone_index, badge_no=badge_no, except_id=except_id):
        record.write(session, "account.login_found_taken", actor=actor, at=at, subject_kind="account", subject_id=None)
        raise LoginFoundTaken


def store(session: Session, account: Account) -> None:
    """Write it; two at once with one number end in LoginTaken for the later."""
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError as exc:
        if "phone_index" in str(exc.orig) or "badge_no" in str(exc.orig):
            raise LoginTaken from None
        raise
