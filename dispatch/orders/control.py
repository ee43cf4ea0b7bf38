"""What others do with somebody's order: the command room, and the officer at the scene."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.incidents import repository as incidents
from dispatch.incidents import service as incident_service
from dispatch.incidents.model import Incident
from dispatch.incidents.states import IncidentState
from dispatch.orders import dispatching, progress, repository, telling
from dispatch.orders.errors import MovedOn
from dispatch.orders.firing import fire
from dispatch.orders.model import Order
from dispatch.orders.needs import open_needs
from dispatch.orders.states import COUNTED, LIVE, OrderState
from kit.actor import Actor, Grant, Role


def stand_down(
    session: Session, *, grant: Grant, order_id: uuid.UUID, reason: str, at: datetime,
    seen_state: OrderState | None = None,
) -> Order:  # fmt: skip
    """No longer needed: the order ends, and nobody is asked in its place.

    Raises NotFound, MovedOn, TransitionRefused.
    """
    _, order = _lock(session, order_id, grant)
    if order.state == OrderState.STOOD_DOWN:
        return order
    _check_seen(order, seen_state)
    had_a_place = order.state in COUNTED
    order = fire(session, order, "stand_down", by=grant.actor, at=at, reason=reason)
    telling.call_off(session, order, at=at)
    if had_a_place:
        need = repository.lock_need(session, order.need_id)
        need.needed = max(1, need.accepted, need.needed - 1)
        if need.state != "closed":
            need.state = "filled" if need.accepted >= need.needed else "closed" if need.accepted == 0 else "open"
        session.flush()
    return order


def cancel(
    session: Session, *, grant: Grant, order_id: uuid.UUID, reason: str, at: datetime,
    seen_state: OrderState | None = None,
) -> Order:  # fmt: skip
    """Take the order back; the next one is asked in its place.

    ``seen_state``: what the dispatcher saw when he pressed; when the helper has accepted since, MovedOn.
    Raises NotFound, MovedOn, TransitionRefused.
    """
    return _take_back(
        session, repository.get_visible(session, order_id, grant), by=grant.actor, reason=reason, at=at,
        seen_state=seen_state,
    )  # fmt: skip


def recall(
    session: Session, *, grant: Grant, order_id: uuid.UUID, reason: str, at: datetime,
    seen_state: OrderState | None = None,
) -> Order:  # fmt: skip
    """The helping station takes its own person back; the next one is asked in his place.

    Raises NotFound (also for the station whose incident it is), MovedOn, TransitionRefused.
    """
    return _take_back(
        session, repository.get_lent(session, order_id, grant), by=grant.actor, reason=reason, at=at,
        seen_state=seen_state,
    )  # fmt: skip


def reassign(
    session: Session, *, grant: Grant, order_id: uuid.UUID, responder_id: uuid.UUID, reason: str, at: datetime
) -> Order:
    """Give the task to another one: both or neither. The new order.

    Raises NotFound, IncidentNotWorkable, ResponderTaken, ResponderUnfit, TransitionRefused.
    """
    seen = repository.get_visible(session, order_id, grant)
    incident = dispatching.lock_workable_of_order(session, seen.incident_id)
    needs = open_needs(session, incident, at=at)
    order = fire(session, seen, "cancel", by=grant.actor, at=at, reason=reason)
    telling.call_off(session, order, at=at)
    return dispatching.name(
        session, incident, needs, responder_id, by=grant.actor, at=at, reason=reason, replaces=order
    )


def force(session: Session, *, grant: Grant, order_id: uuid.UUID, reason: str, at: datetime) -> Order:
    """Accept on behalf of somebody who said yes by telephone or radio; the record says who did it and why.

    Raises NotFound, OrderTaken, TransitionRefused.
    """
    _, order = _lock(session, order_id, grant)
    if order.forced and order.state in COUNTED:
        return order
    order.forced = True
    order = fire(session, order, "force", by=grant.actor, at=at, how="stated", reason=reason)
    progress.settle_acceptance(session, order, repository.lock_need(session, order.need_id), at=at)
    telling.tell_of_change(session, order, at=at)
    return order


def confirm_arrival(session: Session, *, grant: Grant, order_id: uuid.UUID, at: datetime) -> Order:
    """Somebody else saw him arrive. An officer who says so is at the scene himself.

    Raises NotFound, TransitionRefused.
    """
    incident, order = _lock(session, order_id, grant)
    if OrderState(order.state) not in (OrderState.ARRIVED, OrderState.COMPLETED, OrderState.RATED):
        evidence = {"by": "confirmation", "role": str(grant.actor.role)}
        order = fire(session, order, "arrive", by=grant.actor, at=at, how="stated", evidence=evidence)
        progress.note_arrival(session, order, by=grant.actor, at=at, how="stated")
    if grant.actor.role is Role.OFFICER and incident.state in (IncidentState.RECEIVED, IncidentState.DISPATCHED):
        incident_service.fire(
            session, incident, "arrive", by=grant.actor, at=at, how="inferred",
            evidence={"confirmed_order_id": str(order.id)},
        )  # fmt: skip
    return order


def _take_back(
    session: Session, seen: Order, *, by: Actor, reason: str, at: datetime, seen_state: OrderState | None
) -> Order:
    _, order = _hold(session, seen)
    if order.state == OrderState.CANCELLED:
        return order
    _check_seen(order, seen_state)
    order = fire(session, order, "cancel", by=by, at=at, reason=reason)
    telling.call_off(session, order, at=at)
    progress.replace(session, order, at=at)
    return order


def _lock(session: Session, order_id: uuid.UUID, grant: Grant) -> tuple[Incident, Order]:
    return _hold(session, repository.get_visible(session, order_id, grant))


def _hold(session: Session, seen: Order) -> tuple[Incident, Order]:
    incident = incidents.get_locked(session, seen.incident_id)
    repository.lock_need(session, seen.need_id)
    return incident, repository.lock(session, seen.id)


def _check_seen(order: Order, seen_state: OrderState | None) -> None:
    if seen_state is not None and (seen_state in LIVE) != (order.state in LIVE):
        raise MovedOn(state=order.state)
