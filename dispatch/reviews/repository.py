"""Reviews in the database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.reviews.model import Review


def add(session: Session, review: Review) -> None:
    session.add(review)
    session.flush()


def list_of_incident(session: Session, incident_id: uuid.UUID) -> Sequence[Review]:
    """All decisions on an incident, oldest first."""
    query = select(Review).where(Review.incident_id == incident_id).order_by(Review.at, Review.id)
    return session.scalars(query).all()
