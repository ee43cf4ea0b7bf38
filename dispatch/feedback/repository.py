"""Feedback forms in the database, and the measured times that complete them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from dispatch.feedback.model import FeedbackForm
from dispatch.feedback.times import FormTimes
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.orders.model import Order, OrderMilestone
from dispatch.ratings.model import Rating
from kit.actor import Grant
from kit.errors import NotFound


def get_readable(session: Session, incident_id: uuid.UUID, grant: Grant, *, now: datetime) -> Incident:
    """An incident whose form ``grant`` may read: in reach, or ended and its author's own; raises NotFound."""
    query = select(Incident).where(Incident.id == incident_id, or_(incidents.visible(grant), _wrote(grant, now)))
    incident = session.scalars(query).one_or_none()
    if incident is None:
        raise NotFound
    return incident


def _wrote(grant: Grant, now: datetime) -> ColumnElement[bool]:
    """What one wrote oneself one may read for as long as it may be changed, also after the incident has ended."""
    return or_(
        *(
            exists().where(
                row.incident_id == Incident.id, row.officer_id == grant.actor.account_id, row.editable_until >= now
            )
            for row in (FeedbackForm, Rating)
        )
    )


def find_of_incident(session: Session, incident_id: uuid.UUID) -> FeedbackForm | None:
    """The form of an incident."""
    return session.scalars(select(FeedbackForm).where(FeedbackForm.incident_id == incident_id)).one_or_none()


def add(session: Session, form: FeedbackForm) -> None:
    session.add(form)
    session.flush()


def list_measured(session: Session, incident: Incident) -> FormTimes:
    """What is known of the present round: the first car to leave, the first to arrive, the end.

    A measured time before one that somebody tapped; an inferred one says nothing that the form may repeat.
    """
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
            IncidentMilestone.how != "inferred",
        )
    )


def _first_police(session: Session, incident: Incident, name: str, since: datetime | None) -> datetime | None:
    query = (
        select(OrderMilestone.at)
        .join(Order, Order.id == OrderMilestone.order_id)
        .where(
            Order.incident_id == incident.id,
            Order.mode == "command",
            OrderMilestone.name == name,
            OrderMilestone.how != "inferred",
        )
        .order_by(OrderMilestone.how != "measured", OrderMilestone.at)
        .limit(1)
    )
    return session.scalar(query if since is None else query.where(OrderMilestone.at >= since))
