"""Appeals against ratings."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Appeal(Base):
    """A helper's objection to his rating (申诉)."""

    __tablename__ = "appeals"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rating_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    text: Mapped[str]
    made_at: Mapped[datetime]
    outcome: Mapped[str | None]
    reply: Mapped[str | None]
    settled_by: Mapped[uuid.UUID | None]
    settled_at: Mapped[datetime | None]
