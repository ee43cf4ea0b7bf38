"""Ratings."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Rating(Base):
    """The officer's judgement of one finished order (评价)."""

    __tablename__ = "ratings"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    organization_id: Mapped[uuid.UUID]
    responder_id: Mapped[uuid.UUID]
    rated_account_id: Mapped[uuid.UUID]
    officer_id: Mapped[uuid.UUID]
    outcome: Mapped[str]
    arrived: Mapped[bool | None]
    helped: Mapped[bool | None]
    followed_instruction: Mapped[bool | None]
    safe: Mapped[bool | None]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    tags: Mapped[list[str]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    editable_until: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
