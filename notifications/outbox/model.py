"""Messages and their deliveries."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Message(Base):
    """Something that one account must be told; written beside the change it tells of."""

    __tablename__ = "messages"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    urgent: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    step: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]


class Delivery(Base):
    """One attempt to tell one device through one channel (送达)."""

    __tablename__ = "deliveries"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    message_id: Mapped[uuid.UUID]
    device_id: Mapped[uuid.UUID | None]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
