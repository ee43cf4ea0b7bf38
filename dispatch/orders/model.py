"""One responder asked or told to help with one incident."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Order(Base):
    """An order (指令): an offer or a command to one responder."""

    __tablename__ = "orders"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID]
    need_id: Mapped[uuid.UUID]
    responder_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    organization_id: Mapped[uuid.UUID]
    mode: Mapped[str]
    state: Mapped[str] = mapped_column(default="offered")
    recommendation_id: Mapped[uuid.UUID | None]
    score: Mapped[dict[str, Any]] = mapped_column(default=dict)
    replaces_id: Mapped[uuid.UUID | None]
    #: by which mutual aid the responder of another station came
    aid_id: Mapped[uuid.UUID | None]
    forced: Mapped[bool] = mapped_column(default=False)
    instruction: Mapped[str]
    allowed_verbs: Mapped[list[str]]
    target: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    stand_off_m: Mapped[int] = mapped_column(default=0)
    checklist: Mapped[list[Any]] = mapped_column(default=list)
    photo_required: Mapped[bool] = mapped_column(default=False)
    offered_at: Mapped[datetime]
    receipt_due_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)
    accept_due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    accepted_from: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    arrival_seen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class OrderMilestone(Base):
    """One milestone of an order, write-once."""

    __tablename__ = "order_milestones"

    order_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    how: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)
