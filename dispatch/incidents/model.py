"""One 110 case and its milestones."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import BigInteger, Date, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Incident(Base):
    """One 110 case (警情)."""

    __tablename__ = "incidents"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    number: Mapped[str]
    source: Mapped[str]
    state: Mapped[str] = mapped_column(default="received")
    category: Mapped[str]
    type: Mapped[str]
    subtype: Mapped[str | None]
    level: Mapped[int] = mapped_column(SmallInteger)
    scenario_id: Mapped[uuid.UUID]
    summary: Mapped[str]
    address: Mapped[str]
    place_id: Mapped[uuid.UUID | None]
    position: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    confidential_caller: Mapped[bool] = mapped_column(default=False)
    caller_name_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    caller_phone_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    caller_phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    caller_phone_mask: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    merged_into_id: Mapped[uuid.UUID | None]
    reopened: Mapped[int] = mapped_column(default=0)
    drill: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column(default=1)


class IncidentMilestone(Base):
    """One milestone of an incident, write-once within a round."""

    __tablename__ = "incident_milestones"

    incident_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    how: Mapped[str]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict)


class IncidentNote(Base):
    """A remark by somebody who works on the incident."""

    __tablename__ = "incident_notes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    text: Mapped[str]


class IncidentNumberDay(Base):
    """Where the counting of a district's own numbers starts on one day (local date)."""

    __tablename__ = "incident_number_days"

    district_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    base: Mapped[int] = mapped_column(BigInteger)


class WebhookSource(Base):
    """A 110 system that may sign incidents in."""

    __tablename__ = "webhook_sources"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    name: Mapped[str]
    secret_box: Mapped[bytes] = mapped_column(LargeBinary)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
