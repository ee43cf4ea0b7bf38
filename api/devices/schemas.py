"""Devices of oneself."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from api.fields import Schema, View
from notifications.devices.model import Device


class DeviceOut(View):
    """One device. ``current``: the one that asks; ``push_channel`` null: it is told by its socket only."""

    id: uuid.UUID
    kind: str
    name: str
    push_channel: str | None
    registered_at: datetime
    last_seen_at: datetime | None
    current: bool

    @classmethod
    def of(cls, device: Device, *, current: uuid.UUID | None) -> DeviceOut:
        return cls(
            id=device.id,
            kind=device.kind,
            name=device.name,
            push_channel=device.push_channel,
            registered_at=device.registered_at,
            last_seen_at=device.last_seen_at,
            current=device.id == current,
        )


class PushIn(Schema):
    """Where to push for this device."""

    channel: Literal["fcm"]
    token: Annotated[SecretStr, Field(min_length=1, max_length=4096, examples=["fcm-registration-token"])]
