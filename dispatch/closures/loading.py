"""The facts of many incidents in five queries, however many they are."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.closures.facts import Facts, Mark, OrderFacts
from dispatch.feedback.model import FeedbackForm
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.orders.model import Order, OrderMilestone
from dispatch.reviews.model import Review


def load_facts(session: Session, incidents: Sequence[Incident]) -> dict[uuid.UUID, Facts]:
    """The present round of each incident."""
    ids = [incident.id for incident in incidents]
    marks = _marks(session, ids)
    orders = _orders(session, ids)
    forms = {
        row.incident_id: row.submitted_at
        for row in session.execute(
            select(FeedbackForm.incident_id, FeedbackForm.submitted_at).where(FeedbackForm.incident_id.in_(ids))
        )
    }
    returned = _last_returns(session, ids)
    return {
        incident.id: _facts_of(
            incident, marks[incident.id], orders[incident.id], forms.get(incident.id), returned.get(incident.id)
        )
        for incident in incidents
    }


def _facts_of(
    incident: Incident,
    rounds: dict[int, dict[str, Mark]],
    orders: list[OrderFacts],
    submitted_at: datetime | None,
    returned_at: datetime | None,
) -> Facts:
    marks = dict(rounds.get(incident.reopened, {}))
    began_at = incident.received_at
    reopened = marks.pop("reopened", None)
    if reopened is not None:
        # the second round begins when a leader opens it again
        marks["received"] = reopened
        began_at = reopened.at
    if submitted_at is not None and reopened is not None and submitted_at < reopened.at:
        submitted_at = returned_at = None
    if incident.state != "handled" or (returned_at and submitted_at and returned_at < submitted_at):
        returned_at = None
    return Facts(
        id=incident.id,
        state=incident.state,
        received_at=began_at,
        marks=marks,
        orders=tuple(order for order in orders if reopened is None or order.offered_at >= reopened.at),
        form_submitted_at=submitted_at,
        returned_at=returned_at,
    )


def _marks(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[int, dict[str, Mark]]]:
    found: dict[uuid.UUID, dict[int, dict[str, Mark]]] = defaultdict(lambda: defaultdict(dict))
    # bare rows: figures read a hundred thousand of them
    columns = (IncidentMilestone.incident_id, IncidentMilestone.round, IncidentMilestone.name, IncidentMilestone.at)
    rows = session.execute(select(*columns, IncidentMilestone.how).where(IncidentMilestone.incident_id.in_(ids)))
    for row in rows:
        found[row.incident_id][row.round][row.name] = Mark(at=row.at, how=row.how)
    return found


def _orders(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[OrderFacts]]:
    rows = session.execute(
        select(Order.id, Order.incident_id, Order.mode, Order.state, Order.offered_at, Order.ended_at)
        .where(Order.incident_id.in_(ids))
        .order_by(Order.offered_at, Order.id)
    ).all()
    marks: dict[uuid.UUID, dict[str, Mark]] = defaultdict(dict)
    order_ids = [row.id for row in rows]
    columns = (OrderMilestone.order_id, OrderMilestone.name, OrderMilestone.at, OrderMilestone.how)
    for mark in session.execute(select(*columns).where(OrderMilestone.order_id.in_(order_ids))):
        marks[mark.order_id][mark.name] = Mark(at=mark.at, how=mark.how)
    found: dict[uuid.UUID, list[OrderFacts]] = defaultdict(list)
    for row in rows:
        found[row.incident_id].append(
            OrderFacts(
                id=row.id,
                police=row.mode == "command",
                state=row.state,
                offered_at=row.offered_at,
                ended_at=row.ended_at,
                marks=marks[row.id],
            )
        )
    return found


def _last_returns(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    rows = session.execute(
        select(Review.incident_id, Review.at)
        .where(Review.incident_id.in_(ids), Review.decision == "returned")
        .order_by(Review.at)
    )
    return {row.incident_id: row.at for row in rows}
