"""Logins in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.sessions.model import LoginSession
from kit.actor import Grant
from kit.errors import NotFound
from kit.reach import rows_within
from notifications.devices.model import Device


def visible(grant: Grant) -> ColumnElement[bool]:
    """One's own logins."""
    return rows_within(grant, own=LoginSession.account_id)


def _live(at: datetime) -> ColumnElement[bool]:
    return and_(LoginSession.revoked_at.is_(None), LoginSession.expires_at > at)


def get_visible(session: Session, session_id: uuid.UUID, grant: Grant, *, at: datetime) -> LoginSession:
    """A live login; raises NotFound."""
    query = select(LoginSession).where(LoginSession.id == session_id, visible(grant), _live(at)).with_for_update()
    login = session.execute(query).scalar_one_or_none()
    if login is None:
        raise NotFound
    return login


def list_live(session: Session, account_id: uuid.UUID, *, at: datetime) -> list[tuple[LoginSession, Device]]:
    """The live logins of an account with their devices, the one used last first."""
    query = (
        select(LoginSession, Device)
        .join(Device, Device.id == LoginSession.device_id)
        .where(LoginSession.account_id == account_id, _live(at), Device.revoked_at.is_(None))
        .order_by(LoginSession.refreshed_at.desc(), LoginSession.id)
    )
    return [(login, device) for login, device in session.execute(query)]


def find_by_refresh(session: Session, refresh_hash: bytes) -> LoginSession | None:
    """The login whose present or last spent refresh token this is, held until the end of the transaction."""
    query = (
        select(LoginSession)
        .where(or_(LoginSession.refresh_hash == refresh_hash, LoginSession.spent_hash == refresh_hash))
        .with_for_update()
    )
    return session.execute(query).scalar_one_or_none()


def is_good(session: Session, login: LoginSession, *, at: datetime) -> bool:
    """Whether login, account and device are all in force."""
    return not list_dead(session, {login.id}, at)


def list_dead(session: Session, session_ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Those of ``session_ids`` that are over: revoked, run out, account closed, device revoked, or unknown."""
    if not session_ids:
        return set()
    query = (
        select(LoginSession.id)
        .join(Account, Account.id == LoginSession.account_id)
        .join(Device, Device.id == LoginSession.device_id)
        .where(LoginSession.id.in_(session_ids), _live(at), Account.active, Device.revoked_at.is_(None))
    )
    return set(session_ids) - set(session.execute(query).scalars())


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """What a live connection was opened with; another one means that it must be opened anew."""

    role: str
    station_id: uuid.UUID | None
    organization_id: uuid.UUID | None


def fingerprints(session: Session, session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Fingerprint]:
    """Role, station and organization of the account behind each login, as they are now."""
    if not session_ids:
        return {}
    query = (
        select(LoginSession.id, Account.role, Account.station_id, Account.organization_id)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.id.in_(session_ids))
    )
    return {
        row.id: Fingerprint(role=row.role, station_id=row.station_id, organization_id=row.organization_id)
        for row in session.execute(query)
    }


def revoke(
    session: Session,
    *,
    at: datetime,
    reason: str,
    account_id: uuid.UUID,
    device_id: uuid.UUID | None = None,
    except_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """End the live logins of an account, on one device or on all; returns which."""
    query = update(LoginSession).where(LoginSession.account_id == account_id, LoginSession.revoked_at.is_(None))
    if device_id is not None:
        query = query.where(LoginSession.device_id == device_id)
    if except_id is not None:
        query = query.where(LoginSession.id != except_id)
    ended = session.execute(query.values(revoked_at=at, revoked_reason=reason).returning(LoginSession.id))
    return list(ended.scalars())
