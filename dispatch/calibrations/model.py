"""What a station has learned from its own log, one row each."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Calibration(Base):
    """The newest calibration (校准): ``experience`` follows dispatch.matching.experience, ``reliability`` what
    dispatch.matching.learning says of the chances and times that were told."""

    __tablename__ = "calibrations"

    station_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    made_at: Mapped[datetime]
    since: Mapped[datetime]
    log_rows: Mapped[int]
    experience: Mapped[dict[str, Any]]
    reliability: Mapped[dict[str, Any]]
