"""Logging in, and staying so."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.accounts import repository as accounts
from dispatch.accounts.logins import known_as, open_phone, read_login
from dispatch.accounts.model import Account
from dispatch.accounts.passwords import PasswordWrong, check_password, hash_password, is_password
from dispatch.sessions import ending, repository
from dispatch.sessions.authentication import make_access_token
from dispatch.sessions.model import LoginSession
from dispatch.sessions.tokens import successor
from geo.availability import repository as availability
from kit import record
from kit.actor import Actor, Grant, Role
from kit.errors import Fault, Unauthenticated
from kit.ids import digest, new_id, new_secret
from kit.settings import get_settings
from notifications.devices import service as devices
from notifications.devices.service import DeviceInfo

FAILURES_TO_LOCK = 5
LOCK_FOR = timedelta(minutes=15)
#: how long a spent refresh token may be shown again: an answer that bad signal swallowed
GRACE = timedelta(seconds=10)


class LoginFailed(Unauthenticated):
    """Nobody has this number and password, or the account is locked for a while."""

    # one answer for an unknown number, a wrong password and a lock: it tells nobody who has an account
    slug, title = "login-failed", "号码或密码不正确"
    hint = "请核对后重试；连续输错 5 次将锁定 15 分钟，可请本所或本单位重新发放开通码。"
    keeps_work = True


class RefreshRefused(Unauthenticated):
    """This refresh token is not, or no longer, good."""

    slug = "invalid-token"
    keeps_work = True


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A login with its two tokens; the refresh token is told here and never again."""

    account_id: uuid.UUID
    session_id: uuid.UUID
    device_id: uuid.UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


def log_in(
    session: Session, *, login: str, password: str, device: DeviceInfo, at: datetime, request_id: str | None = None
) -> Opened:
    """Open a session by phone number or badge number and password; raises LoginFailed."""
    phone_index, badge_no = read_login(login)
    account = accounts.find_by_login(session, phone_index=phone_index, badge_no=badge_no, lock=True)
    locked = account is not None and account.locked_until is not None and account.locked_until > at
    usable = account is not None and account.active and not locked
    # a password is checked in any case: a quick answer would tell that there is nobody
    genuine = is_password(password, account.password_hash if account is not None and usable else None)
    if account is None or not usable:
        raise LoginFailed
    if not genuine:
        count_failure(session, account, at=at, request_id=request_id)
        raise LoginFailed
    account.failed_logins, account.locked_until = 0, None
    return open_session(session, account=account, device=device, at=at, request_id=request_id)


def count_failure(session: Session, account: Account, *, at: datetime, request_id: str | None) -> None:
    """One wrong password more; the fifth in a row locks new logins, never a live one."""
    account.failed_logins += 1
    if account.failed_logins >= FAILURES_TO_LOCK:
        account.failed_logins, account.locked_until = 0, at + LOCK_FOR
        actor = actor_of(account, request_id=request_id)
        record.write(session, "account.locked", actor=actor, at=at, subject_kind="account", subject_id=account.id)


def open_session(
    session: Session, *, account: Account, device: DeviceInfo, at: datetime, request_id: str | None = None
) -> Opened:
    """A new login of an account that has proved itself. An earlier one on the same device ends."""
    settings = get_settings()
    actor = actor_of(account, request_id=request_id, device_id=device.id)
    # logins before devices, here as everywhere, so that nobody waits in a circle
    if device.id is not None:
        ending.end_on_device(session, account_id=account.id, device_id=device.id, actor=actor, at=at, reason="replaced")
    known = devices.recognize(session, account_id=account.id, info=device, at=at)
    token = new_secret()
    login = LoginSession(
        id=new_id(),
        account_id=account.id,
        device_id=known.id,
        refresh_hash=digest(token),
        started_at=at,
        refreshed_at=at,
        expires_at=at + timedelta(seconds=settings.refresh_token_s),
    )
    session.add(login)
    session.flush()
    availability.note_account(session, account.id)
    record.write(session, "session.started", actor=actor, at=at, subject_kind="session", subject_id=login.id)
    return _opened(login, token, at)


def refresh(
    session: Session, *, refresh_token: str, device_id: uuid.UUID, at: datetime, request_id: str | None = None
) -> Opened:
    """Exchange a refresh token; raises RefreshRefused.

    The same token may be shown again for 10 s by the same device and is answered alike. Later, or from
    another device, it is a copy: the session ends, for its owner too.
    """
    presented = digest(refresh_token)
    login = repository.find_by_refresh(session, presented)
    if login is None or not repository.is_good(session, login, at=at):
        raise RefreshRefused
    spent = login.refresh_hash != presented
    if login.device_id != device_id or (spent and at > login.refreshed_at + GRACE):
        reason = "refresh_token_reused" if spent else "refresh_token_moved"
        # the account is not held: whoever closes it holds it first and its logins after
        actor = actor_of(accounts.get_account(session, login.account_id), request_id=request_id)
        ending.end(session, login, actor=actor, at=at, reason=reason)
        raise RefreshRefused
    settings = get_settings()
    token = successor(refresh_token, session_id=login.id, key=settings.token_key.get_secret_value())
    if not spent:
        login.spent_hash, login.refresh_hash = presented, digest(token)
        login.refreshed_at = at
        login.expires_at = at + timedelta(seconds=settings.refresh_token_s)
    return _opened(login, token, at)


def change_password(session: Session, *, grant: Grant, current: str, new: str, at: datetime) -> None:
    """Set one's own password; every other login ends. Raises PasswordWrong, PasswordRefused."""
    actor = grant.actor
    assert actor.account_id is not None
    account = accounts.get_locked(session, actor.account_id)
    locked = account.locked_until is not None and account.locked_until > at
    if not is_password(current, None if locked else account.password_hash):
        if not locked:
            count_failure(session, account, at=at, request_id=actor.request_id)
        fault = Fault(pointer="/current_password", code="password-wrong", message=PasswordWrong.title)
        raise PasswordWrong(faults=(fault,))
    check_password(new, logins=known_as(open_phone(account), account.badge_no), pointer="/new_password")
    account.password_hash, account.failed_logins = hash_password(new), 0
    account.version += 1
    ending.end_all(
        session,
        account_id=account.id,
        actor=actor,
        at=at,
        reason="password_changed",
        except_id=actor.session_id,
    )
    record.write(session, "account.password_changed", actor=actor, at=at, subject_kind="account", subject_id=account.id)


def actor_of(account: Account, *, request_id: str | None, device_id: uuid.UUID | None = None) -> Actor:
    """The account as one who acts without a login of his own: for the record."""
    return Actor(
        role=Role(account.role),
        account_id=account.id,
        device_id=device_id,
        district_id=account.district_id,
        station_id=account.station_id,
        organization_id=account.organization_id,
        request_id=request_id,
    )


def _opened(login: LoginSession, refresh_token: str, at: datetime) -> Opened:
    settings = get_settings()
    return Opened(
        account_id=login.account_id,
        session_id=login.id,
        device_id=login.device_id,
        access_token=make_access_token(
            account_id=login.account_id,
            session_id=login.id,
            at=at,
            key=settings.token_key.get_secret_value(),
            lifetime_s=settings.access_token_s,
        ),
        access_expires_at=at + timedelta(seconds=settings.access_token_s),
        refresh_token=refresh_token,
        refresh_expires_at=login.expires_at,
    )
