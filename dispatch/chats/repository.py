"""Where lines are fetched from and put to, and whose they are to read."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.chats.model import ChatLine, ChatReceipt, Readers
from dispatch.incidents import repository as incidents
from dispatch.incidents.model import Incident
from dispatch.orders.lent import called
from dispatch.orders.model import Order, OrderMilestone
from dispatch.orders.states import LIVE, OrderState
from geo.responders.model import Responder
from kit.actor import HELPERS, Grant, Role
from kit.errors import NotFound
from kit.paging import Slice
from kit.reach import rows_within

_DONE = (OrderState.COMPLETED, OrderState.RATED)


def visible(grant: Grant) -> ColumnElement[bool]:
    """The incidents whose talk ``grant`` reaches: a helper's while he is at it, an officer's while he works on it."""
    if grant.actor.role not in HELPERS:
        return incidents.visible(grant)
    mine = (
        exists()
        .where(Order.incident_id == Incident.id, Order.account_id == grant.actor.account_id)
        .where(Order.state.in_(LIVE))
    )
    return rows_within(grant, assigned=mine)


def get_incident(session: Session, incident_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Incident:
    """Raises NotFound."""
    query = select(Incident).where(Incident.id == incident_id, visible(grant))
    if lock:
        query = query.with_for_update(of=Incident, key_share=True).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def readable(grant: Grant) -> ColumnElement[bool]:
    """The lines of such an incident that ``grant`` may read."""
    if grant.actor.role in HELPERS:
        return ChatLine.readers == Readers.EVERYBODY
    return ChatLine.id.is_not(None)


def get_line(session: Session, incident_id: uuid.UUID, line_id: uuid.UUID, grant: Grant) -> ChatLine:
    """Raises NotFound."""
    query = select(ChatLine).where(ChatLine.id == line_id, ChatLine.incident_id == incident_id, readable(grant))
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def list_lines(session: Session, incident_id: uuid.UUID, grant: Grant, part: Slice) -> list[ChatLine]:
    """Newest first, one more than asked for."""
    query = select(ChatLine).where(ChatLine.incident_id == incident_id, readable(grant))
    return list(session.scalars(part.newest_first(query, ChatLine.at, ChatLine.id)))


def add(session: Session, line: ChatLine, told: Collection[uuid.UUID]) -> None:
    """The line, and whom it asks to say that he has seen it."""
    session.add(line)
    session.flush()
    session.add_all(ChatReceipt(line_id=line.id, account_id=account_id, told_at=line.at) for account_id in told)
    session.flush()


def mark_seen(session: Session, line_id: uuid.UUID, account_id: uuid.UUID, at: datetime) -> bool:
    """Write once that he has seen it; False when he had said so before."""
    statement = insert(ChatReceipt).values(line_id=line_id, account_id=account_id, seen_at=at)
    statement = statement.on_conflict_do_update(
        index_elements=[ChatReceipt.line_id, ChatReceipt.account_id],
        set_={"seen_at": at},
        where=ChatReceipt.seen_at.is_(None),
    )
    return session.execute(statement.returning(ChatReceipt.line_id)).first() is not None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who has, or had, an order on an incident that he accepted. ``reads``: he may look now.

    ``host_station_id``: whose incident it is; ``states``: of all his orders there.
    """

    account_id: uuid.UUID
    station_id: uuid.UUID | None
    name: str
    kind: str
    role: Role
    host_station_id: uuid.UUID
    states: tuple[str, ...]
    reads: bool

    def called(self, role: Role, station_id: uuid.UUID | None) -> str:
        """How somebody of that role at that station reads of him; of a neighbour's, no name when he has finished."""
        return called(
            self.name,
            self.kind,
            self.states,
            own_station_id=self.station_id,
            host_station_id=self.host_station_id,
            role=role,
            station_id=station_id,
        )


def list_people(session: Session, incident_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Person]]:
    """By incident, in the order of their ids. Everybody reads from his acceptance to the end of his order, an
    officer who has done his part to the end of the incident."""
    taken = exists().where(OrderMilestone.order_id == Order.id, OrderMilestone.name == "accepted")
    rows = session.execute(
        select(Order.incident_id, Order.account_id, Order.state, Incident.station_id, Incident.ended_at)
        .add_columns(Account.station_id.label("own_station_id"), Account.name, Account.role, Responder.kind)
        .join(Account, Account.id == Order.account_id)
        .join(Responder, Responder.id == Order.responder_id)
        .join(Incident, Incident.id == Order.incident_id)
        .where(Order.incident_id.in_(incident_ids), taken)
        .order_by(Order.account_id, Order.id)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, Person]] = {id_: {} for id_ in incident_ids}
    for row in rows:
        earlier = found[row.incident_id].get(row.account_id)
        stays = row.role == Role.OFFICER and row.state in _DONE and row.ended_at is None
        found[row.incident_id][row.account_id] = Person(
            account_id=row.account_id,
            station_id=row.own_station_id,
            name=row.name,
            kind=row.kind,
            role=Role(row.role),
            host_station_id=row.station_id,
            states=(*(earlier.states if earlier else ()), row.state),
            reads=row.state in LIVE or stays or (earlier is not None and earlier.reads),
        )
    return {incident_id: list(people.values()) for incident_id, people in found.items()}


def list_receipts(session: Session, line_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[ChatReceipt, str]]]:
    """By line, with the names, those who saw it first before the others."""
    rows = session.execute(
        select(ChatReceipt, Account.name)
        .join(Account, Account.id == ChatReceipt.account_id)
        .where(ChatReceipt.line_id.in_(line_ids))
        .order_by(func.coalesce(ChatReceipt.seen_at, "infinity"), ChatReceipt.account_id)
        .execution_options(populate_existing=True)
    )
    found: dict[uuid.UUID, list[tuple[ChatReceipt, str]]] = {id_: [] for id_ in line_ids}
    for receipt, name in rows:
        found[receipt.line_id].append((receipt, name))
    return found


def list_ids(session: Session, incident_ids: Collection[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The lines of those incidents."""
    return session.scalars(select(ChatLine.id).where(ChatLine.incident_id.in_(incident_ids))).all()


def forget(session: Session, before: datetime) -> int:
    """Delete the lines that are older; how many they were."""
    return len(session.execute(delete(ChatLine).where(ChatLine.at < before).returning(ChatLine.id)).all())
