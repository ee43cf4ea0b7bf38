"""Appeals in the database."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.appeals.model import Appeal
from kit.actor import Grant, Reach
from kit.errors import NotFound


def find_of_rating(session: Session, rating_id: uuid.UUID) -> Appeal | None:
    """The appeal against a rating."""
    return session.scalars(select(Appeal).where(Appeal.rating_id == rating_id)).one_or_none()


def get_locked(session: Session, appeal_id: uuid.UUID, grant: Grant) -> Appeal:
    """An appeal of the leader's own station, held until the end of the transaction; raises NotFound."""
    query = select(Appeal).where(Appeal.id == appeal_id)
    if grant.reach is not Reach.ANY:
        query = query.where(Appeal.station_id == grant.actor.station_id)
    appeal = session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if appeal is None:
        raise NotFound
    return appeal


def add(session: Session, appeal: Appeal) -> None:
    session.add(appeal)
    session.flush()
