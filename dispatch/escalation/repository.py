"""Alarms, and what is due, in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.escalation.model import Alarm
from dispatch.escalation.steps import LOST_AFTER, SILENT_AFTER, Watched
from dispatch.orders.model import Order
from dispatch.orders.states import OrderState
from kit.actor import Grant, Role
from kit.errors import NotFound
from kit.ids import new_id
from kit.paging import Slice
from kit.reach import rows_within


def visible(grant: Grant) -> ColumnElement[bool]:
    """The alarms that the grant reaches."""
    return rows_within(grant, station=Alarm.station_id)


def add_once(
    session: Session,
    *,
    station_id: uuid.UUID,
    incident_id: uuid.UUID,
    kind: str,
    order_id: uuid.UUID | None,
    at: datetime,
    tell_again_at: datetime,
    detail: dict[str, object],
) -> tuple[Alarm, bool]:
    """The open alarm of that kind, and whether it is new."""
    values = {
        "id": new_id(),
        "station_id": station_id,
        "incident_id": incident_id,
        "order_id": order_id,
        "kind": kind,
        "detail": detail,
        "raised_at": at,
        "tell_again_at": tell_again_at,
    }
    added = session.scalar(insert(Alarm).values(values).on_conflict_do_nothing().returning(Alarm.id))
    query = select(Alarm).where(
        Alarm.incident_id == incident_id,
        Alarm.kind == kind,
        Alarm.order_id.is_not_distinct_from(order_id),
        Alarm.acknowledged_at.is_(None),
    )
    return session.scalars(query).one(), added is not None


def get_visible(session: Session, alarm_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Alarm:
    """Raises NotFound, also for an alarm that the grant does not reach."""
    query = select(Alarm).where(Alarm.id == alarm_id, visible(grant))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    alarm = session.scalar(query)
    if alarm is None:
        raise NotFound
    return alarm


def list_alarms(session: Session, grant: Grant, *, open_only: bool, part: Slice) -> list[Alarm]:
    """Newest first, one more than asked for."""
    query = select(Alarm).where(visible(grant)).order_by(Alarm.raised_at.desc(), Alarm.id.desc())
    if open_only:
        query = query.where(Alarm.acknowledged_at.is_(None))
    behind = part.behind(Alarm.raised_at, Alarm.id)
    if behind is not None:
        query = query.where(behind)
    return list(session.scalars(query.limit(part.limit + 1)))


def lock_open(session: Session, incident_id: uuid.UUID) -> list[Alarm]:
    """The incident's alarms that nobody took up, locked."""
    query = select(Alarm).where(Alarm.incident_id == incident_id, Alarm.acknowledged_at.is_(None)).order_by(Alarm.id)
    return list(session.scalars(query.with_for_update(), execution_options={"populate_existing": True}))


