"""Oneself and one's logins."""

from __future__ import annotations

import uuid
from datetime import datetime

from api.auth.schemas import Password
from api.fields import Schema, View
from dispatch.sessions.model import LoginSession
from notifications.devices.model import Device


class NamedOut(View):
    """A thing and its name."""

    id: uuid.UUID
    name: str


class OwnStationOut(NamedOut):
    """One's station, and the number of its command room."""

    duty_phone: str | None


class OwnResponderOut(View):
    """The guard, patrol unit or safe-house that one answers for."""

    id: uuid.UUID
    kind: str
    name: str


class MeOut(View):
    """Who is logged in. ``permissions`` maps what one may do to the rows that it reaches."""

    account_id: uuid.UUID
    session_id: uuid.UUID
    device_id: uuid.UUID
    role: str
    name: str
    phone: str | None
    badge_no: str | None
    district: NamedOut
    station: OwnStationOut | None
    organization: NamedOut | None
    responder: OwnResponderOut | None
    permissions: dict[str, str]
    demo: bool


class PasswordIn(Schema):
    """One's present password and the next."""

    current_password: Password
    new_password: Password


class SessionOut(View):
    """One login. ``current``: the one that asks."""

    id: uuid.UUID
    device_id: uuid.UUID
    device_kind: str
    device_name: str
    started_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    current: bool

    @classmethod
    def of(cls, login: LoginSession, device: Device, *, current: uuid.UUID | None) -> SessionOut:
        return cls(
            id=login.id,
            device_id=device.id,
            device_kind=device.kind,
            device_name=device.name,
            started_at=login.started_at,
            refreshed_at=login.refreshed_at,
            expires_at=login.expires_at,
            current=login.id == current,
        )
