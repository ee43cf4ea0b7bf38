"""Logins that end before their time, each with its line in the record."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.sessions import repository
from dispatch.sessions.model import LoginSession
from kit import record
from kit.actor import Actor, Grant
from notifications.devices import service as devices


def end(session: Session, login: LoginSession, *, actor: Actor, at: datetime, reason: str) -> None:
    """End one login."""
    login.revoked_at, login.revoked_reason = at, reason
    _note(session, login.id, actor, at, reason)


def end_all(
    session: Session,
    *,
    account_id: uuid.UUID,
    actor: Actor,
    at: datetime,
    reason: str,
    except_id: uuid.UUID | None = None,
) -> int:
    """End every login of an account but ``except_id``; returns how many."""
    ended = repository.revoke(session, at=at, reason=reason, account_id=account_id, except_id=except_id)
    for session_id in ended:
        _note(session, session_id, actor, at, reason)
    return len(ended)


def end_on_device(
    session: Session, *, account_id: uuid.UUID, device_id: uuid.UUID, actor: Actor, at: datetime, reason: str
) -> None:
    """End the account's logins on one device."""
    for session_id in repository.revoke(session, at=at, reason=reason, account_id=account_id, device_id=device_id):
        _note(session, session_id, actor, at, reason)


def log_out(session: Session, *, grant: Grant, at: datetime) -> None:
    """End the login that asks; its phone is pushed no more."""
    actor = grant.actor
    assert actor.session_id is not None and actor.device_id is not None
    end(session, repository.get_visible(session, actor.session_id, grant, at=at), actor=actor, at=at, reason="logout")
    devices.clear_push_token(session, actor=actor, device_id=actor.device_id, at=at)


def end_own(session: Session, *, grant: Grant, session_id: uuid.UUID, at: datetime) -> None:
    """End one of one's own logins, on whichever device; raises NotFound."""
    login = repository.get_visible(session, session_id, grant, at=at)
    end(session, login, actor=grant.actor, at=at, reason="ended_by_owner")


def give_up_device(session: Session, *, grant: Grant, device_id: uuid.UUID, at: datetime) -> None:
    """Revoke one of one's own devices with its logins; raises NotFound."""
    actor = grant.actor
    assert actor.account_id is not None
    reason = "device_revoked"
    end_on_device(session, account_id=actor.account_id, device_id=device_id, actor=actor, at=at, reason=reason)
    devices.revoke(session, actor=actor, device_id=device_id, at=at)


def _note(session: Session, session_id: uuid.UUID, actor: Actor, at: datetime, reason: str) -> None:
    record.write(
        session, "session.revoked", actor=actor, at=at, subject_kind="session", subject_id=session_id, reason=reason
    )
