"""What two stations have agreed upon beforehand."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Pact(Base):
    """A standing consent to mutual aid (支援约定) of two stations of a district, within its limits."""

    __tablename__ = "pacts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    proposed_by_station_id: Mapped[uuid.UUID]
    other_station_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default="proposed")
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proposed_by: Mapped[uuid.UUID]
    proposed_at: Mapped[datetime]
    signed_by: Mapped[uuid.UUID | None]
    signed_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None]
    revoked_by_station_id: Mapped[uuid.UUID | None]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
