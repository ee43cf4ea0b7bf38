"""Devices that can be told something."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Device(Base):
    """A phone, a browser or a tracker of one account."""

    __tablename__ = "devices"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    name: Mapped[str]
    push_channel: Mapped[str | None]
    push_token: Mapped[str | None]
    tracking_key_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    reachable_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
