"""What a helper writes and photographs."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Report(Base):
    """A helper's words from the scene (现场反馈)."""

    __tablename__ = "reports"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    text: Mapped[str]
    checklist: Mapped[list[Any]] = mapped_column(default=list)


class Photo(Base):
    """A re-encoded picture without EXIF."""

    __tablename__ = "photos"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    media_type: Mapped[str]
    width_px: Mapped[int]
    height_px: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
