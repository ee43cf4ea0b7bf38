"""Ending orders that are still open."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.matching.model import Need
from dispatch.orders import repository, telling
from dispatch.orders.firing import fire_all
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN, UNANSWERED, OrderState
from kit.actor import SYSTEM, Actor


def end_all(
    session: Session,
    incident_id: uuid.UUID,
    *,
    event: Literal["stand_down", "cancel"] = "stand_down",
    by: Actor = SYSTEM,
    at: datetime,
    reason: str | None = None,
    keep: Collection[OrderState] = (),
) -> list[Order]:
    """Close every need of the incident and end its open orders; each person is told, with a receipt to come.

    Orders in a state of ``keep`` go on (whoever stands at the scene still writes his report). The caller
    holds the incident's lock. Safe to repeat.
    """
    needs = repository.lock_needs(session, incident_id)
    for need in needs:
        need.state, need.retry_at = "closed", None
    session.flush()
    open_ = repository.list_open(session, incident_id=incident_id, states=OPEN - frozenset(keep), lock=True)
    return _end(session, open_, needs, event, by=by, at=at, reason=reason)


def stand_down_rest(session: Session, need: Need, *, by: Actor, at: datetime) -> list[Order]:
    """The need is full: those who have not answered are stood down at once. The caller holds the need's lock."""
    waiting = repository.list_open(session, need_id=need.id, states=UNANSWERED, lock=True)
    return _end(session, waiting, [need], "stand_down", by=by, at=at, reason="need_filled")


def stand_down_all(
    session: Session, orders: list[Order], needs: Collection[Need], *, at: datetime, reason: str
) -> list[Order]:
    """The machine ends these orders of one incident; each person is told. The caller holds them and the needs."""
    return _end(session, orders, needs, "stand_down", by=SYSTEM, at=at, reason=reason)


def _end(
    session: Session,
    orders: list[Order],
    needs: Collection[Need],
    event: str,
    *,
    by: Actor,
    at: datetime,
    reason: str | None,
) -> list[Order]:
    if orders:
        fire_all(session, orders, event, needs=needs, by=by, at=at, reason=reason)
        telling.call_all_off(session, orders, at=at)
    return orders
