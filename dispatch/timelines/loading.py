"""The entries of one incident, source by source."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer

from dispatch.aid.names import name_at
from dispatch.aid.rows import lent_by
from dispatch.appeals.model import Appeal
from dispatch.chats.model import ChatLine
from dispatch.escalation.model import Alarm
from dispatch.feedback.model import FeedbackForm
from dispatch.incidents.model import Incident, IncidentMilestone, IncidentNote
from dispatch.orders.model import Order, OrderMilestone
from dispatch.orders.states import WAY
from dispatch.ratings.model import Rating
from dispatch.reports.model import Photo, Report
from dispatch.reviews.model import Review
from dispatch.timelines.values import Entry, EntryKind
from geo.responders.model import Responder
from kit.record import RecordEntry

_STEPS = {str(state): step for step, state in enumerate(WAY)}
#: everything else that the record says of an incident stands here as a thing of its own
_OF_THE_RECORD_ONLY = (
    "incident.edited",
    "incident.upgraded",
    "incident.downgraded",
    "incident.absorbed",
    "incident.replayed",
    "incident.exported",
    "incident.updated_by_source",
    "caller_phone.revealed",
    "track.read",
    "need.raised",
    "recommendation.overruled",
)


def milestones(session: Session, incident: Incident) -> Iterator[Entry]:
    """Of the incident, all rounds."""
    for row in session.scalars(select(IncidentMilestone).where(IncidentMilestone.incident_id == incident.id)):
        yield Entry(
            at=row.at, kind=EntryKind.INCIDENT, name=row.name, subject_id=incident.id, how=row.how,
            detail={"round": row.round},
        )  # fmt: skip


def order_milestones(
    session: Session,
    incident: Incident,
    account_id: uuid.UUID | None = None,
    *,
    lender_id: uuid.UUID | None = None,
) -> Iterator[Entry]:
    """Of its orders, or of those of one account, or of the people whom one station lends."""
    named = account_id is not None or lender_id is not None
    name = Responder.name.expression if named else name_at(Order.station_id)
    query = (
        select(OrderMilestone, Order, name.label("name"))
        .join(Order, Order.id == OrderMilestone.order_id)
        .join(Responder, Responder.id == Order.responder_id)
        .where(Order.incident_id == incident.id)
    )
    if account_id is not None:
        query = query.where(Order.account_id == account_id)
    if lender_id is not None:
        query = query.where(lent_by(lender_id))
    for row, order, who in session.execute(query):
        ended = row.name == order.state
        yield Entry(
            at=row.at, kind=EntryKind.ORDER, name=row.name, subject_id=order.id, how=row.how, order_id=order.id,
            account_id=order.account_id, who=who, text=order.reason if ended else None,
            detail={"mode": order.mode, "step": _STEPS.get(row.name, len(_STEPS))},
        )  # fmt: skip


def alarms(session: Session, incident: Incident) -> Iterator[Entry]:
    """Each as it was raised, and as somebody took it up."""
    for row in session.scalars(select(Alarm).where(Alarm.incident_id == incident.id)):
        detail = {"alarm": row.kind}
        yield Entry(
            at=row.raised_at, kind=EntryKind.ALARM, name="raised", subject_id=row.id, order_id=row.order_id,
            detail=detail,
        )  # fmt: skip
        if row.acknowledged_at is not None:
            yield Entry(
                at=row.acknowledged_at, kind=EntryKind.ALARM, name="acknowledged", subject_id=row.id,
                order_id=row.order_id, account_id=row.acknowledged_by, detail=detail,
            )  # fmt: skip


def notes(session: Session, incident: Incident) -> Iterator[Entry]:
    for row in session.scalars(select(IncidentNote).where(IncidentNote.incident_id == incident.id)):
        yield Entry(
            at=row.at, kind=EntryKind.NOTE, name="note", subject_id=row.id, account_id=row.account_id, text=row.text
        )


def chat(session: Session, incident: Incident, readers: Sequence[str]) -> Iterator[Entry]:
    """The lines that ``readers`` may read."""
    query = select(ChatLine).where(ChatLine.incident_id == incident.id, ChatLine.readers.in_(readers))
    for row in session.scalars(query):
        yield Entry(
            at=row.at, kind=EntryKind.CHAT, name="urgent" if row.urgent else "line", subject_id=row.id,
            account_id=row.account_id, text=row.text, detail={"readers": row.readers},
        )  # fmt: skip


def reports(session: Session, incident: Incident, account_id: uuid.UUID | None = None) -> Iterator[Entry]:
    """Words and photos from the scene, or those of one account."""
    of_incident = select(Order.id).where(Order.incident_id == incident.id)
    query = select(Report).where(Report.order_id.in_(of_incident))
    pictures = select(Photo).options(defer(Photo.content)).where(Photo.incident_id == incident.id)
    if account_id is not None:
        query, pictures = query.where(Report.account_id == account_id), pictures.where(Photo.account_id == account_id)
    for row in session.scalars(query):
        yield Entry(
            at=row.at, kind=EntryKind.REPORT, name="report", subject_id=row.id, order_id=row.order_id,
            account_id=row.account_id, text=row.text,
        )  # fmt: skip
    for photo in session.scalars(pictures):
        yield Entry(
            at=photo.at, kind=EntryKind.PHOTO, name="photo", subject_id=photo.id, order_id=photo.order_id,
            account_id=photo.account_id, detail={"width_px": photo.width_px, "height_px": photo.height_px},
        )  # fmt: skip


def closure(session: Session, incident: Incident) -> Iterator[Entry]:
    """Form, ratings, reviews."""
    for form in session.scalars(select(FeedbackForm).where(FeedbackForm.incident_id == incident.id)):
        yield Entry(
            at=form.submitted_at, kind=EntryKind.FORM, name="submitted", subject_id=form.id,
            account_id=form.officer_id, text=form.text, detail={"result_code": form.result_code},
        )  # fmt: skip
    for rating in session.scalars(select(Rating).where(Rating.incident_id == incident.id)):
        yield Entry(
            at=rating.made_at, kind=EntryKind.RATING, name=rating.outcome, subject_id=rating.id,
            order_id=rating.order_id, account_id=rating.officer_id, text=rating.text or None,
            detail={"score": rating.score, "tags": list(rating.tags)},
        )  # fmt: skip
    for review in session.scalars(select(Review).where(Review.incident_id == incident.id)):
        yield Entry(
            at=review.at, kind=EntryKind.REVIEW, name=review.decision, subject_id=review.id,
            account_id=review.leader_id, text=review.reason or None,
        )  # fmt: skip


def appeals(session: Session, incident: Incident) -> Iterator[Entry]:
    query = select(Appeal, Rating.order_id).join(Rating, Rating.id == Appeal.rating_id)
    for row, order_id in session.execute(query.where(Rating.incident_id == incident.id)):
        yield Entry(
            at=row.made_at, kind=EntryKind.APPEAL, name="made", subject_id=row.id, order_id=order_id,
            account_id=row.account_id, text=row.text,
        )  # fmt: skip
        if row.settled_at is not None:
            yield Entry(
                at=row.settled_at, kind=EntryKind.APPEAL, name=row.outcome or "", subject_id=row.id,
                order_id=order_id, account_id=row.settled_by, text=row.reply,
            )  # fmt: skip


def record_lines(session: Session, incident: Incident) -> Iterator[Entry]:
    """What only the record knows: edits, reveals, looks."""
    about = or_(
        RecordEntry.subject_id == incident.id,
        RecordEntry.detail["incident_id"].astext == str(incident.id),
    )
    query = select(RecordEntry).where(
        RecordEntry.station_id == incident.station_id,
        RecordEntry.at >= incident.received_at,
        RecordEntry.action.in_(_OF_THE_RECORD_ONLY),
        about,
    )
    for row in session.scalars(query):
        yield Entry(
            at=row.at, kind=EntryKind.RECORD, name=row.action, subject_id=row.subject_id,
            account_id=row.actor_account_id, text=row.reason, detail={"number": row.id},
        )  # fmt: skip
