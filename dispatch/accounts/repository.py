"""Accounts in the database. The one place that knows who sees which."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select, update
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account, OnboardingCode
from geo.responders.model import Responder
from kit.actor import Grant
from kit.errors import NotFound
from kit.paging import Slice
from kit.reach import rows_within


def visible(grant: Grant) -> ColumnElement[bool]:
    """The accounts that ``grant`` reaches."""
    return rows_within(
        grant,
        own=Account.id,
        organization=Account.organization_id,
        station=Account.station_id,
        district=Account.district_id,
    )


def get_visible(session: Session, account_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Account:
    """Raises NotFound when it is absent or out of reach."""
    query = select(Account).where(Account.id == account_id, visible(grant))
    if lock:
        query = query.with_for_update(key_share=True)
    account = session.execute(query).scalar_one_or_none()
    if account is None:
        raise NotFound
    return account


def list_visible(
    session: Session,
    grant: Grant,
    *,
    part: Slice,
    role: str | None = None,
    active: bool | None = None,
    organization_id: uuid.UUID | None = None,
) -> list[Account]:
    """One row more than asked for, newest first."""
    query = select(Account).where(visible(grant))
    if role is not None:
        query = query.where(Account.role == role)
    if active is not None:
        query = query.where(Account.active == active)
    if organization_id is not None:
        query = query.where(Account.organization_id == organization_id)
    query = part.newest_first(query, Account.created_at, Account.id)
    return list(session.execute(query).scalars())


def find_by_login(
    session: Session, *, phone_index: bytes | None, badge_no: str | None, lock: bool = False
) -> Account | None:
    """The account with this phone number or this 工号.

    Locked as NO KEY UPDATE: guesses at one password wait for each other, and nothing else waits for them.
    """
    wanted = []
    if phone_index is not None:
        wanted.append(Account.phone_index == phone_index)
    if badge_no is not None:
        wanted.append(Account.badge_no == badge_no)
    if not wanted:
        return None
    query = select(Account).where(or_(*wanted)).order_by(Account.id).limit(1)
    if lock:
        query = query.with_for_update(key_share=True)
    return session.execute(query).scalar_one_or_none()


def is_login_taken(
    session: Session, *, phone_index: bytes | None, badge_no: str | None, except_id: uuid.UUID | None = None
) -> bool:
    """Whether an account other than ``except_id`` has the phone number or the badge."""
    wanted = []
    if phone_index is not None:
        wanted.append(Account.phone_index == phone_index)
    if badge_no is not None:
        wanted.append(Account.badge_no == badge_no)
    query = select(Account.id).where(or_(false(), *wanted)).limit(1)
    if except_id is not None:
        query = query.where(Account.id != except_id)
    return session.execute(query).first() is not None


def count_active_of(session: Session, organization_id: uuid.UUID) -> int:
    query = select(func.count()).where(Account.organization_id == organization_id, Account.active)
    return session.execute(query).scalar_one()


def list_responder_ids(session: Session, account_id: uuid.UUID) -> list[uuid.UUID]:
    """The active responders that this account answers for."""
    query = select(Responder.id).where(Responder.account_id == account_id, Responder.active)
    return list(session.execute(query).scalars())


def get_locked(session: Session, account_id: uuid.UUID) -> Account:
    """The row, held against other changes; raises NotFound."""
    query = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    account = session.execute(query).scalar_one_or_none()
    if account is None:
        raise NotFound
    return account


def get_account(session: Session, account_id: uuid.UUID) -> Account:
    """The row as it is, not held; raises NotFound."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def revoke_codes(session: Session, account_id: uuid.UUID, *, at: datetime) -> None:
    """End every onboarding code of the account that is still open."""
    session.execute(
        update(OnboardingCode)
        .where(
            OnboardingCode.account_id == account_id,
            OnboardingCode.used_at.is_(None),
            OnboardingCode.revoked_at.is_(None),
        )
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )


def find_open_code(session: Session, code_hash: bytes, *, at: datetime) -> OnboardingCode | None:
    """The code if it can still be used, held so that it is used once."""
    query = (
        select(OnboardingCode)
        .where(
            OnboardingCode.code_hash == code_hash,
            OnboardingCode.used_at.is_(None),
            OnboardingCode.revoked_at.is_(None),
            OnboardingCode.expires_at > at,
        )
        .with_for_update()
    )
    return session.execute(query).scalar_one_or_none()
