"""Where duties are fetched from and put to."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.duty.errors import AlreadyOnDuty
from geo.duty.model import Duty
from geo.responders.model import Responder, ResponderIndex
from kit.paging import Slice


def find_open(session: Session, responder_id: uuid.UUID) -> Duty | None:
    """The duty that has not ended."""
    query = select(Duty).where(Duty.responder_id == responder_id, Duty.ended_at.is_(None))
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def find_active_responder(session: Session, responder_id: uuid.UUID) -> Responder | None:
    query = select(Responder).where(Responder.id == responder_id, Responder.active)
    return session.execute(query).scalar_one_or_none()


def get_kind_and_hours(session: Session, responder_id: uuid.UUID) -> tuple[str, dict[str, object] | None]:
    query = select(Responder.kind, Responder.opening_hours).where(Responder.id == responder_id)
    return session.execute(query).one()


def add(session: Session, duty: Duty) -> None:
    """Raises AlreadyOnDuty when another duty of the responder overlaps: the database decides a race."""
    try:
        with session.begin_nested():
            session.add(duty)
            session.flush()
    except IntegrityError as exc:
        if getattr(getattr(exc.orig, "diag", None), "constraint_name", None) == "ex_duties_no_overlap":
            raise AlreadyOnDuty from None
        raise


def list_overdue(session: Session, at: datetime) -> list[uuid.UUID]:
    """Responders, free ones only, whose duty should have ended; by id, and held from here on.

    Who is held by another is left for the next time: this never waits, so it cannot meet a dispatcher in a deadlock.
    """
    query = (
        select(Duty.responder_id)
        .join(ResponderIndex, ResponderIndex.responder_id == Duty.responder_id)
        .where(Duty.ended_at.is_(None), Duty.planned_end <= at, ~ResponderIndex.engaged)
        .order_by(Duty.responder_id)
        .with_for_update(of=ResponderIndex, skip_locked=True)
    )
    return list(session.execute(query).scalars())


def list_of(session: Session, responder_id: uuid.UUID, slice_: Slice) -> list[Duty]:
    """Latest first, one more than ``slice_.limit`` when there are more."""
    query = select(Duty).where(Duty.responder_id == responder_id)
    query = slice_.newest_first(query, Duty.started_at, Duty.id)
    return list(session.execute(query).scalars())
