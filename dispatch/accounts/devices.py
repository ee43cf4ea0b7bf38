"""The devices of the people one manages: seen, and cut off when a phone is lost."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.access.managing import require_managed
from dispatch.accounts import repository
from dispatch.sessions import ending
from kit.actor import Grant, Role
from notifications.devices import repository as devices
from notifications.devices import service
from notifications.devices.model import Device


def list_of(session: Session, *, grant: Grant, account_id: uuid.UUID) -> list[Device]:
    """Newest first. Raises NotFound."""
    account = repository.get_visible(session, account_id, grant)
    return devices.list_live(session, account.id)


def revoke(
    session: Session, *, grant: Grant, account_id: uuid.UUID, device_id: uuid.UUID, reason: str, at: datetime
) -> None:
    """End a device with its logins, tracking key and push token. Raises NotFound, RoleNotManaged."""
    account = repository.get_visible(session, account_id, grant, lock=True)
    require_managed(grant.actor, Role(account.role))
    device = devices.get_live(session, device_id, account.id)
    ending.end_on_device(
        session, account_id=account.id, device_id=device.id, actor=grant.actor, at=at, reason="device_revoked"
    )
    service.revoke_of(session, device, actor=grant.actor, at=at, reason=reason, station_id=account.station_id)
