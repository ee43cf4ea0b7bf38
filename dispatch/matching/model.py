"""What an incident needs, and whom the machine advised."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import REAL
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Need(Base):
    """How many responders of one kind; the row that an accept locks."""

    __tablename__ = "needs"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    mode: Mapped[str]
    skills: Mapped[list[str]] = mapped_column(default=list)
    needed: Mapped[int]
    accepted: Mapped[int] = mapped_column(default=0)
    alert_factor: Mapped[float] = mapped_column(REAL)
    target_chance: Mapped[float | None]
    within_s: Mapped[int | None]
    radius_m: Mapped[int]
    widened: Mapped[bool] = mapped_column(default=False)
    receipt_s: Mapped[int]
    accept_s: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    #: when it was last looked at together with others that want the same people
    joint_at: Mapped[datetime | None]


class Recommendation(Base):
    """One answer of the matcher with its inputs, parts and exclusions."""

    __tablename__ = "recommendations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    need_id: Mapped[uuid.UUID]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]
    inputs: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
