"""What is due by time. Everything that is due stands in the database: a worker that dies forgets nothing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.escalation import repository
from dispatch.escalation.alarms import AlarmTaken, acknowledge, raise_alarm, tell_again
from dispatch.escalation.steps import Step, next_step
from dispatch.orders import opening, telling
from dispatch.orders import repository as orders
from dispatch.orders.dispatching import note_dispatch
from dispatch.orders.firing import fire
from dispatch.orders.model import Order
from geo.availability import repository as availability
from kit.actor import SYSTEM

__all__ = ["AlarmTaken", "acknowledge", "raise_alarm", "tick"]

#: a turn holds its locks until it commits: few at a time, and the next turn comes at once
_BATCH = 25
#: so many who have just become available are heard in a turn
_HEARD = 200
#: a call for which nobody was ordered is an alarm after a minute (trust P1: dispatched within 60 s)
UNDISPATCHED_AFTER = timedelta(seconds=60)


def tick(session: Session, at: datetime) -> int:
    """Do all that is due at ``at``; how many things were done. Several workers may tick at once.

    First what ends, then who is asked instead: locks are taken needs, orders, responders, as everywhere.
    """
    due = repository.list_due_orders(session, at, limit=_BATCH)
    there = availability.take(session, limit=_HEARD)
    wanting = repository.find_wanting(session, there)
    again = [*repository.list_due_needs(session, at, limit=_BATCH), *sorted(set().union(*wanting.values()))[:_BATCH]]
    free = repository.lock_free_needs(session, sorted({need_id for _, need_id in due} | set(again)))
    if there:
        # whose need is held by somebody else is looked at in the next turn
        availability.forget(session, [line for line in there if wanting.get(line, set()) <= free])
    done = 0
    replaced: dict[uuid.UUID, Order | None] = {}
    for order_id, need_id in due:
        if need_id not in free:
            continue
        order = orders.lock(session, order_id)
        step = next_step(repository.watch(session, order, at), at)
        if step is Step.WAIT:
            continue
        done += 1
        if step is Step.NEXT_CHANNEL:
            _remind(session, order, at=at)
        else:
            replaced[need_id] = _end(session, order, step, at=at)
    for need_id in again:
        if need_id in free:
            replaced.setdefault(need_id, None)
    for need_id, ended in replaced.items():
        done += 1 if ended is None else 0
        _refill(session, need_id, ended, at=at)
    return done + _alarm_undispatched(session, at) + _tell_alarms_again(session, at)


def _remind(session: Session, order: Order, *, at: datetime) -> None:
    need = orders.lock_need(session, order.need_id)
    order.reminders += 1
    order.receipt_due_at = at + timedelta(seconds=need.receipt_s)
    session.flush()
    telling.try_next_channel(session, order, at=at)


def _end(session: Session, order: Order, step: Step, *, at: datetime) -> Order:
    event = "fail" if step is Step.FAIL_OFF_DUTY else "expire"
    order = fire(session, order, event, by=SYSTEM, at=at, reason=str(step))
    telling.call_off(session, order, at=at)
    if step is Step.EXPIRE_UNREACHED and order.mode == "command":
        # a patrol has a radio as well: somebody is to use it
        raise_alarm(
            session,
            station_id=order.station_id,
            incident_id=order.incident_id,
            kind="unreceived",
            order_id=order.id,
            at=at,
            detail={"responder_id": str(order.responder_id)},
        )
    return order


def _refill(session: Session, need_id: uuid.UUID, ended: Order | None, *, at: datetime) -> None:
    need = orders.lock_need(session, need_id)
    incident = orders.get_incident(session, need.incident_id)
    if incident.ended_at is not None:
        return
    opened = opening.fill(session, incident, need, at=at, by=SYSTEM, replaces=ended)
    note_dispatch(session, incident, opened.orders, by=SYSTEM, at=at)


def _alarm_undispatched(session: Session, at: datetime) -> int:
    waiting = repository.list_undispatched(session, at - UNDISPATCHED_AFTER, limit=_BATCH)
    for incident_id, station_id in waiting:
        raise_alarm(session, station_id=station_id, incident_id=incident_id, kind="undispatched", at=at)
    return len(waiting)


def _tell_alarms_again(session: Session, at: datetime) -> int:
    unheard = repository.lock_unheard(session, at, limit=_BATCH)
    for alarm in unheard:
        tell_again(session, alarm, at=at)
    return len(unheard)
