"""Somebody else would be there sooner: a proposal to the command room."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import REAL
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class SwapProposal(Base):
    """``responder_id`` goes by ``order_id``; ``to_responder_id`` should go instead. Seconds until each is there."""

    __tablename__ = "swap_proposals"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID]
    order_id: Mapped[uuid.UUID]
    responder_id: Mapped[uuid.UUID]
    to_responder_id: Mapped[uuid.UUID]
    state: Mapped[str] = mapped_column(default="proposed")
    cause: Mapped[str]
    expected_s: Mapped[float] = mapped_column(REAL)
    eta_s: Mapped[float] = mapped_column(REAL)
    inputs: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime]
    lapses_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None]
    new_order_id: Mapped[uuid.UUID | None]


class TravelProgress(Base):
    """How near the one with that order has come to his target, and when he last came nearer."""

    __tablename__ = "travel_progress"

    order_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_version: Mapped[int]
    nearest_m: Mapped[float] = mapped_column(REAL)
    progressed_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
