"""Alarms that a named person acknowledges."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Alarm(Base):
    """Something that a dispatcher must take up."""

    __tablename__ = "alarms"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID | None]
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raised_at: Mapped[datetime]
    tell_again_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[uuid.UUID | None]
