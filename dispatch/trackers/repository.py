"""Tracker apps, and the key by which each is known."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from geo.responders.model import Responder
from kit.errors import NotFound
from notifications.devices.model import Device

KIND = "tracker"


def list_own(session: Session, account_id: uuid.UUID) -> Sequence[Device]:
    """The trackers of an account that are not revoked, the oldest first."""
    query = (
        select(Device)
        .where(Device.account_id == account_id, Device.kind == KIND, Device.revoked_at.is_(None))
        .order_by(Device.registered_at, Device.id)
    )
    return session.execute(query).scalars().all()


def get_own(session: Session, device_id: uuid.UUID, account_id: uuid.UUID) -> Device:
    """Raises NotFound."""
    query = select(Device).where(
        Device.id == device_id,
        Device.account_id == account_id,
        Device.kind == KIND,
        Device.revoked_at.is_(None),
    )
    found = session.execute(query.with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def hold_account(session: Session, account_id: uuid.UUID) -> None:
    """Keep others from adding a tracker to it until the transaction ends."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def find_by_key(session: Session, key_hash: bytes) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(device id, responder id) of a key that is good: device, account and responder in service."""
    query = (
        select(Device.id, Responder.id)
        .join(Account, Account.id == Device.account_id)
        .join(Responder, Responder.account_id == Account.id)
        .where(
            Device.tracking_key_hash == key_hash,
            Device.revoked_at.is_(None),
            Account.active,
            Account.role.in_(("guard", "officer")),
            Responder.active,
        )
    )
    row = session.execute(query).one_or_none()
    return row if row is None else (row[0], row[1])
