"""One-time codes with which the owner of an account sets his first password, or a new one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.access.managing import require_managed
from dispatch.accounts import repository
from dispatch.accounts.logins import known_as, open_phone, vault
from dispatch.accounts.model import Account, OnboardingCode
from dispatch.accounts.passwords import check_password, hash_password
from dispatch.sessions import ending
from dispatch.sessions.service import Opened, actor_of, open_session
from kit import record
from kit.actor import Actor, Grant, Role
from kit.errors import Conflict, Unauthenticated
from kit.ids import new_code, new_id
from notifications.devices.service import DeviceInfo

LIFETIME = timedelta(hours=72)


class CodeRefused(Unauthenticated):
    """This code does not exist, was used, or has run out. Ask your company or the station for a new one."""

    slug, title, hint = "onboarding-code", "开通码无效或已过期", "请向本单位或本所重新领取开通码。"


class AccountClosed(Conflict):
    """The account is not active."""

    slug, title, hint = "account-closed", "账号已停用", "请先启用该账号。"


@dataclass(frozen=True, kw_only=True)
class MadeCode:
    """A code, told once."""

    account_id: uuid.UUID
    code: str
    expires_at: datetime


def make_code(session: Session, *, grant: Grant, account_id: uuid.UUID, at: datetime) -> MadeCode:
    """A code for an account within reach and below one's own rank; an earlier one ends.

    Raises NotFound, RoleNotManaged, AccountClosed.
    """
    account = repository.get_visible(session, account_id, grant, lock=True)
    require_managed(grant.actor, Role(account.role))
    return issue_code(session, account, actor=grant.actor, at=at)


def issue_code(session: Session, account: Account, *, actor: Actor, at: datetime) -> MadeCode:
    """As ``make_code``, for a caller that needs no right (the command line)."""
    if not account.active:
        raise AccountClosed
    repository.revoke_codes(session, account.id, at=at)
    code = new_code()
    session.add(
        OnboardingCode(
            id=new_id(),
            account_id=account.id,
            # a keyed digest: forty bits would not withstand guessing against a plain one
            code_hash=vault().index(_context(code)),
            made_by=actor.account_id,
            made_at=at,
            expires_at=at + LIFETIME,
        )
    )
    _note(session, "onboarding_code.made", account, actor, at)
    return MadeCode(account_id=account.id, code=code, expires_at=at + LIFETIME)


def redeem(
    session: Session, *, code: str, password: str, device: DeviceInfo, at: datetime, request_id: str | None = None
) -> Opened:
    """Set the password with a code and log in; other logins of the account end. A lock ends too.

    The code is read without regard to case, spaces and hyphens. Raises CodeRefused, PasswordRefused
    (the code stays good).
    """
    written = "".join(char for char in code.upper() if char.isalnum())
    found = repository.find_open_code(session, vault().index(_context(written)), at=at)
    if found is None:
        raise CodeRefused
    account = repository.get_locked(session, found.account_id)
    if not account.active:
        raise CodeRefused
    actor = actor_of(account, request_id=request_id)
    _set_password(session, account, password, actor=actor, at=at)
    found.used_at = at
    _note(session, "onboarding_code.used", account, actor, at)
    return open_session(session, account=account, device=device, at=at, request_id=request_id)


def reset_password(session: Session, account: Account, *, password: str, actor: Actor, at: datetime) -> None:
    """Set somebody's password without a code (the command line); raises PasswordRefused."""
    _set_password(session, account, password, actor=actor, at=at)
    _note(session, "account.password_reset", account, actor, at)


def _set_password(session: Session, account: Account, password: str, *, actor: Actor, at: datetime) -> None:
    check_password(password, logins=known_as(open_phone(account), account.badge_no))
    account.password_hash = hash_password(password)
    account.failed_logins, account.locked_until = 0, None
    account.version += 1
    ending.end_all(session, account_id=account.id, actor=actor, at=at, reason="password_changed")


def _context(code: str) -> str:
    return f"onboarding code {code}"


def _note(session: Session, action: str, account: Account, actor: Actor, at: datetime) -> None:
    record.write(
        session,
        action,
        actor=actor,
        at=at,
        subject_kind="account",
        subject_id=account.id,
        station_id=account.station_id,
    )
