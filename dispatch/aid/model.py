"""One incident opened to one neighbouring station."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Aid(Base):
    """Mutual aid (邻所支援). ``a`` is the station that asks, ``b`` the one that helps."""

    __tablename__ = "aids"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID]
    requesting_station_id: Mapped[uuid.UUID]
    helping_station_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default="requested")
    tier: Mapped[str]
    kinds: Mapped[list[str]]
    max_people: Mapped[int]
    lasts_s: Mapped[int]
    reason: Mapped[str]
    automatic: Mapped[bool] = mapped_column(default=False)
    requested_by: Mapped[uuid.UUID | None]
    requested_at: Mapped[datetime]
    consent_due_at: Mapped[datetime]
    pact_id: Mapped[uuid.UUID | None]
    approved_a_how: Mapped[str | None]
    approved_a_by: Mapped[uuid.UUID | None]
    approved_a_at: Mapped[datetime | None]
    approved_b_how: Mapped[str | None]
    approved_b_by: Mapped[uuid.UUID | None]
    approved_b_at: Mapped[datetime | None]
    forced_first_by: Mapped[uuid.UUID | None]
    forced_second_by: Mapped[uuid.UUID | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None]
    end_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
