"""What an incident of one type needs, as versioned data."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Scenario(Base):
    """One version of a scenario (场景); ``spec`` follows dispatch.scenarios.spec."""

    __tablename__ = "scenarios"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station_id: Mapped[uuid.UUID]
    key: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    spec: Mapped[dict[str, Any]]
    current: Mapped[bool]
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
