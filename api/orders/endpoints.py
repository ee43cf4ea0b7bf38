"""Orders: sending, answering, going, ending."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session

from api.idempotency.service import Idempotent
from api.orders.schemas import (
    CompleteIn,
    ControlIn,
    DeclineIn,
    DispatchIn,
    MoreIn,
    NeedStateOut,
    OrderOut,
    OrdersOut,
    ReasonIn,
    ReassignIn,
    SentOut,
    WithdrawIn,
)
from api.paging import Page, Slicing, write_cursor
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.aid.errors import AidEnded
from dispatch.orders import errors, queries, repository, service, staffing
from dispatch.orders.model import Order
from kit.actor import Grant
from kit.paging import Slice, next_after
from kit.states import TransitionRefused

router = APIRouter(prefix="/api/v1", tags=["orders"], route_class=WorkRoute)

Offering = Annotated[Grant, Depends(allow(Permission.ORDER_OFFER))]
Reading = Annotated[Grant, Depends(allow(Permission.ORDER_READ))]
Progressing = Annotated[Grant, Depends(allow(Permission.ORDER_PROGRESS))]
Controlling = Annotated[Grant, Depends(allow(Permission.ORDER_CONTROL))]
Confirming = Annotated[Grant, Depends(allow(Permission.ORDER_CONFIRM))]
OpenOnly = Annotated[bool, Query(alias="open", description="only those that are not over")]

_SENDING = (
    errors.IncidentNotWorkable,
    errors.ReasonRequired,
    errors.ResponderTaken,
    errors.ResponderUnfit,
    errors.NoSuchNeed,
    IdempotencyKeyRequired,
)
_STEP = (TransitionRefused, IdempotencyKeyRequired)
#: how an order ended, for the one who acts on it afterwards
_OVER = (
    errors.OfferExpired,
    errors.OrderStoodDown,
    AidEnded,
    errors.OrderTaken,
    errors.OrderCancelled,
    errors.OrderDeclined,
    errors.OrderLeft,
    errors.OrderDone,
)


def _out(session: Session, order: Order, grant: Grant) -> OrderOut:
    return OrderOut.model_validate(queries.show(session, [order.id], grant.actor)[0])


def _all(session: Session, orders: list[Order], grant: Grant) -> list[OrderOut]:
    shown = queries.show(session, [order.id for order in orders], grant.actor)
    return [OrderOut.model_validate(value) for value in shown]


def _sent(session: Session, incident_id: UUID, orders: list[Order], grant: Grant) -> SentOut:
    needs = [NeedStateOut.model_validate(need) for need in staffing.list_needs(session, incident_id)]
    return SentOut(items=_all(session, orders, grant), needs=needs)


def _page(session: Session, orders: list[Order], part: Slice, grant: Grant) -> Page[OrderOut]:
    after = next_after(orders, limit=part.limit, at="offered_at")
    return Page[OrderOut](
        items=_all(session, orders[: part.limit], grant), next_cursor=write_cursor(after) if after else None
    )


@router.post(
    "/incidents/{incident_id}/dispatch", summary="派警并请求协助", status_code=201, responses=problems(*_SENDING)
)
def dispatch(
    incident_id: UUID, body: DispatchIn, grant: Offering, session: WriteSession, now: Now, command: Idempotent
) -> SentOut:
    """Send police and ask helpers. Nobody is asked twice for one need; who is missing is said with the reason."""
    orders = service.dispatch(
        session,
        grant=grant,
        incident_id=incident_id,
        at=now,
        auto=body.auto,
        responder_ids=body.responder_ids,
        reason=body.reason,
    )
    return _sent(session, incident_id, orders, grant)


@router.post(
    "/incidents/{incident_id}/request-more", summary="请求增援", status_code=201, responses=problems(*_SENDING)
)
def request_more(
    incident_id: UUID, body: MoreIn, grant: Offering, session: WriteSession, now: Now, command: Idempotent
) -> SentOut:
    """More people are needed at the scene; who is missing is said with the reason."""
    orders = service.request_more(
        session,
        grant=grant,
        incident_id=incident_id,
        kind=body.kind,
        count=body.count,
        at=now,
        reason=body.reason,
    )
    return _sent(session, incident_id, orders, grant)


@router.get("/orders", summary="查询指令列表")
def list_orders(grant: Reading, session: ReadSession, part: Slicing, open_only: OpenOnly = False) -> Page[OrderOut]:
    """Orders that I may see, newest first."""
    return _page(session, queries.list_orders(session, grant, part, open_only=open_only), part, grant)


@router.get("/me/orders", summary="查询本人指令")
def list_own_orders(
    grant: Progressing, session: ReadSession, part: Slicing, open_only: OpenOnly = False
) -> Page[OrderOut]:
    """Orders that I got, newest first."""
    orders = queries.list_own(session, grant.actor.account_id, part, open_only=open_only)
    return _page(session, orders, part, grant)


@router.get("/incidents/{incident_id}/orders", summary="查询警情的指令")
def list_orders_of_incident(incident_id: UUID, grant: Reading, session: ReadSession) -> OrdersOut:
    """Orders of one incident, oldest first."""
    return OrdersOut(items=_all(session, queries.list_of_incident(session, grant, incident_id), grant))


@router.get("/orders/{order_id}", summary="查看指令")
def get_order(order_id: UUID, grant: Reading, session: ReadSession) -> OrderOut:
    """One order."""
    return _out(session, repository.get_visible(session, order_id, grant), grant)


@router.post(
    "/orders/{order_id}/accept",
    summary="签收指令",
    responses=problems(*_OVER, *_STEP),
)
def accept(order_id: UUID, grant: Progressing, session: WriteSession, now: Now, command: Idempotent) -> OrderOut:
    """I go (签收)."""
    return _out(session, service.accept(session, grant=grant, order_id=order_id, at=now), grant)


@router.post(
    "/orders/{order_id}/decline", summary="拒绝指令", responses=problems(errors.CommandNotDeclinable, *_OVER, *_STEP)
)
def decline(
    order_id: UUID, body: DeclineIn, grant: Progressing, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """I cannot (拒绝)."""
    order = service.decline(session, grant=grant, order_id=order_id, reason=body.reason, text=body.text, at=now)
    return _out(session, order, grant)


@router.post("/orders/{order_id}/depart", summary="登记出发", responses=problems(*_OVER, *_STEP))
def depart(order_id: UUID, grant: Progressing, session: WriteSession, now: Now, command: Idempotent) -> OrderOut:
    """I am on my way (出发)."""
    return _out(session, service.depart(session, grant=grant, order_id=order_id, at=now), grant)


@router.post("/orders/{order_id}/arrive", summary="登记到场", responses=problems(*_OVER, *_STEP))
def arrive(order_id: UUID, grant: Progressing, session: WriteSession, now: Now, command: Idempotent) -> OrderOut:
    """I am there (到场)."""
    return _out(session, service.arrive(session, grant=grant, order_id=order_id, at=now), grant)


@router.post(
    "/orders/{order_id}/complete",
    summary="完成指令",
    responses=problems(errors.PhotoRequired, errors.ChecklistIncomplete, *_OVER, *_STEP),
)
def complete(
    order_id: UUID, body: CompleteIn, grant: Progressing, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """I have finished (完成)."""
    return _out(session, service.complete(session, grant=grant, order_id=order_id, at=now, done=body.checklist), grant)


@router.post("/orders/{order_id}/withdraw", summary="中途退出指令", responses=problems(*_OVER, *_STEP))
def withdraw(
    order_id: UUID, body: WithdrawIn, grant: Progressing, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """I have to give up (中途退出); somebody else is asked at once."""
    order = service.withdraw(session, grant=grant, order_id=order_id, reason=body.reason, text=body.text, at=now)
    return _out(session, order, grant)


@router.post("/orders/{order_id}/stand-down", summary="解除指令", responses=problems(errors.MovedOn, *_STEP))
def stand_down(
    order_id: UUID, body: ControlIn, grant: Controlling, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """No longer needed (解除): nobody is asked in his place."""
    order = service.stand_down(
        session, grant=grant, order_id=order_id, reason=body.reason, seen_state=body.seen_state, at=now
    )
    return _out(session, order, grant)


@router.post("/orders/{order_id}/cancel", summary="撤回指令", responses=problems(errors.MovedOn, *_STEP))
def cancel(
    order_id: UUID, body: ControlIn, grant: Controlling, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """Take the order back (撤回): the next one is asked in his place."""
    order = service.cancel(
        session, grant=grant, order_id=order_id, reason=body.reason, seen_state=body.seen_state, at=now
    )
    return _out(session, order, grant)


@router.post(
    "/orders/{order_id}/reassign", summary="改派指令", status_code=201, responses=problems(TransitionRefused, *_SENDING)
)
def reassign(
    order_id: UUID, body: ReassignIn, grant: Controlling, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """Give the task to another one (改派); the new order."""
    order = service.reassign(
        session, grant=grant, order_id=order_id, responder_id=body.responder_id, reason=body.reason, at=now
    )
    return _out(session, order, grant)


@router.post("/orders/{order_id}/force", summary="代签收指令", responses=problems(errors.OrderTaken, *_STEP))
def force(
    order_id: UUID, body: ReasonIn, grant: Controlling, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """Accept on his behalf (代签收): he said yes by telephone or radio."""
    return _out(session, service.force(session, grant=grant, order_id=order_id, reason=body.reason, at=now), grant)


@router.post("/orders/{order_id}/confirm-arrival", summary="确认到场", responses=problems(*_STEP))
def confirm_arrival(
    order_id: UUID, grant: Confirming, session: WriteSession, now: Now, command: Idempotent
) -> OrderOut:
    """I see him here (确认到场)."""
    return _out(session, service.confirm_arrival(session, grant=grant, order_id=order_id, at=now), grant)
