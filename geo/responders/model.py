"""What can be sent, and the narrow row by which it is found."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import REAL, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Post(Base):
    """A guard's own gate (岗位), with its minimum staffing."""

    __tablename__ = "posts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    organization_id: Mapped[uuid.UUID]
    name: Mapped[str]
    position: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    minimum_staff: Mapped[int] = mapped_column(default=1)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Responder(Base):
    """A guard, safe-house or patrol unit (力量)."""

    __tablename__ = "responders"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    organization_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID | None]
    name: Mapped[str]
    call_sign: Mapped[str | None]
    skills: Mapped[list[str]] = mapped_column(default=list)
    capabilities: Mapped[list[str]] = mapped_column(default=list)
    post_id: Mapped[uuid.UUID | None]
    address: Mapped[str | None]
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    opening_hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    mobility: Mapped[str | None]
    auxiliary: Mapped[bool] = mapped_column(default=False)
    crew: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ResponderIndex(Base):
    """Where a responder is and whether he is free: what the nearest search reads."""

    __tablename__ = "responder_index"

    responder_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    organization_id: Mapped[uuid.UUID]
    post_id: Mapped[uuid.UUID | None]
    skills: Mapped[list[str]] = mapped_column(default=list)
    on_duty: Mapped[bool] = mapped_column(default=False)
    engaged: Mapped[bool] = mapped_column(default=False)
    fixed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    captured_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    accuracy_m: Mapped[float | None] = mapped_column(REAL)
    speed_mps: Mapped[float | None] = mapped_column(REAL)
    heading_deg: Mapped[float | None] = mapped_column(REAL)
    source: Mapped[str | None]
    battery_pct: Mapped[int | None] = mapped_column(SmallInteger)
    seen_at: Mapped[datetime | None]
    suspect_fixes: Mapped[int] = mapped_column(default=0)
