"""How a line looks to the consoles of its station, and to those who work on the incident."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.chats import repository
from dispatch.chats.model import ChatLine, ChatReceipt, Readers
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE
from kit import feed
from kit.actor import Role
from kit.feed import Projection, account_audience, station_audience

ENTITY = "chat_line"
#: all lines of an incident, whoever wrote one of them meanwhile
ALL_OF_INCIDENT = "chat_of_incident"


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    """The station has it until the incident ends; the others as long as they may read it."""
    rows = session.execute(
        select(ChatLine, Account.name, Account.role, Incident.ended_at)
        .join(Account, Account.id == ChatLine.account_id)
        .join(Incident, Incident.id == ChatLine.incident_id)
        .where(ChatLine.id.in_(ids))
        .order_by(ChatLine.id)
    ).all()
    people = repository.list_people(session, {row.ChatLine.incident_id for row in rows})
    receipts = repository.list_receipts(session, [row.ChatLine.id for row in rows])
    for row in rows:
        line: ChatLine = row.ChatLine
        reading = {person.account_id for person in people[line.incident_id] if person.reads}
        room = view(line, author=row.name, role=row.role, receipts=receipts[line.id], reading=reading)
        yield Projection(
            audience=station_audience(line.station_id),
            entity=ENTITY,
            entity_id=line.id,
            value=room if row.ended_at is None else None,
        )
        for person in people[line.incident_id]:
            may = person.reads and (person.role is Role.OFFICER or line.readers == Readers.EVERYBODY)
            value = room if person.role is Role.OFFICER else for_helper(room, person.account_id)
            yield Projection(
                audience=account_audience(person.account_id),
                entity=ENTITY,
                entity_id=line.id,
                value=value if may else None,
            )


def project_all(session: Session, incident_ids: list[uuid.UUID]) -> Iterable[Projection]:
    """``project`` for every line of these incidents; most have none."""
    ids = sorted(repository.list_ids(session, incident_ids))
    return project(session, ids) if ids else []


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """The lines of every incident on the screen of that audience; what it may not read, ``project`` leaves out."""
    kind, _, key = audience.partition(":")
    owner = uuid.UUID(key)
    if kind == "station":
        query = select(Incident.id).where(Incident.station_id == owner, Incident.ended_at.is_(None))
    else:
        query = select(Order.incident_id).where(Order.account_id == owner)
    return sorted(repository.list_ids(session, set(session.scalars(query))))


def changed_with_orders(session: Session, incident_ids: Collection[uuid.UUID]) -> None:
    """Somebody joined or left: lines come to his screen or leave it. For dispatch.orders and dispatch.incidents."""
    for incident_id in incident_ids:
        feed.changed(session, ALL_OF_INCIDENT, incident_id, under=incident_id)


def joins_or_leaves(source: str, target: str) -> bool:
    """Whether an order that goes from one state to the other opens or closes the talk to its responder."""
    return (source in LIVE) is not (target in LIVE)


def view(
    line: ChatLine,
    *,
    author: str,
    role: str,
    receipts: Collection[tuple[ChatReceipt, str]],
    reading: Collection[uuid.UUID],
) -> dict[str, Any]:
    """JSON of a line for police: who has seen an urgent one, and who has still to."""
    return {
        "id": str(line.id),
        "incident_id": str(line.incident_id),
        "account_id": str(line.account_id),
        "author": author,
        "author_role": role,
        "at": line.at.isoformat(),
        "text": line.text,
        "urgent": line.urgent,
        "readers": line.readers,
        "seen": [
            {"account_id": str(receipt.account_id), "name": name, "at": receipt.seen_at.isoformat()}
            for receipt, name in receipts
            if receipt.seen_at is not None
        ],
        # who has left in the meantime need not look any more
        "waiting": [
            {"account_id": str(receipt.account_id), "name": name}
            for receipt, name in receipts
            if receipt.seen_at is None and receipt.account_id in reading
        ],
    }


def for_helper(room: dict[str, Any], account_id: uuid.UUID) -> dict[str, Any]:
    """The same for a helper: of the acknowledgements his own."""
    mine = [seen for seen in room["seen"] if seen["account_id"] == str(account_id)]
    waits = [one for one in room["waiting"] if one["account_id"] == str(account_id)]
    return {**room, "seen": mine, "waiting": waits}
