"""Logins in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from dispatch.sessions.model import LoginSession
from kit.actor import Grant
from kit.errors import NotFound
from kit.prepared import Prepared
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
    return login.id in list_good(session, {login.id}, at)


class Fingerprint(NamedTuple):
    """What a live connection was opened with; another one means that it must be opened anew. Ids as text."""

    role: str
    station_id: str | None
    organization_id: str | None


# every socket's, every two seconds
_GOOD = Prepared(
    """
    SELECT s.id, a.role, a.station_id::text AS station, a.organization_id::text AS organization
    FROM sessions s JOIN accounts a ON a.id = s.account_id JOIN devices d ON d.id = s.device_id
    WHERE s.id = ANY(:ids) AND s.revoked_at IS NULL AND s.expires_at > :at AND a.active AND d.revoked_at IS NULL
    """,
    ids="uuid[]",
    at="timestamptz",
)


def list_good(session: Session, session_ids: Collection[uuid.UUID], at: datetime) -> dict[uuid.UUID, Fingerprint]:
    """Those of ``session_ids`` that are in force, with role, station and organization of the account as they are now.

    Absent: revoked, run out, account closed, device revoked, or unknown.
    """
    if not session_ids:
        return {}
    # a prepared statement does not flush by itself
    session.flush()
    rows = _GOOD.fetch_all(session, {"ids": list(session_ids), "at": at})
    return {id_: Fingerprint(*rest) for id_, *rest in rows}


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
