"""The form with what goes with it: helpers to rate, and why it came back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.feedback import repository
from dispatch.feedback.model import FeedbackForm
from dispatch.feedback.times import FormTimes
from dispatch.ratings.queries import ToRate, list_to_rate
from dispatch.reviews.model import Review
from dispatch.reviews.repository import list_of_incident
from kit.actor import Grant


@dataclass(frozen=True, kw_only=True)
class FormSheet:
    """All that an officer needs on one screen. ``measured`` prefills what he does not state."""

    incident_id: uuid.UUID
    incident_state: str
    form: FeedbackForm | None
    editable: bool
    measured: FormTimes
    orders: Sequence[ToRate]
    reviews: Sequence[Review]


def get_sheet(session: Session, *, grant: Grant, incident_id: uuid.UUID, now: datetime) -> FormSheet:
    """Raises NotFound. Who wrote the form or rated reads it for a day, also when the incident has ended meanwhile."""
    incident = repository.get_readable(session, incident_id, grant, now=now)
    form = repository.find_of_incident(session, incident.id)
    waiting = incident.ended_at is None and incident.state != "feedback"
    correcting = form is not None and incident.state == "feedback" and now <= form.editable_until
    return FormSheet(
        incident_id=incident.id,
        incident_state=incident.state,
        form=form,
        editable=waiting or correcting,
        measured=repository.list_measured(session, incident),
        orders=list_to_rate(session, incident.id, grant.actor.role),
        reviews=list_of_incident(session, incident.id),
    )
