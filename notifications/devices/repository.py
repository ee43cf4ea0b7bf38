"""Devices in the database."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kit.errors import NotFound
from notifications.devices.model import Device


def find_live(session: Session, device_id: uuid.UUID, account_id: uuid.UUID) -> Device | None:
    """The account's device that was not revoked."""
    query = select(Device).where(Device.id == device_id, Device.account_id == account_id, Device.revoked_at.is_(None))
    return session.execute(query).scalar_one_or_none()


def get_live(session: Session, device_id: uuid.UUID, account_id: uuid.UUID) -> Device:
    """Raises NotFound when it is absent, revoked or another's."""
    device = find_live(session, device_id, account_id)
    if device is None:
        raise NotFound
    return device


def list_live(session: Session, account_id: uuid.UUID) -> list[Device]:
    """The devices of an account, newest first."""
    query = select(Device).where(Device.account_id == account_id, Device.revoked_at.is_(None))
    return list(session.execute(query.order_by(Device.registered_at.desc(), Device.id.desc())).scalars())


def release_push_token(session: Session, channel: str, token: str) -> None:
    """Take a push token from whichever device has it; until the commit nobody else registers it."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{channel}:{token}", 0))))
    session.execute(
        update(Device)
        .where(Device.push_channel == channel, Device.push_token == token, Device.revoked_at.is_(None))
        .values(push_channel=None, push_token=None)
    )


def revoke_all(session: Session, account_id: uuid.UUID, *, at: datetime) -> None:
    """End every device of an account."""
    session.execute(
        update(Device)
        .where(Device.account_id == account_id, Device.revoked_at.is_(None))
        .values(revoked_at=at, push_channel=None, push_token=None)
    )
