"""Logins, bound to a device."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class LoginSession(Base):
    """One login: a rotating refresh token on one device."""

    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID]
    device_id: Mapped[uuid.UUID]
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    spent_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]


class SocketTicket(Base):
    """A one-time ticket for the live socket; a token never stands in a URL."""

    __tablename__ = "socket_tickets"

    ticket_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[uuid.UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
