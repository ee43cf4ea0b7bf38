"""Feedback forms in the database, and the measured times that complete them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.feedback.model import FeedbackForm
from dispatch.feedback.times import FormTimes
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.orders.model import Order, OrderMilestone


def find_of_incident(session: Session, incident_id: uuid.UUID) -> FeedbackForm | None:
    """The form of an incident."""
    return session.scalars(select(FeedbackForm).where(FeedbackForm.incident_id == incident_id)).one_or_none()


def add(session: Session, form: FeedbackForm) -> None:
    session.add(form)
    session.flush()


def list_measured(session: Session, incident: Incident) -> FormTimes:
    """What was measured in the present round: the first car to leave, the first to arrive, the end."""
    started_at = session.scalar(
        select(IncidentMilestone.at).where(
            IncidentMilestone.incident_id == incident.id,
            IncidentMilestone.round == incident.reopened,
            IncidentMilestone.name == "reopened",
        )
    )
    return FormTimes(
        departed_at=_first_police(session, incident, "en_route", started_at),
        arrived_at=_of_incident(session, incident, "arrived")
        or _first_police(session, incident, "arrived", started_at),
        handled_at=_of_incident(session, incident, "handled"),
    )


def _of_incident(session: Session, incident: Incident, name: str) -> datetime | None:
    return session.scalar(
        select(IncidentMilestone.at).where(
            IncidentMilestone.incident_id == incident.id,
            IncidentMilestone.round == incident.reopened,
            IncidentMilestone.name == name,
            IncidentMilestone.how == "measured",
        )
    )


def _first_police(session: Session, incident: Incident, name: str, since: datetime | None) -> datetime | None:
    query = (
        select(func.min(OrderMilestone.at))
        .join(Order, Order.id == OrderMilestone.order_id)
        .where(
            Order.incident_id == incident.id,
            Order.mode == "command",
            OrderMilestone.name == name,
            OrderMilestone.how == "measured",
        )
    )
    return session.scalar(query if since is None else query.where(OrderMilestone.at >= since))
