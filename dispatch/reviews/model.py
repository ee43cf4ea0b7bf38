"""The leader's decisions."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Review(Base):
    """The leader's decision on a closure (审核)."""

    __tablename__ = "reviews"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    leader_id: Mapped[uuid.UUID]
    decision: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
