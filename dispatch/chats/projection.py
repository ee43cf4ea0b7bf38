"""How a line looks to the consoles of its station, and to those who work on the incident."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
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
from kit.actor import HELPERS, Role
from kit.feed import Projection, account_audience, station_audience

ENTITY = "chat_line"
#: all lines of an incident, whoever wrote one of them meanwhile
ALL_OF_INCIDENT = "chat_of_incident"


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    """The station has it until the incident ends; the others as long as they may read it."""
    rows = session.execute(
        select(ChatLine, Incident.ended_at)
        .join(Incident, Incident.id == ChatLine.incident_id)
        .where(ChatLine.id.in_(ids))
        .order_by(ChatLine.id)
    ).all()
    for said, (line, ended_at) in zip(gather(session, [row.ChatLine for row in rows]), rows, strict=True):
        yield Projection(
            audience=station_audience(line.station_id),
            entity=ENTITY,
            entity_id=line.id,
            value=said.view(Role.DISPATCHER, line.station_id, None) if ended_at is None else None,
        )
        for person in said.people:
            may = person.reads and (person.role is Role.OFFICER or line.readers == Readers.EVERYBODY)
            yield Projection(
                audience=account_audience(person.account_id),
                entity=ENTITY,
                entity_id=line.id,
                value=said.view(person.role, person.station_id, person.account_id) if may else None,
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

    def view(self, role: Role, station_id: uuid.UUID | None, account_id: uuid.UUID | None) -> dict[str, Any]:
        """JSON of the line for somebody of that role at that station: who has seen an urgent one, who has still to;
        for a helper, whether he himself has."""
        names = {person.account_id: person.called(role, station_id) for person in self.people}
        reading = {person.account_id for person in self.people if person.reads}
        receipts = self.receipts
        if role in HELPERS:
            receipts = [(receipt, name) for receipt, name in receipts if receipt.account_id == account_id]
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
                for receipt, name in receipts
                if receipt.seen_at is not None
            ],
            # who has left in the meantime need not look any more
            "waiting": [
                {"account_id": str(receipt.account_id), "name": names.get(receipt.account_id, name)}
                for receipt, name in receipts
                if receipt.seen_at is None and receipt.account_id in reading
            ],
        }


def gather(session: Session, lines: Sequence[ChatLine]) -> list[Said]:
    """What is needed to show these lines, in their order."""
    people = repository.list_people(session, {line.incident_id for line in lines})
    receipts = repository.list_receipts(session, [line.id for line in lines])
    writers = select(Account.id, Account.name, Account.role).where(Account.id.in_({line.account_id for line in lines}))
    authors = {row.id: row for row in session.execute(writers)}
    return [
        Said(
            line=line,
            author=authors[line.account_id].name,
            role=authors[line.account_id].role,
            receipts=receipts[line.id],
            people=people[line.incident_id],
        )
        for line in lines
    ]
