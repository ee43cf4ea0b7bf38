"""Lines that the people of an incident write to each other."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Readers(StrEnum):
    """Who of the incident's people may read a line."""

    EVERYBODY = "everybody"  #: 全体
    POLICE = "police"  #: 仅民警


class ChatLine(Base):
    """One line (群组消息). It is never changed."""

    __tablename__ = "chat_lines"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    text: Mapped[str]
    urgent: Mapped[bool]
    readers: Mapped[str]


class ChatReceipt(Base):
    """That somebody was asked to look at an urgent line, and when he said that he has."""

    __tablename__ = "chat_receipts"

    line_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    told_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
