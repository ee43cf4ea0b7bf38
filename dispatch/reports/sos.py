"""A helper in danger calls for help from the scene."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.escalation.model import Alarm
from dispatch.escalation.repository import list_room
from dispatch.escalation.service import raise_alarm
from dispatch.orders import repository as orders
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE, OrderState
from dispatch.reports import repository
from kit.actor import Grant
from kit.errors import Conflict
from notifications.outbox.service import put

KIND = "sos"
#: danger does not end with the tap on "completed"
AFTER_THE_ORDER = timedelta(hours=1)
_FINISHED = frozenset({OrderState.COMPLETED, OrderState.RATED})


class SosNotPossible(Conflict):
    """There is no order at work from which to call for help."""

    slug, title, hint = "sos-not-possible", "当前没有执行中的指令", "如遇危险，请立即拨打 110 或使用一键报警。"


def call(session: Session, *, grant: Grant, order_id: uuid.UUID, at: datetime) -> Alarm:
    """Alarm the command room and the officers on the incident; pressing again while it is open changes nothing.

    Raises NotFound, SosNotPossible.
    """
    orders.get_visible(session, order_id, grant)
    # held, so that two presses at once are one alarm and one message each
    order = orders.lock(session, order_id)
    state = OrderState(order.state)
    just_finished = state in _FINISHED and order.ended_at is not None and at <= order.ended_at + AFTER_THE_ORDER
    if state not in LIVE and not just_finished:
        raise SosNotPossible(state=str(state))
    sounding = repository.find_open_alarm(session, order.id, KIND)
    if sounding is not None:
        return sounding
    alarm = raise_alarm(
        session,
        station_id=order.station_id,
        incident_id=order.incident_id,
        kind=KIND,
        order_id=order.id,
        at=at,
        detail={"responder_id": str(order.responder_id)},
        by=grant.actor,
    )
    _tell_his_own_room(session, order, at=at)
    for account_id in repository.list_officers_on(session, order.incident_id):
        if account_id != order.account_id:
            put(
                session,
                account_id=account_id,
                kind="alarm.raised",
                subject_id=alarm.id,
                station_id=order.station_id,
                urgent=True,
                at=at,
            )
    return alarm


def _tell_his_own_room(session: Session, order: Order, *, at: datetime) -> None:
    """Of somebody who was lent his own station hears too: it knows him, and what it may do for him."""
    lender_id = orders.find_lender(session, order)
    if lender_id is None:
        return
    for account_id in list_room(session, lender_id):
        put(session, account_id=account_id, kind="aid.sos", subject_id=order.id, station_id=lender_id, at=at)