def lock_unheard(session: Session, at: datetime, *, limit: int) -> list[Alarm]:
    """Alarms that nobody took up and that are to be told again; those that another worker holds are left to it."""
    query = (
        select(Alarm)
        .where(Alarm.acknowledged_at.is_(None), Alarm.tell_again_at <= at)
        .order_by(Alarm.tell_again_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def list_room(session: Session, station_id: uuid.UUID) -> list[uuid.UUID]:
    """Accounts of the station's command room; of its leaders where it has no dispatcher."""
    query = (
        select(Account.id, Account.role)
        .where(Account.station_id == station_id, Account.active, Account.role.in_((Role.DISPATCHER, Role.LEADER)))
        .order_by(Account.id)
    )
    rows = session.execute(query).all()
    dispatchers = [row.id for row in rows if row.role == Role.DISPATCHER]
    return dispatchers or [row.id for row in rows]


# of somebody who is asked and can be told nothing now: when he was last heard of, and whether he ever had a socket.
# A process that died left its sockets open in the book: what was not heard of for minutes is not open.
_CONTACT = """
    SELECT greatest(max(d.lost_at), max(d.reachable_at), max(i.received_at)) AS heard_at,
           max(d.lost_at) IS NOT NULL AS was_live
    FROM responder_index i LEFT JOIN devices d ON d.account_id = o.account_id AND d.revoked_at IS NULL
    WHERE i.responder_id = o.responder_id AND o.mode = 'offer'
    HAVING NOT coalesce(bool_or(d.push_token IS NOT NULL OR (
        d.lost_at IS NULL AND d.connected_at IS NOT NULL AND d.reachable_at > :at - interval '150 s')), false)
"""
_DUE_ORDERS = text(
    f"""
    SELECT o.id, o.need_id FROM orders o
    WHERE (o.state = 'offered' AND o.receipt_due_at <= :at)
       OR (o.state IN ('offered', 'received', 'shown') AND o.accept_due_at <= :at)
       OR (o.state IN ('offered', 'received', 'shown', 'accepted', 'en_route') AND EXISTS (
            SELECT FROM responder_index i WHERE i.responder_id = o.responder_id AND NOT i.on_duty AND NOT i.fixed))
       OR (o.state IN ('offered', 'received', 'shown') AND (
            SELECT greatest(c.heard_at, o.offered_at) <= CASE WHEN c.was_live THEN :lost_by ELSE :silent_by END
            FROM ({_CONTACT}) AS c))
    ORDER BY least(o.receipt_due_at, o.accept_due_at) NULLS FIRST, o.id
    LIMIT :limit
    """
)
_WATCHED = text(
    f"""
    SELECT NOT r.on_duty AND NOT r.fixed AS off_duty, c.heard_at, coalesce(c.was_live, false) AS was_live
    FROM orders o JOIN responder_index r ON r.responder_id = o.responder_id
    LEFT JOIN LATERAL ({_CONTACT}) AS c ON true WHERE o.id = :id
    """
)
# what follows may dispatch the incident, and sends to the place that it has: it is locked before its needs
_LOCK_INCIDENTS = text(
    """
    SELECT i.id FROM incidents i WHERE i.id IN (SELECT n.incident_id FROM needs n WHERE n.id = ANY(:ids))
    ORDER BY i.id FOR NO KEY UPDATE SKIP LOCKED
    """
)
_LOCK_NEEDS = text(
    """
    SELECT n.id FROM needs n WHERE n.id = ANY(:ids) AND n.incident_id = ANY(:incident_ids)
    ORDER BY n.id FOR NO KEY UPDATE SKIP LOCKED
    """
)
_DUE_NEEDS = text(
    """
    SELECT n.id FROM needs n WHERE n.retry_at <= :at AND n.state IN ('open', 'short')
    ORDER BY n.retry_at, n.id LIMIT :limit
    """
)
# few needs are short at a time; how far away one may be is the need's own radius, as the matcher has it
_WANTING = text(
    """
    SELECT a.id, n.id AS need_id
    FROM availabilities a
    JOIN responder_index r ON r.responder_id = a.responder_id AND r.on_duty AND NOT r.engaged
    JOIN needs n ON n.retry_at IS NOT NULL AND n.state = 'short' AND n.kind = r.kind AND n.skills <@ r.skills
    JOIN incidents i ON i.id = n.incident_id AND i.ended_at IS NULL AND i.district_id = r.district_id
                    AND ST_DWithin(r.position, i.position, n.radius_m)
    WHERE a.id = ANY(:ids)
      AND NOT EXISTS (SELECT FROM orders o WHERE o.incident_id = i.id AND o.responder_id = r.responder_id
                      AND o.state IN ('declined', 'expired', 'failed', 'cancelled'))
    """
)
_UNDISPATCHED = text(
    """
    SELECT i.id, i.station_id FROM incidents i
    WHERE i.state = 'received' AND i.ended_at IS NULL AND i.received_at <= :before
      AND NOT EXISTS (SELECT FROM alarms a WHERE a.incident_id = i.id AND a.kind = 'undispatched'
                      AND a.raised_at >= i.received_at)
    ORDER BY i.received_at, i.id LIMIT :limit
    """
)


def list_due_orders(session: Session, at: datetime, *, limit: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(order, need) of orders whose receipt or acceptance is overdue, the longest overdue first, and of those whose
    responder is off duty or out of contact."""
    values = {"at": at, "lost_by": at - LOST_AFTER, "silent_by": at - SILENT_AFTER, "limit": limit}
    return [(row.id, row.need_id) for row in session.execute(_DUE_ORDERS, values)]


def watch(session: Session, order: Order, at: datetime) -> Watched:
    """An order that is held, as the watch sees it. A safe-house that closes stays where it is."""
    row = session.execute(_WATCHED, {"id": order.id, "at": at}).one()
    return Watched(
        state=OrderState(order.state),
        receipt_due_at=order.receipt_due_at,
        accept_due_at=order.accept_due_at,
        reminders=order.reminders,
        off_duty=row.off_duty,
        offered_at=order.offered_at,
        heard_at=row.heard_at,
        was_live=row.was_live,
    )


def lock_free_needs(session: Session, need_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Lock those that nobody else holds."""
    held = list(session.scalars(_LOCK_INCIDENTS, {"ids": need_ids}))
    return set(session.scalars(_LOCK_NEEDS, {"ids": need_ids, "incident_ids": held}))


def list_due_needs(session: Session, at: datetime, *, limit: int) -> list[uuid.UUID]:
    """Needs for which somebody is to be looked for again."""
    return list(session.scalars(_DUE_NEEDS, {"at": at, "limit": limit}))


def find_wanting(session: Session, line_ids: Collection[int]) -> dict[int, set[uuid.UUID]]:
    """The short needs that each of those who have become available may fit, by the line that says so."""
    found: dict[int, set[uuid.UUID]] = {}
    for row in session.execute(_WANTING, {"ids": list(line_ids)}) if line_ids else ():
        found.setdefault(row.id, set()).add(row.need_id)
    return found


def list_undispatched(session: Session, before: datetime, *, limit: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(incident, station) of incidents received before ``before`` for which nobody was ordered or alarmed."""
    rows = session.execute(_UNDISPATCHED, {"before": before, "limit": limit})
    return [(row.id, row.station_id) for row in rows]
