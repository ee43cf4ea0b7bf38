"""Somebody who holds an open order can be sent no longer: the station takes him off duty, or closes his account."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dispatch.incidents import repository as incidents
from dispatch.orders import claiming, progress, repository, telling
from dispatch.orders.firing import fire
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE, OPEN
from geo.duty import service as duty
from geo.duty.model import Duty
from geo.responders import repository as responders
from kit.actor import SYSTEM, Actor, Grant, Role


class LeaveReason(StrEnum):
    """Why he left (离开原因); it stands in his order as its reason."""

    OFF_DUTY = "taken_off_duty"  #: 被本所下岗
    ACCOUNT_DEACTIVATED = "account_deactivated"  #: 账号停用
    ACCOUNT_REVOKED = "account_revoked"  #: 账号登录被清退


def leave(
    session: Session, *, responder_id: uuid.UUID, reason: LeaveReason, text: str, actor: Actor, at: datetime
) -> Order | None:
    """End his open order, if he has one, and ask the next one at once; he is told.

    What he had accepted fails, what he had not answered is taken back. Until the transaction ends he gets no
    other order. Call it before anything that holds his row of the index: orders come first, everywhere.
    """
    claiming.hold(session, responder_id)
    seen = repository.find_open_of_responder(session, responder_id)
    if seen is None:
        return None
    incidents.get_locked(session, seen.incident_id)
    need = repository.lock_need(session, seen.need_id)
    order = repository.lock(session, seen.id)
    if order.state not in OPEN:
        return None
    # companies and districts close accounts, too; orders are moved by the command room or the machine
    by = actor if actor.role in (Role.DISPATCHER, Role.LEADER) else SYSTEM
    event = "fail" if order.state in LIVE else "cancel"
    order = fire(session, order, event, by=by, at=at, reason=reason.value, evidence={"text": text}, need=need)
    telling.call_off(session, order, at=at)
    progress.replace(session, order, at=at)
    return order


def force_off_duty(session: Session, *, grant: Grant, responder_id: uuid.UUID, reason: str, at: datetime) -> Duty:
    """Take a responder that ``grant`` reaches off duty; an open order of his ends. Raises NotFound, NotOnDuty."""
    responders.get_visible(session, responder_id, grant)
    leave(session, responder_id=responder_id, reason=LeaveReason.OFF_DUTY, text=reason, actor=grant.actor, at=at)
    return duty.force_end(session, responder_id=responder_id, grant=grant, at=at, reason=reason)
