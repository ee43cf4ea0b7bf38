"""Those who work on one incident can call each other: an officer his helpers, a helper the officer in command."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.accounts import repository as accounts
from dispatch.accounts.revealing import Contact, reveal
from dispatch.incidents.hiding import hide_caller
from dispatch.orders import repository
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE, OPEN, OrderState
from kit.actor import Grant, Role
from kit.errors import Conflict


class NotAtWork(Conflict):
    """Nobody is at work on this order."""

    slug, title = "not-at-work", "该指令未在执行中，不能查看电话"
    hint = "人员签收后、任务结束前方可查看；如需联系，请通过综合指挥室。"


class NoOfficerThere(Conflict):
    """No officer has taken this incident yet."""

    slug, title, hint = "no-officer-there", "尚无民警签收此警情", "请先联系综合指挥室。"


def reveal_helper(session: Session, *, grant: Grant, order_id: uuid.UUID, reason: str, at: datetime) -> Contact:
    """The number of the one who got the order.

    An officer on the incident may have it of a helper who is at it; the command room of everybody whose order is
    open, to call him who does not answer. Raises NotFound, NotAtWork, NoPhone.
    """
    order = repository.get_visible(session, order_id, grant)
    officer = grant.actor.role is Role.OFFICER
    # of somebody who was lent from his acceptance on
    if order.state not in (LIVE if officer or order.aid_id is not None else OPEN) or (
        officer and order.mode != "offer"
    ):
        raise NotAtWork(state=order.state)
    relation = "officer_on_incident" if officer else "command_room"
    return _reveal(session, order.account_id, order, relation=relation, grant=grant, reason=reason, at=at)


def reveal_officer(session: Session, *, grant: Grant, order_id: uuid.UUID, reason: str, at: datetime) -> Contact:
    """The number of the officer in command, for a helper whose own order is at work.

    In command is the officer who asked for him, where one did and is still at it; else the one who is furthest
    with his command. Raises NotFound, NotAtWork, NoOfficerThere, NoPhone.
    """
    order = repository.get_visible(session, order_id, grant)
    if order.state not in LIVE:
        raise NotAtWork(state=order.state)
    commands = repository.list_open(session, incident_id=order.incident_id, states=LIVE)
    officers = [command for command in commands if command.mode == "command"]
    if not officers:
        raise NoOfficerThere(state=order.state)
    askers = repository.list_askers(session, order)
    first = min(officers, key=lambda o: (_asked_at(askers, o), _FURTHEST.index(OrderState(o.state)), o.offered_at))
    return _reveal(session, first.account_id, order, relation="helper", grant=grant, reason=reason, at=at)


_FURTHEST = (OrderState.ARRIVED, OrderState.EN_ROUTE, OrderState.ACCEPTED)


def _asked_at(askers: list[uuid.UUID], command: Order) -> int:
    """The last who asked comes first, who did not ask last."""
    return askers.index(command.account_id) if command.account_id in askers else len(askers)


def _reveal(
    session: Session, account_id: uuid.UUID, order: Order, *, relation: str, grant: Grant, reason: str, at: datetime
) -> Contact:
    return reveal(
        session,
        accounts.get_account(session, account_id),
        grant=grant,
        reason=hide_caller(session, order.incident_id, reason),
        at=at,
        relation=relation,
        order_id=str(order.id),
        incident_id=str(order.incident_id),
    )
