"""How a line looks to the consoles of its station, and to those who work on the incident."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.chats import repository
from dispatch.chats.model import ChatLine, ChatReceipt, Readers
from dispatch.chats.repository import Person
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE, OrderState
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
        said = Said(
            line=line,
            author=row.name,
            role=row.role,
            receipts=receipts[line.id],
            people=people[line.incident_id],
        )
        room = said.view(Role.DISPATCHER, line.station_id)
        yield Projection(
            audience=station_audience(line.station_id),
            entity=ENTITY,
            entity_id=line.id,
            value=room if row.ended_at is None else None,
        )
        for person in people[line.incident_id]:
            may = person.reads and (person.role is Role.OFFICER or line.readers == Readers.EVERYBODY)
            value = said.view(person.role, person.station_id)
            if person.role is not Role.OFFICER:
                value = for_helper(value, person.account_id)
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


def changes_talk(source: str, target: str) -> bool:
    """Whether an order that goes from one state to the other opens or closes the talk to its responder, or shows or
    hides the name of one who is lent."""
    return (source in LIVE) is not (target in LIVE) or target == OrderState.RATED


@dataclass(frozen=True, kw_only=True)
class Said:
    """A line, and what is needed to show it to anybody who may read it."""

    line: ChatLine
    author: str
    role: str
    receipts: Collection[tuple[ChatReceipt, str]]
    people: Collection[Person]

    def view(self, role: Role, station_id: uuid.UUID | None) -> dict[str, Any]:
        """JSON of the line for somebody of that role at that station: who has seen an urgent one, who has still to."""
        names = {person.account_id: person.called(role, station_id) for person in self.people}
        reading = {person.account_id for person in self.people if person.reads}
        line = self.line
        return {
            "id": str(line.id),
            "incident_id": str(line.incident_id),
            "account_id": str(line.account_id),
            "author": names.get(line.account_id, self.author),
            "author_role": self.role,
            "at": line.at.isoformat(),
            "text": line.text,
            "urgent": line.urgent,
            "readers": line.readers,
            "seen": [
                {
                    "account_id": str(receipt.account_id),
                    "name": names.get(receipt.account_id, name),
                    "at": receipt.seen_at.isoformat(),
                }
                for receipt, name in self.receipts
                if receipt.seen_at is not None
            ],
            # who has left in the meantime need not look any more
            "waiting": [
                {"account_id": str(receipt.account_id), "name": names.get(receipt.account_id, name)}
                for receipt, name in self.receipts
                if receipt.seen_at is None and receipt.account_id in reading
            ],
        }


def for_helper(room: dict[str, Any], account_id: uuid.UUID) -> dict[str, Any]:
    """The same for a helper: of the acknowledgements his own."""
    mine = [seen for seen in room["seen"] if seen["account_id"] == str(account_id)]
    waits = [one for one in room["waiting"] if one["account_id"] == str(account_id)]
    return {**room, "seen": mine, "waiting": waits}
