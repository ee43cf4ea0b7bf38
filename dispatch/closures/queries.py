"""What a leader reads: the queue of closures, and one closure whole."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select, tuple_
from sqlalchemy.orm import Session

from dispatch.appeals.model import Appeal
from dispatch.closures.completeness import Completeness, completeness
from dispatch.closures.facts import Facts, Interval, list_intervals, list_stages
from dispatch.closures.loading import load_facts
from dispatch.closures.overdue import Overdue, Targets, overdue
from dispatch.feedback.model import FeedbackForm
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.orders.model import Order
from dispatch.ratings.model import Rating
from dispatch.reviews.model import Review
from kit.actor import Grant
from kit.paging import After, Slice
from kit.tenancy import Station

#: the states in which a closure waits for somebody
WAITING = ("handled", "feedback")


@dataclass(frozen=True, kw_only=True)
class QueueFilter:
    """``overdue`` None: both; ``state`` one of handled, feedback, closed."""

    states: Collection[str] = WAITING
    overdue: bool | None = None
    ratings_missing: bool | None = None
    appeals_open: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Closure:
    """One line of the queue. ``due_at``: when the next thing that somebody has to do is, or was, due."""

    incident: Incident
    due_at: datetime
    flags: tuple[Overdue, ...]
    completeness: Completeness
    unrated: int
    appeals_open: int
    facts: Facts

    @property
    def overdue(self) -> bool:
        """Whether something is overdue now."""
        return any(flag.running for flag in self.flags)


@dataclass(frozen=True, kw_only=True)
class ClosureDetail:
    """One closure whole."""

    closure: Closure
    intervals: Sequence[Interval]
    form: FeedbackForm | None
    ratings: Sequence[Rating]
    reviews: Sequence[Review]
    appeals: Sequence[Appeal]


def list_queue(
    session: Session, *, grant: Grant, slice_: Slice, wanted: QueueFilter, now: datetime
) -> tuple[list[Closure], After | None]:
    """The most urgent first: due times ascend, so whatever is overdue stands before all that is not.

    The order does not depend on ``now``, so that pages fit together while time passes. Closed ones alone
    come newest first.
    """
    targets = get_targets(session, grant)
    due = _due(targets)
    query = select(Incident, due.label("due_at"), _unrated().label("unrated"), _open_appeals().label("appeals"))
    query = query.where(incidents.visible(grant), Incident.state.in_(wanted.states))
    if wanted.overdue is not None:
        query = query.where(due < now if wanted.overdue else due >= now)
    if wanted.ratings_missing is not None:
        query = query.where((_unrated() > 0) == wanted.ratings_missing)
    if wanted.appeals_open is not None:
        query = query.where((_open_appeals() > 0) == wanted.appeals_open)
    past = set(wanted.states) == {"closed"}
    behind = slice_.behind(due, Incident.id)
    if slice_.after is not None and not past:
        behind = tuple_(due, Incident.id) > tuple_(slice_.after.at, slice_.after.id)
    if behind is not None:
        query = query.where(behind)
    order = (due.desc(), Incident.id.desc()) if past else (due, Incident.id)
    rows = session.execute(query.order_by(*order).limit(slice_.limit + 1)).all()
    page = rows[: slice_.limit]
    following = After(at=page[-1].due_at, id=page[-1].Incident.id) if len(rows) > slice_.limit else None
    return _closures(session, page, targets, now), following


def get_closure(session: Session, *, grant: Grant, incident_id: uuid.UUID, now: datetime) -> ClosureDetail:
    """Everything about how an incident was closed, or is being; raises NotFound."""
    incident = incidents.get_visible(session, incident_id, grant)
    targets = get_targets(session, grant)
    row = session.execute(
        select(
            Incident, _due(targets).label("due_at"), _unrated().label("unrated"), _open_appeals().label("appeals")
        ).where(Incident.id == incident.id)
    ).one()
    closure = _closures(session, [row], targets, now)[0]
    ratings = session.scalars(select(Rating).where(Rating.incident_id == incident.id).order_by(Rating.made_at)).all()
    return ClosureDetail(
        closure=closure,
        intervals=list_intervals(closure.facts),
        form=session.scalars(select(FeedbackForm).where(FeedbackForm.incident_id == incident.id)).one_or_none(),
        ratings=ratings,
        reviews=session.scalars(select(Review).where(Review.incident_id == incident.id).order_by(Review.at)).all(),
        appeals=session.scalars(select(Appeal).where(Appeal.rating_id.in_([rating.id for rating in ratings]))).all(),
    )


def get_targets(session: Session, grant: Grant) -> Targets:
    """The targets of the asker's station."""
    settings = session.scalar(select(Station.settings).where(Station.id == grant.actor.station_id))
    return Targets.of(settings or {})


def _closures(session: Session, rows: Sequence[Any], targets: Targets, now: datetime) -> list[Closure]:
    facts = load_facts(session, [row.Incident for row in rows])
    return [
        Closure(
            incident=row.Incident,
            due_at=row.due_at,
            flags=overdue(list_stages(facts[row.Incident.id]), targets, now),
            completeness=completeness(facts[row.Incident.id]),
            unrated=row.unrated,
            appeals_open=row.appeals,
            facts=facts[row.Incident.id],
        )
        for row in rows
    ]


def _due(targets: Targets) -> ColumnElement[datetime]:
    """When the next running stage of an incident is due: the same rule as ``list_stages``, for the ORDER BY.

    A closed incident has nothing due; it stands at the time when it ended.
    """
    submitted_at = select(FeedbackForm.submitted_at).where(FeedbackForm.incident_id == Incident.id).scalar_subquery()
    returned_at = (
        select(func.max(Review.at))
        .join(FeedbackForm, FeedbackForm.incident_id == Review.incident_id)
        .where(
            Review.incident_id == Incident.id,
            Review.decision == "returned",
            Review.at >= FeedbackForm.submitted_at,
        )
        .scalar_subquery()
    )
    oldest_unrated = (
        select(func.min(Order.ended_at))
        .where(Order.incident_id == Incident.id, Order.mode == "offer", Order.state == "completed")
        .scalar_subquery()
    )
    feedback_since = func.coalesce(returned_at, _mark("dispatched"), _mark("handled"), Incident.received_at)
    return case(
        (Incident.ended_at.is_not(None), Incident.ended_at),
        else_=func.least(
            case(
                (Incident.state == "feedback", submitted_at + timedelta(seconds=targets.review_s)),
                else_=feedback_since + timedelta(seconds=targets.feedback_s),
            ),
            oldest_unrated + timedelta(seconds=targets.rating_s),
        ),
    )


def _mark(name: str) -> ColumnElement[datetime]:
    return (
        select(IncidentMilestone.at)
        .where(
            IncidentMilestone.incident_id == Incident.id,
            IncidentMilestone.round == Incident.reopened,
            IncidentMilestone.name == name,
        )
        .scalar_subquery()
    )


def _unrated() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Order)
        .where(
            Order.incident_id == Incident.id,
            Order.mode == "offer",
            Order.state == "completed",
            ~exists().where(Rating.order_id == Order.id),
        )
        .scalar_subquery()
    )


def _open_appeals() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Appeal)
        .join(Rating, Rating.id == Appeal.rating_id)
        .where(Rating.incident_id == Incident.id, Appeal.settled_at.is_(None))
        .scalar_subquery()
    )
