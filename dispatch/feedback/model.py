"""The officer's feedback form."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class FeedbackForm(Base):
    """The officer's form (反馈单)."""

    __tablename__ = "feedback_forms"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    officer_id: Mapped[uuid.UUID]
    result_code: Mapped[str]
    text: Mapped[str]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    handled_at: Mapped[datetime]
    officers: Mapped[int] = mapped_column(default=1)
    vehicles: Mapped[int] = mapped_column(default=0)
    people_helped: Mapped[int] = mapped_column(default=0)
    people_injured: Mapped[int] = mapped_column(default=0)
    people_dead: Mapped[int] = mapped_column(default=0)
    people_caught: Mapped[int] = mapped_column(default=0)
    handed_over_to: Mapped[str | None]
    submitted_at: Mapped[datetime]
    editable_until: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
