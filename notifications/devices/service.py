"""Devices: made known, reached, given up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from kit import record
from kit.actor import Actor
from kit.ids import digest, new_id, new_secret
from notifications.devices import repository
from notifications.devices.model import Device

Kind = Literal["web", "android", "ios", "tracker"]


@dataclass(frozen=True, kw_only=True)
class DeviceInfo:
    """What a device says of itself. ``id``: the one it was given at an earlier login."""

    kind: Kind
    name: str
    id: uuid.UUID | None = None


def recognize(session: Session, *, account_id: uuid.UUID, info: DeviceInfo, at: datetime) -> Device:
    """The device that logs in: the one known by ``info.id`` if it is this account's, else a new one."""
    known = repository.find_live(session, info.id, account_id) if info.id is not None else None
    if known is not None:
        known.name, known.kind, known.last_seen_at = info.name, info.kind, at
        return known
    return _add(session, Device(account_id=account_id, kind=info.kind, name=info.name), at)


def register_tracker(session: Session, *, actor: Actor, name: str, at: datetime) -> tuple[Device, str]:
    """A location app of the actor and its key, which is told once."""
    assert actor.account_id is not None
    key = new_secret()
    device = Device(account_id=actor.account_id, kind="tracker", name=name, tracking_key_hash=digest(key))
    _add(session, device, at)
    _note(session, "device.registered", device, actor, at, kind="tracker")
    return device, key


def set_push_token(
    session: Session, *, actor: Actor, device_id: uuid.UUID, channel: str, token: str, at: datetime
) -> Device:
    """Where to push for this device. A token moves along when its phone changes hands. Raises NotFound."""
    device = _own(session, actor, device_id)
    repository.release_push_token(session, channel, token)
    device.push_channel, device.push_token = channel, token
    _note(session, "device.push_set", device, actor, at, channel=channel)
    return device


def clear_push_token(session: Session, *, actor: Actor, device_id: uuid.UUID, at: datetime) -> None:
    """Push no more to this device; raises NotFound."""
    device = _own(session, actor, device_id)
    device.push_channel = device.push_token = None
    _note(session, "device.push_cleared", device, actor, at)


def revoke(session: Session, *, actor: Actor, device_id: uuid.UUID, at: datetime) -> Device:
    """Give up one's own device: its logins, its tracking key and its push token end. Raises NotFound."""
    device = _own(session, actor, device_id)
    device.revoked_at = at
    device.push_channel = device.push_token = None
    _note(session, "device.revoked", device, actor, at)
    return device


def revoke_of(
    session: Session, device: Device, *, actor: Actor, at: datetime, reason: str, station_id: uuid.UUID | None
) -> None:
    """Give up somebody's device for him; whoever may is decided by the caller."""
    device.revoked_at = at
    device.push_channel = device.push_token = None
    record.write(
        session,
        "device.revoked",
        actor=actor,
        at=at,
        subject_kind="device",
        subject_id=device.id,
        station_id=station_id,
        reason=reason,
        account_id=str(device.account_id),
    )


def revoke_all(session: Session, *, account_id: uuid.UUID, at: datetime) -> None:
    """End every device of an account; the caller writes why."""
    repository.revoke_all(session, account_id, at=at)


def _own(session: Session, actor: Actor, device_id: uuid.UUID) -> Device:
    assert actor.account_id is not None
    return repository.get_live(session, device_id, actor.account_id)


def _add(session: Session, device: Device, at: datetime) -> Device:
    device.id, device.registered_at, device.last_seen_at = new_id(), at, at
    session.add(device)
    session.flush()
    return device


def _note(session: Session, action: str, device: Device, actor: Actor, at: datetime, **detail: Any) -> None:
    record.write(session, action, actor=actor, at=at, subject_kind="device", subject_id=device.id, **detail)
