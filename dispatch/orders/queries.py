"""Orders as screens read them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from dispatch.aid.rows import narrow
from dispatch.aid.states import AidState
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident
from dispatch.orders import repository
from dispatch.orders.labels import label_for
from dispatch.orders.lent import is_hidden, without_person, without_place
from dispatch.orders.model import Order
from dispatch.orders.projection import fetch, view_for_helper, view_for_room
from dispatch.orders.states import OPEN
from kit.actor import HELPERS, Actor, Grant, Role
from kit.errors import NotFound
from kit.paging import Slice

#: how a choice was made is the command room's business
_ROOM_ONLY = ("score", "reason", "replaces_id")


def show(session: Session, order_ids: Sequence[uuid.UUID], actor: Actor) -> list[dict[str, Any]]:
    """JSON of these orders, in the order given, as the actor may see them."""
    role = actor.role
    session.flush()
    rows = {row.Order.id: row for row in fetch(session, list(order_ids))}
    shown = []
    for order_id in order_ids:
        row = rows[order_id]
        room = view_for_room(row)
        view = {**view_for_helper(row), **room}
        view["label"] = label_for(role, row.Order.state, mode=row.Order.mode)
        if role in (*HELPERS, Role.COMPANY_MANAGER):
            view |= dict.fromkeys(_ROOM_ONLY)
        over = role in HELPERS and row.Order.state not in OPEN
        if over or role is Role.COMPANY_MANAGER:
            # a company knows that its man was called, not what happened to whom; a helper needs it while he helps
            view["incident"] |= dict.fromkeys(("summary", "address", "position"))
            view["target"] = None
        if role is Role.COMPANY_MANAGER:
            view["incident"]["number"] = view["instruction"] = None
        shown.append(_by_aid(view, row, actor))
    return shown


def _by_aid(view: dict[str, Any], row: Row[Any], actor: Actor) -> dict[str, Any]:
    """Without what of a lent person's order is not open to the actor's station."""
    lent_by = row.helping_station_id
    if lent_by is None:
        return view
    if is_hidden(row.Order.state, lent_by=lent_by, role=actor.role, station_id=actor.station_id):
        view = without_person(view, row.kind)
    lends = actor.station_id == lent_by and actor.role in (Role.DISPATCHER, Role.LEADER)
    if lends and (row.aid_state != AidState.ACTIVE or actor.as_of is None or row.ends_at <= actor.as_of):
        view = without_place(view)
    return view


def list_orders(session: Session, grant: Grant, part: Slice, *, open_only: bool = False) -> list[Order]:
    """Newest first, one more than asked for."""
    query = select(Order).where(repository.visible(narrow(session, grant)))
    if open_only:
        query = query.where(Order.state.in_(OPEN))
    return _slice(session, query, part)


def list_own(session: Session, account_id: uuid.UUID | None, part: Slice, *, open_only: bool = False) -> list[Order]:
    """The orders that this very account got, newest first, one more than asked for."""
    query = select(Order).where(Order.account_id == account_id)
    if open_only:
        query = query.where(Order.state.in_(OPEN))
    return _slice(session, query, part)


def list_of_incident(session: Session, grant: Grant, incident_id: uuid.UUID) -> list[Order]:
    """All that the grant reaches, oldest first; raises NotFound where it reaches neither order nor incident."""
    query = select(Order).where(Order.incident_id == incident_id, repository.visible(grant))
    found = list(session.scalars(query.order_by(Order.offered_at, Order.id)))
    if not found:
        if grant.actor.role not in (Role.DISPATCHER, Role.LEADER):
            raise NotFound
        if session.scalar(select(Incident.id).where(Incident.id == incident_id, incidents.visible(grant))) is None:
            raise NotFound
    return found


def _slice(session: Session, query: Select[Any], part: Slice) -> list[Order]:
    return list(session.scalars(part.newest_first(query, Order.offered_at, Order.id)))
