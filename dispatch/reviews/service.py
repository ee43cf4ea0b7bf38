"""The leader's decision on a closure (审核): approve it, or return the form with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dispatch.feedback import repository as forms
from dispatch.incidents import repository as incidents
from dispatch.incidents.hiding import hide_caller
from dispatch.incidents.service import fire
from dispatch.incidents.states import IncidentState
from dispatch.orders.ending import end_all
from dispatch.ratings import repository as ratings
from dispatch.reviews import repository
from dispatch.reviews.model import Review
from kit import record
from kit.actor import Grant
from kit.errors import Conflict, Fault, Invalid, PinganError
from kit.ids import new_id
from notifications.outbox.service import put


class Decision(StrEnum):
    """What the leader can decide."""

    APPROVED = "approved"  #: 通过，办结
    RETURNED = "returned"  #: 退回补正


class NotUnderReview(Conflict):
    """There is no form waiting for a review."""

    slug, title, hint = "not-under-review", "该警情不在待审核状态", "请等待民警提交反馈单，或刷新查看最新状态。"


class RatingsMissing(Conflict):
    """Completed orders of this incident are not rated yet."""

    slug, title, hint = "ratings-missing", "尚有指令未评价", "请民警先评价全部已完成的协助指令，再办结。"


class OrdersOpen(Conflict):
    """Helpers are still at work on this incident."""

    slug, title, hint = "orders-open", "尚有协助力量未撤离", "请先完成或解除其指令，再办结。"


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What became of one incident in a batch: a review or a refusal."""

    incident_id: uuid.UUID
    review: Review | None = None
    refusal: PinganError | None = None


def review(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, decision: Decision, reason: str, at: datetime
) -> Review:
    """Decide. Approved: the incident is closed. Returned: the officer is told why and writes the form again.

    An appeal, which may come days later, does not block the approval.
    Raises NotFound, NotUnderReview, RatingsMissing, OrdersOpen, Invalid.
    """
    incident = incidents.get_visible(session, incident_id, grant, lock=True)
    form = forms.find_of_incident(session, incident.id)
    if incident.state != IncidentState.FEEDBACK or form is None:
        raise NotUnderReview(state=incident.state)
    if decision is Decision.RETURNED and not reason:
        raise Invalid(faults=(Fault(pointer="/reason", code="missing", message="退回须写明理由"),))
    if decision is Decision.APPROVED:
        _check_complete(session, incident.id)
    assert grant.actor.account_id is not None
    made = Review(
        id=new_id(),
        incident_id=incident.id,
        station_id=incident.station_id,
        leader_id=grant.actor.account_id,
        decision=decision,
        reason=hide_caller(session, incident.id, reason),
        at=at,
    )
    repository.add(session, made)
    record.write(
        session,
        "review.made",
        actor=grant.actor,
        at=at,
        subject_kind="review",
        subject_id=made.id,
        station_id=made.station_id,
        incident_id=str(incident.id),
        decision=str(decision),
        form_version=form.version,
    )
    event = "close" if decision is Decision.APPROVED else "return_feedback"
    fire(session, incident, event, by=grant.actor, at=at, evidence={"review_id": str(made.id)})
    if decision is Decision.APPROVED:
        # a second crew that never tapped "completed" is free again
        end_all(session, incident.id, by=grant.actor, at=at, reason="incident_closed")
    else:
        put(
            session,
            account_id=form.officer_id,
            kind="review.returned",
            subject_id=incident.id,
            station_id=incident.station_id,
            at=at,
        )
    return made


def approve_all(session: Session, *, grant: Grant, incident_ids: Sequence[uuid.UUID], at: datetime) -> list[Approval]:
    """Approve each on its own: one refusal does not hold up the others."""
    done = []
    # rows are locked in one order everywhere
    for incident_id in sorted(set(incident_ids)):
        try:
            with session.begin_nested():
                made = review(
                    session, grant=grant, incident_id=incident_id, decision=Decision.APPROVED, reason="", at=at
                )
            done.append(Approval(incident_id=incident_id, review=made))
        except PinganError as refusal:
            done.append(Approval(incident_id=incident_id, refusal=refusal))
    return done


def _check_complete(session: Session, incident_id: uuid.UUID) -> None:
    live = ratings.list_live(session, incident_id)
    if live:
        raise OrdersOpen(order_ids=[str(order_id) for order_id in live])
    unrated = ratings.list_unrated(session, incident_id)
    if unrated:
        raise RatingsMissing(order_ids=[str(order_id) for order_id in unrated])
