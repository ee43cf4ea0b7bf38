"""Intervals in which a responder may be located and sent."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Duty(Base):
    """One interval on duty (勤务)."""

    __tablename__ = "duties"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    responder_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    started_at: Mapped[datetime]
    planned_end: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]
