"""From an access token to an Actor: role, station and rights are read from the database each time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import jwt
from sqlalchemy import text
from sqlalchemy.orm import Session

from kit.actor import Actor, Role
from kit.errors import Unauthenticated

_ALGORITHM = "HS256"
_AUDIENCE = "pingan-access"

_LIVE_SESSION = text(
    """
    SELECT a.role, a.district_id, a.station_id, a.organization_id, s.device_id, r.id AS responder_id
    FROM sessions s
    JOIN accounts a ON a.id = s.account_id
    JOIN devices d ON d.id = s.device_id
    LEFT JOIN responders r ON r.account_id = a.id AND r.active
    WHERE s.id = :session_id AND s.account_id = :account_id AND s.revoked_at IS NULL AND s.expires_at > :at
      AND a.active AND d.revoked_at IS NULL
    """
)


def make_access_token(*, account_id: uuid.UUID, session_id: uuid.UUID, at: datetime, key: str, lifetime_s: int) -> str:
    """A signed token that says who and which login, nothing else. ``key`` is 32 bytes in hex."""
    claims = {
        "sub": str(account_id),
        "sid": str(session_id),
        "aud": _AUDIENCE,
        "iat": at,
        "exp": at + timedelta(seconds=lifetime_s),
    }
    return jwt.encode(claims, bytes.fromhex(key), algorithm=_ALGORITHM)


def read_access_token(token: str, *, at: datetime, key: str) -> tuple[uuid.UUID, uuid.UUID]:
    """(account id, session id) of a genuine token that has not run out; raises Unauthenticated."""
    try:
        # expiry is judged by the service's clock, not by the library's
        claims = jwt.decode(
            token,
            bytes.fromhex(key),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["sub", "sid", "exp", "iat"], "verify_exp": False, "verify_iat": False},
        )
        now = at.timestamp()
        if claims["exp"] <= now or claims["iat"] > now + 30:
            raise Unauthenticated
        return uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"])
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as exc:
        raise Unauthenticated from exc


def authenticate(session: Session, token: str, *, at: datetime, key: str, request_id: str | None = None) -> Actor:
    """Who holds ``token`` now; raises Unauthenticated when the login, account or device is no longer good."""
    account_id, session_id = read_access_token(token, at=at, key=key)
    return find_actor(session, account_id=account_id, session_id=session_id, at=at, request_id=request_id)


def find_actor(
    session: Session, *, account_id: uuid.UUID, session_id: uuid.UUID, at: datetime, request_id: str | None = None
) -> Actor:
    """The actor behind a login; raises Unauthenticated."""
    row = session.execute(_LIVE_SESSION, {"session_id": session_id, "account_id": account_id, "at": at}).one_or_none()
    if row is None:
        raise Unauthenticated
    return Actor(
        role=Role(row.role),
        account_id=account_id,
        session_id=session_id,
        device_id=row.device_id,
        district_id=row.district_id,
        station_id=row.station_id,
        organization_id=row.organization_id,
        responder_id=row.responder_id,
        request_id=request_id,
        as_of=at,
    )
