"""Needs that compete, and the plans that were made for them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ARRAY, Uuid, bindparam, select, text
from sqlalchemy.orm import Session

from dispatch.contention.groups import Wanting
from dispatch.contention.model import KeptPlan
from dispatch.incidents.model import Incident
from dispatch.matching.model import Need
from dispatch.orders.model import Order
from dispatch.orders.states import UNANSWERED

# a station with one call has nothing to choose between
_DUE = text(
    """
    WITH asking AS MATERIALIZED (
        SELECT n.id, n.incident_id, n.joint_at, n.opened_at, i.station_id
        FROM needs n JOIN incidents i ON i.id = n.incident_id
        WHERE n.mode = 'offer' AND n.state IN ('open', 'short') AND n.accepted < n.needed AND i.ended_at IS NULL
    )
    SELECT id FROM asking
    WHERE station_id IN (SELECT station_id FROM asking GROUP BY station_id HAVING count(DISTINCT incident_id) > 1)
      AND (joint_at IS NULL OR joint_at <= :before)
    ORDER BY joint_at NULLS FIRST, opened_at, id LIMIT :limit
    """
)
# a need wants somebody who is held for another where it is short of people, or where he stands nearer to it than the
# farthest of its own; what the way really is the plan will say
_WANTING = text(
    """
    WITH asking AS MATERIALIZED (
        SELECT n.id, n.kind, n.radius_m, n.needed - n.accepted AS places, i.station_id, i.position
        FROM needs n JOIN incidents i ON i.id = n.incident_id
        WHERE n.mode = 'offer' AND n.state IN ('open', 'short') AND n.accepted < n.needed AND i.ended_at IS NULL
          AND i.station_id IN (SELECT station_id FROM incidents JOIN needs d ON d.incident_id = incidents.id
                               WHERE d.id = ANY(:ids))
    ), held AS MATERIALIZED (
        SELECT o.need_id, x.position
        FROM orders o JOIN asking a ON a.id = o.need_id JOIN responder_index x ON x.responder_id = o.responder_id
        WHERE o.state IN ('offered', 'received', 'shown') AND x.position IS NOT NULL
    ), due AS MATERIALIZED (
        SELECT a.*, own.waiting, own.farthest_m FROM asking a CROSS JOIN LATERAL (
            SELECT count(*) AS waiting, max(ST_Distance(h.position, a.position)) AS farthest_m
            FROM held h WHERE h.need_id = a.id) AS own
        WHERE a.id = ANY(:ids)
    )
    SELECT DISTINCT a.id AS need_id, b.id AS holder_need_id
    FROM due a JOIN asking b ON b.id <> a.id AND b.kind = a.kind AND b.station_id = a.station_id
    JOIN held h ON h.need_id = b.id AND ST_DWithin(h.position, a.position, a.radius_m)
    WHERE a.waiting < a.places OR ST_Distance(h.position, a.position) < a.farthest_m
    """
)
_MARK = text(
    "UPDATE needs SET joint_at = :at WHERE id IN"
    " (SELECT id FROM needs WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)"
)


def list_due(session: Session, before: datetime, *, limit: int) -> list[uuid.UUID]:
    """Needs of stations with several calls that were not looked at together since ``before``; new ones first."""
    return list(session.scalars(_DUE, {"before": before, "limit": limit}))


def list_wanting(session: Session, need_ids: Collection[uuid.UUID]) -> list[Wanting]:
    """Every pair of one of these needs and another one whose people it would gain by."""
    rows = session.execute(_WANTING, {"ids": list(need_ids)})
    return [Wanting(need_id=row.need_id, holder_need_id=row.holder_need_id) for row in rows]


def mark(session: Session, need_ids: Collection[uuid.UUID], at: datetime) -> None:
    """They have been looked at together; who is busy with one of them is not waited for."""
    session.execute(_MARK, {"ids": sorted(need_ids), "at": at})


def list_needs(session: Session, need_ids: Collection[uuid.UUID]) -> list[Need]:
    """By id, as the database has them."""
    query = select(Need).where(Need.id.in_(need_ids)).order_by(Need.id)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def lock_incidents(session: Session, incident_ids: Collection[uuid.UUID]) -> list[Incident]:
    """Those that nobody else holds, by id, held and read anew."""
    query = select(Incident).where(Incident.id.in_(incident_ids)).order_by(Incident.id)
    query = query.with_for_update(key_share=True, skip_locked=True)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def lock_needs(session: Session, need_ids: Collection[uuid.UUID]) -> list[Need]:
    """Those that nobody else holds, by id, held."""
    query = (
        select(Need).where(Need.id.in_(need_ids)).order_by(Need.id).with_for_update(key_share=True, skip_locked=True)
    )
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def list_held(session: Session, need_ids: Collection[uuid.UUID], *, lock: bool = False) -> list[Order]:
    """The unanswered offers of these needs, by responder."""
    query = select(Order).where(Order.need_id.in_(need_ids), Order.state.in_(UNANSWERED))
    query = query.order_by(Order.responder_id, Order.id)
    if lock:
        query = query.with_for_update(key_share=True)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def add(session: Session, plan: KeptPlan) -> None:
    session.add(plan)
    session.flush()


def list_of_incident(session: Session, incident_id: uuid.UUID, *, limit: int = 50) -> list[KeptPlan]:
    """Plans that touched a need of the incident, newest first."""
    needs = list(session.scalars(select(Need.id).where(Need.incident_id == incident_id)))
    theirs = KeptPlan.need_ids.op("&&")(bindparam("needs", needs, type_=ARRAY(Uuid)))
    query = select(KeptPlan).where(theirs).order_by(KeptPlan.made_at.desc(), KeptPlan.id).limit(limit)
    return list(session.scalars(query))
