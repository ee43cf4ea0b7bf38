"""Orders, their milestones and needs in the database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from dispatch.aid.rows import lent_by, shown_to_lender
from dispatch.incidents.model import Incident
from dispatch.matching.model import Need
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN, UNANSWERED, OrderState
from geo.crs import Position
from geo.responders.model import Responder
from kit.actor import Grant, Role
from kit.errors import NotFound
from kit.reach import rows_within
from kit.record import RecordEntry

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
    account_id = grant.actor.account_id
    return rows_within(
        grant,
        own=Order.account_id,
        assigned=lambda: or_(Order.account_id == account_id, assigned(account_id, Order.incident_id)),
        organization=Order.organization_id,
        station=Order.station_id,
        district=Order.district_id,
        aid=lambda: shown_to_lender(grant.actor),
    )


def get_visible(session: Session, order_id: uuid.UUID, grant: Grant) -> Order:
    """Raises NotFound, also for an order that the grant does not reach."""
    order = session.scalar(select(Order).where(Order.id == order_id, visible(grant)))
    if order is None:
        raise NotFound
    return order


def get_lent(session: Session, order_id: uuid.UUID, grant: Grant) -> Order:
    """An order by which one's own station lends somebody to another; raises NotFound for any other."""
    order = session.scalar(select(Order).where(Order.id == order_id, lent_by(grant.actor.station_id)))
    if order is None:
        raise NotFound
    return order


def find_lender(session: Session, order: Order) -> uuid.UUID | None:
    """The station that lends the person of the order; None for one of the incident's own station."""
    if order.aid_id is None:
        return None
    return session.scalar(select(Responder.station_id).where(Responder.id == order.responder_id))


def get_incident(session: Session, incident_id: uuid.UUID) -> Incident:
    """The incident of an order, as the database has it."""
    query = select(Incident).where(Incident.id == incident_id)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def lock(session: Session, order_id: uuid.UUID) -> Order:
    """The order as it is now, held until the end of the transaction. Lock its need first, where both are needed."""
    query = select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def lock_all_free(session: Session, order_ids: Collection[uuid.UUID], *, wait: bool) -> dict[uuid.UUID, Order]:
    """``lock`` for orders of any incidents, by id; without ``wait`` those that nobody else holds now."""
    query = select(Order).where(Order.id.in_(order_ids)).order_by(Order.responder_id, Order.id)
    query = query.with_for_update(key_share=True, skip_locked=not wait)
    return {order.id: order for order in session.scalars(query, execution_options={"populate_existing": True})}


def lock_need(session: Session, need_id: uuid.UUID) -> Need:
    """The need as it is now: whoever holds it alone says who gets a place."""
    query = select(Need).where(Need.id == need_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def lock_needs(session: Session, incident_id: uuid.UUID) -> list[Need]:
    """All needs of an incident, locked in one order everywhere."""
    query = select(Need).where(Need.incident_id == incident_id).order_by(Need.id).with_for_update(key_share=True)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def list_needs(session: Session, incident_id: uuid.UUID) -> list[Need]:
    return list(session.scalars(select(Need).where(Need.incident_id == incident_id).order_by(Need.opened_at, Need.id)))


_STAFFING = text(
    """
    SELECT n.id, n.kind, n.mode, n.skills, n.needed, n.accepted, n.retry_at,
           (SELECT count(*) FROM orders o WHERE o.need_id = n.id AND o.state = ANY(:unanswered)) AS waiting
    FROM needs n WHERE n.incident_id = :incident_id AND n.state <> 'closed' ORDER BY n.opened_at, n.id
    """
)


def list_staffing(session: Session, incident_id: uuid.UUID) -> list[Row[Any]]:
    """The needs of the present round, and how many were asked for each and have not answered (``waiting``)."""
    unanswered = [str(state) for state in UNANSWERED]
    return list(session.execute(_STAFFING, {"incident_id": incident_id, "unanswered": unanswered}).all())


def list_short(session: Session, incident_id: uuid.UUID, *, kind: str, other_than: uuid.UUID) -> list[Need]:
    """Other needs of that kind that look for people, as they were last read."""
    query = select(Need).where(
        Need.incident_id == incident_id, Need.kind == kind, Need.state == "short", Need.id != other_than
    )
    return list(session.scalars(query.order_by(Need.id)))


def add(session: Session, order: Order) -> None:
    session.add(order)
    session.flush()


def add_needs(session: Session, needs: Collection[Need]) -> None:
    session.add_all(needs)
    session.flush()


#: order, name, at, how it is known, evidence
Passed = tuple[uuid.UUID, str, datetime, str, Mapping[str, Any] | None]
_ADD_MILESTONES = text(
    """
    INSERT INTO order_milestones (order_id, name, at, how, evidence)
    SELECT order_id, name, at, how, CAST(evidence AS jsonb)
    FROM unnest(CAST(:order_ids AS uuid[]), CAST(:names AS text[]), CAST(:ats AS timestamptz[]),
                CAST(:hows AS text[]), CAST(:evidences AS text[])) AS u (order_id, name, at, how, evidence)
    ON CONFLICT DO NOTHING
    RETURNING name
    """
)


def add_milestones(session: Session, rows: Sequence[Passed]) -> int:
    """Write them after the changes of the orders; one that was written before stays. How many are new."""
    session.flush()
    order_ids, names, ats, hows, evidences = zip(*rows, strict=True)
    values = {
        "order_ids": list(order_ids),
        "names": list(names),
        "ats": list(ats),
        "hows": list(hows),
        "evidences": [json.dumps(evidence or {}) for evidence in evidences],
    }
    return len(session.execute(_ADD_MILESTONES, values).all())


_PASSED = text(
    "SELECT order_id, name, at, how, evidence FROM order_milestones WHERE order_id = ANY(:order_ids) ORDER BY at"
)


def list_milestones(session: Session, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row[Any]]]:
    """Milestones (name, at, how, evidence) by order, in the order of time."""
    found: dict[uuid.UUID, list[Row[Any]]] = {order_id: [] for order_id in order_ids}
    for row in session.execute(_PASSED, {"order_ids": list(order_ids)}):
        found[row.order_id].append(row)
    return found


