"""Orders, their milestones and needs in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from dispatch.incidents.model import Incident
from dispatch.matching.model import Need
from dispatch.orders.model import Order, OrderMilestone
from dispatch.orders.states import OPEN, REFUSED, UNANSWERED, OrderState
from geo.responders.model import ResponderIndex
from kit.actor import Grant, Reach
from kit.errors import NotFound

_FINISHED = (OrderState.COMPLETED, OrderState.RATED)


def assigned(account_id: uuid.UUID | None, incident_id: Any) -> ColumnElement[bool]:
    """Whether the account works on that incident: an order that is open, or finished while the incident is not."""
    mine = aliased(Order)
    return exists(
        select(mine.id)
        .join(Incident, Incident.id == mine.incident_id)
        .where(
            mine.incident_id == incident_id,
            mine.account_id == account_id,
            or_(mine.state.in_(OPEN), and_(mine.state.in_(_FINISHED), Incident.ended_at.is_(None))),
        )
    )


def visible(grant: Grant) -> ColumnElement[bool]:
    """The orders that the grant reaches."""
    actor = grant.actor
    match grant.reach:
        case Reach.OWN:
            return Order.account_id == actor.account_id
        case Reach.ASSIGNED:
            return or_(Order.account_id == actor.account_id, assigned(actor.account_id, Order.incident_id))
        case Reach.ORGANIZATION:
            return Order.organization_id == actor.organization_id
        case Reach.STATION:
            return Order.station_id == actor.station_id
        case Reach.DISTRICT:
            return Order.district_id == actor.district_id
        case Reach.ANY:
            return true()
    return false()


def get_visible(session: Session, order_id: uuid.UUID, grant: Grant) -> Order:
    """Raises NotFound, also for an order that the grant does not reach."""
    order = session.scalar(select(Order).where(Order.id == order_id, visible(grant)))
    if order is None:
        raise NotFound
    return order


def lock(session: Session, order_id: uuid.UUID) -> Order:
    """The order as it is now, held until the end of the transaction. Lock its need first, where both are needed."""
    query = select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def lock_need(session: Session, need_id: uuid.UUID) -> Need:
    """The need as it is now: whoever holds it alone says who gets a place."""
    query = select(Need).where(Need.id == need_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def lock_needs(session: Session, incident_id: uuid.UUID) -> list[Need]:
    """All needs of an incident, locked in one order everywhere."""
    query = select(Need).where(Need.incident_id == incident_id).order_by(Need.id).with_for_update(key_share=True)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def lock_responders(session: Session, responder_ids: Collection[uuid.UUID]) -> None:
    """Hold the index rows in one order, the one in which positions are written too: so nobody waits in a circle."""
    query = (
        select(ResponderIndex.responder_id)
        .where(ResponderIndex.responder_id.in_(responder_ids))
        .order_by(ResponderIndex.responder_id)
        .with_for_update(key_share=True)
    )
    session.execute(query)


def list_needs(session: Session, incident_id: uuid.UUID) -> list[Need]:
    return list(session.scalars(select(Need).where(Need.incident_id == incident_id).order_by(Need.opened_at, Need.id)))


def add(session: Session, order: Order) -> None:
    session.add(order)
    session.flush([order])


def add_need(session: Session, need: Need) -> None:
    session.add(need)
    session.flush([need])


def add_milestones(session: Session, order_id: uuid.UUID, rows: Iterable[tuple[str, datetime, str, Any]]) -> None:
    """Rows of (name, at, how, evidence)."""
    session.add_all(
        OrderMilestone(order_id=order_id, name=name, at=at, how=how, evidence=evidence or {})
        for name, at, how, evidence in rows
    )
    session.flush()


def list_milestones(session: Session, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[OrderMilestone]]:
    """Milestones by order, in the order of time."""
    rows = session.scalars(
        select(OrderMilestone).where(OrderMilestone.order_id.in_(order_ids)).order_by(OrderMilestone.at)
    )
    found: dict[uuid.UUID, list[OrderMilestone]] = {order_id: [] for order_id in order_ids}
    for row in rows:
        found[row.order_id].append(row)
    return found


def list_open(
    session: Session,
    *,
    incident_id: uuid.UUID | None = None,
    need_id: uuid.UUID | None = None,
    states: Collection[OrderState] = OPEN,
) -> list[Order]:
    """Orders in one of ``states``, by responder: rows are always locked in that order."""
    query = select(Order).where(Order.state.in_(states)).order_by(Order.responder_id)
    if incident_id is not None:
        query = query.where(Order.incident_id == incident_id)
    if need_id is not None:
        query = query.where(Order.need_id == need_id)
    return list(session.scalars(query))


def count_unanswered(session: Session, need_id: uuid.UUID) -> int:
    return len(list_open(session, need_id=need_id, states=UNANSWERED))


def find_open_of_responder(session: Session, responder_id: uuid.UUID) -> Order | None:
    return session.scalar(select(Order).where(Order.responder_id == responder_id, Order.state.in_(OPEN)))


def list_refusers(session: Session, incident_id: uuid.UUID) -> set[uuid.UUID]:
    """Responders who declined, let pass or gave up an order of this incident."""
    return set(
        session.scalars(select(Order.responder_id).where(Order.incident_id == incident_id, Order.state.in_(REFUSED)))
    )
