"""What the person who got an order does with it. Every step may be sent twice and is done once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dispatch.aid.errors import AID_ENDED, AidEnded
from dispatch.incidents import repository as incidents
from dispatch.incidents import service as incident_service
from dispatch.incidents.states import IncidentState
from dispatch.matching.model import Need
from dispatch.orders import opening, repository, telling
from dispatch.orders.ending import stand_down_rest
from dispatch.orders.errors import (
    ChecklistIncomplete,
    CommandNotDeclinable,
    OfferExpired,
    OrderCancelled,
    OrderDeclined,
    OrderDone,
    OrderLeft,
    OrderStoodDown,
    OrderTaken,
    PhotoRequired,
)
from dispatch.orders.firing import fire
from dispatch.orders.model import Order
from dispatch.orders.states import COUNTED, ORDER, WAY, OrderState
from kit.actor import SYSTEM, Actor, Grant
from kit.errors import PinganError

_OVER: dict[OrderState, type[PinganError]] = {
    OrderState.EXPIRED: OfferExpired,
    OrderState.STOOD_DOWN: OrderStoodDown,
    OrderState.CANCELLED: OrderCancelled,
    OrderState.DECLINED: OrderDeclined,
    OrderState.FAILED: OrderLeft,
    OrderState.COMPLETED: OrderDone,
    OrderState.RATED: OrderDone,
}


class DeclineReason(StrEnum):
    """Why a helper does not come (拒绝原因)."""

    BUSY = "busy"  #: 正在处置其他事务
    POST = "post"  #: 岗位无法离开
    TOO_FAR = "too_far"  #: 距离过远
    UNSAFE = "unsafe"  #: 现场危险，无法应对
    UNABLE = "unable"  #: 不具备条件（身体、装备、技能）
    OTHER = "other"  #: 其他


class WithdrawReason(StrEnum):
    """Why somebody who had accepted gives up (中途退出原因)."""

    RECALLED = "recalled"  #: 单位召回
    HINDERED = "hindered"  #: 途中受阻
    UNSAFE = "unsafe"
    UNWELL = "unwell"
    NOT_FOUND = "not_found"  #: 找不到现场
    OTHER = "other"


def accept(session: Session, *, grant: Grant, order_id: uuid.UUID, at: datetime) -> Order:
    """Take one of the places. While the order is open its time is not over, even if the deadline has just passed.

    Raises NotFound, OrderTaken, OfferExpired, OrderCancelled, TransitionRefused; each tells the present state.
    """
    need, order = _lock(session, order_id, grant)
    if order.state in COUNTED:
        return order
    refuse_if_over(order)
    order = fire(session, order, "accept", by=grant.actor, at=at, need=need)
    settle_acceptance(session, order, need, at=at)
    return order


def settle_acceptance(session: Session, order: Order, need: Need, *, at: datetime) -> None:
    """A place was taken: stop telling him, and stand down the others when it was the last one."""
    repository.remember_start(session, order.id)
    telling.hush(session, order, at=at)
    if need.accepted >= need.needed:
        stand_down_rest(session, need, by=SYSTEM, at=at)


def decline(
    session: Session,
    *,
    grant: Grant,
    order_id: uuid.UUID,
    reason: DeclineReason,
    text: str | None = None,
    at: datetime,
) -> Order:
    """Say no; the next one is asked in the same transaction.

    Raises NotFound, CommandNotDeclinable, TransitionRefused.
    """
    need, order = _lock(session, order_id, grant, refills=True)
    if order.mode == "command":
        raise CommandNotDeclinable(state=order.state)
    if order.state == OrderState.DECLINED:
        return order
    refuse_if_over(order)
    evidence = {"text": text} if text else None
    order = fire(session, order, "decline", by=grant.actor, at=at, reason=str(reason), evidence=evidence, need=need)
    telling.hush(session, order, at=at)
    replace(session, order, at=at)
    return order


def depart(session: Session, *, grant: Grant, order_id: uuid.UUID, at: datetime) -> Order:
    """On the way. Raises NotFound, TransitionRefused."""
    need, order = _lock(session, order_id, grant)
    if _past(order, OrderState.EN_ROUTE):
        return order
    refuse_if_over(order)
    return fire(session, order, "depart", by=grant.actor, at=at, how="stated", need=need)


def arrive(session: Session, *, grant: Grant, order_id: uuid.UUID, at: datetime) -> Order:
    """There, by his own word. Raises NotFound, TransitionRefused."""
    need, order = _lock(session, order_id, grant)
    if _past(order, OrderState.ARRIVED):
        return order
    refuse_if_over(order)
    order = fire(session, order, "arrive", by=grant.actor, at=at, how="stated", evidence={"by": "tap"}, need=need)
    note_arrival(session, order, by=grant.actor, at=at, how="stated")
    return order


def complete(session: Session, *, grant: Grant, order_id: uuid.UUID, at: datetime, done: Collection[str] = ()) -> Order:
    """Finished. ``done``: keys of the checklist, beside those that his reports ticked.

    Raises NotFound, PhotoRequired, ChecklistIncomplete, TransitionRefused and what ``refuse_if_over`` raises; the
    state is judged first: nobody ticks items for an order that is not his any more.
    """
    from dispatch.reports import repository as reports

    need, order = _lock(session, order_id, grant)
    if _past(order, OrderState.COMPLETED):
        return order
    refuse_if_over(order)
    ORDER.target("complete", OrderState(order.state), by=grant.actor.role)
    if order.photo_required and reports.count_photos(session, order.id) == 0:
        raise PhotoRequired(state=order.state)
    ticked = set(done) | reports.list_ticked(session, order.id)
    missing = [item["key"] for item in order.checklist if item.get("required") and item["key"] not in ticked]
    if missing:
        raise ChecklistIncomplete(state=order.state, missing=missing)
    known = [item["key"] for item in order.checklist if item["key"] in ticked]
    return fire(
        session, order, "complete", by=grant.actor, at=at, how="stated", evidence={"checklist": known}, need=need
    )


def withdraw(
    session: Session,
    *,
    grant: Grant,
    order_id: uuid.UUID,
    reason: WithdrawReason,
    text: str | None = None,
    at: datetime,
) -> Order:
    """Give up after having accepted; his place is offered again at once. Raises NotFound, TransitionRefused."""
    need, order = _lock(session, order_id, grant, refills=True)
    if order.state == OrderState.FAILED:
        return order
    refuse_if_over(order)
    evidence = {"text": text} if text else None
    order = fire(session, order, "fail", by=grant.actor, at=at, reason=str(reason), evidence=evidence, need=need)
    replace(session, order, at=at)
    return order


def replace(session: Session, order: Order, *, at: datetime) -> list[Order]:
    """Ask the next one in place of an order that ended, as long as the need wants somebody.

    The caller holds the incident: nobody is sent to a place that is being put right.
    """
    need = repository.lock_need(session, order.need_id)
    incident = repository.get_incident(session, order.incident_id)
    if incident.ended_at is not None:
        return []
    return opening.fill(session, incident, need, at=at, by=SYSTEM, replaces=order).orders


def note_arrival(
    session: Session, order: Order, *, by: Actor, at: datetime, how: str, written_at: datetime | None = None
) -> None:
    """The first arrival of police is the incident's arrival; a helper's is a milestone of his order only."""
    if order.mode != "command":
        return
    incident = incidents.get_locked(session, order.incident_id)
    if incident.state in (IncidentState.RECEIVED, IncidentState.DISPATCHED):
        evidence = {"order_id": str(order.id)}
        incident_service.fire(
            session, incident, "arrive", by=by, at=at, how=how, evidence=evidence, written_at=written_at
        )


def _lock(session: Session, order_id: uuid.UUID, grant: Grant, *, refills: bool = False) -> tuple[Need, Order]:
    """The need and the order, held (and before them the incident, where it may change or somebody else is sent)."""
    seen = repository.get_visible(session, order_id, grant)
    if refills or seen.mode == "command":
        incidents.get_locked(session, seen.incident_id)
    need = repository.lock_need(session, seen.need_id)
    return need, repository.lock(session, order_id)


def _past(order: Order, state: OrderState) -> bool:
    now = OrderState(order.state)
    return now in WAY and WAY.index(now) >= WAY.index(state)


def refuse_if_over(order: Order) -> None:
    """Tell him whose order has ended how it ended. Raises one of the refusals of ``_OVER``."""
    refusal = _OVER.get(OrderState(order.state))
    if refusal is OrderStoodDown and order.reason == "need_filled":
        refusal = OrderTaken
    if refusal is OrderStoodDown and order.reason == AID_ENDED:
        refusal = AidEnded
    if refusal is not None:
        raise refusal(state=order.state)