def list_open(
    session: Session,
    *,
    incident_id: uuid.UUID | None = None,
    need_id: uuid.UUID | None = None,
    states: Collection[OrderState] = OPEN,
    lock: bool = False,
) -> list[Order]:
    """Orders in one of ``states``, by responder; with ``lock`` held in that order and read anew."""
    query = select(Order).where(Order.state.in_(states)).order_by(Order.responder_id)
    if incident_id is not None:
        query = query.where(Order.incident_id == incident_id)
    if need_id is not None:
        query = query.where(Order.need_id == need_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return list(session.scalars(query))


def count_unanswered(session: Session, need_id: uuid.UUID) -> int:
    query = select(func.count()).where(Order.need_id == need_id, Order.state.in_(UNANSWERED))
    return session.scalar(query) or 0


def find_open_of_responder(session: Session, responder_id: uuid.UUID) -> Order | None:
    return session.scalar(select(Order).where(Order.responder_id == responder_id, Order.state.in_(OPEN)))


def list_askers(session: Session, order: Order) -> list[uuid.UUID]:
    """The officers who asked for this order or for more of its kind, the last one first."""
    query = (
        select(RecordEntry.actor_account_id)
        .where(
            RecordEntry.subject_id.in_((order.id, order.need_id)),
            RecordEntry.action.in_(("order.offered", "need.raised")),
            RecordEntry.actor_role == Role.OFFICER,
        )
        .order_by(RecordEntry.id.desc())
    )
    return [account_id for account_id in session.scalars(query) if account_id is not None]


@dataclass(frozen=True, kw_only=True)
class Travelling:
    """Somebody on his way, and where he was last."""

    order_id: uuid.UUID
    incident_id: uuid.UUID
    mode: str
    state: str
    arrival_seen_at: datetime | None
    target: Position
    position: Position
    accuracy_m: float
    captured_at: datetime
    #: where he was as he accepted
    accepted_from: Position | None


_TRAVELLING = text(
    """
    SELECT o.id, o.incident_id, o.mode, o.state, o.arrival_seen_at,
           ST_X(o.target::geometry) AS target_lon, ST_Y(o.target::geometry) AS target_lat,
           ST_X(i.position::geometry) AS lon, ST_Y(i.position::geometry) AS lat,
           coalesce(i.accuracy_m, 0) AS accuracy_m, i.captured_at,
           ST_X(o.accepted_from::geometry) AS from_lon, ST_Y(o.accepted_from::geometry) AS from_lat
    FROM orders o JOIN responder_index i ON i.responder_id = o.responder_id
    WHERE o.state IN ('accepted', 'en_route') AND i.captured_at >= :since AND NOT i.fixed
      AND i.captured_at > (SELECT m.at FROM order_milestones m WHERE m.order_id = o.id AND m.name = 'accepted')
    ORDER BY o.id LIMIT :limit
    """
)
_REMEMBER_START = text(
    "UPDATE orders o SET accepted_from = i.position FROM responder_index i"
    " WHERE o.id = :id AND i.responder_id = o.responder_id AND o.state = 'accepted' AND NOT i.fixed"
)


def list_travelling(session: Session, *, since: datetime, limit: int) -> list[Travelling]:
    """Orders under way whose responder has a fix from after his acceptance and not before ``since``."""
    return [
        Travelling(
            order_id=row.id,
            incident_id=row.incident_id,
            mode=row.mode,
            state=row.state,
            arrival_seen_at=row.arrival_seen_at,
            target=Position(row.target_lon, row.target_lat),
            position=Position(row.lon, row.lat),
            accuracy_m=row.accuracy_m,
            captured_at=row.captured_at,
            accepted_from=Position(row.from_lon, row.from_lat) if row.from_lon is not None else None,
        )
        for row in session.execute(_TRAVELLING, {"since": since, "limit": limit})
    ]


def remember_start(session: Session, order_id: uuid.UUID) -> None:
    """Note where the responder is as he accepts."""
    session.execute(_REMEMBER_START, {"id": order_id})
