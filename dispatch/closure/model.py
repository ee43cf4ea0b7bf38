"""Feedback, ratings, appeals, reviews."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import SmallInteger
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


class Review(Base):
    """The leader's decision on a closure (审核)."""

    __tablename__ = "reviews"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    leader_id: Mapped[uuid.UUID]
    decision: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
