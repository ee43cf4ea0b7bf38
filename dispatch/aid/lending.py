"""Which neighbours lend people to an incident now, and how many more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.aid.model import Aid
from dispatch.aid.rows import live
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN


@dataclass(frozen=True)
class Lending:
    """A neighbour whose people of these kinds may be asked for an incident."""

    station_id: uuid.UUID
    kinds: frozenset[str]


def list_lenders(session: Session, incident_id: uuid.UUID, at: datetime) -> list[Lending]:
    """The neighbours that lend people to the incident now."""
    query = select(Aid.helping_station_id, Aid.kinds).where(Aid.incident_id == incident_id, live(at))
    rows = session.execute(query.order_by(Aid.helping_station_id))
    return [Lending(row.helping_station_id, frozenset(row.kinds)) for row in rows]


def list_stations(session: Session, incident_id: uuid.UUID, kind: str, at: datetime) -> tuple[uuid.UUID, ...]:
    """Those of them whose people of that kind may be asked."""
    return tuple(lender.station_id for lender in list_lenders(session, incident_id, at) if kind in lender.kinds)


@dataclass
class _Lender:
    aid_id: uuid.UUID
    kinds: frozenset[str]
    left: int


class Lenders:
    """What is left of each neighbour's people, counted down as they are taken. The database counts once more."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session = session
        self._at = at
        self._read: dict[uuid.UUID, dict[uuid.UUID, _Lender]] = {}

    def take(self, incident: Incident, kind: str, station_id: uuid.UUID) -> uuid.UUID | None:
        """The aid by which one more of that station may be asked; None when there is none, or nobody left of it."""
        if incident.id not in self._read:
            self._read[incident.id] = self._lock(incident.id)
        lender = self._read[incident.id].get(station_id)
        if lender is None or kind not in lender.kinds or lender.left <= 0:
            return None
        lender.left -= 1
        return lender.aid_id

    def _lock(self, incident_id: uuid.UUID) -> dict[uuid.UUID, _Lender]:
        taken = select(func.count()).where(Order.aid_id == Aid.id, Order.state.in_(OPEN)).scalar_subquery()
        locked = select(Aid.id).where(Aid.incident_id == incident_id, live(self._at)).order_by(Aid.id)
        ids = list(self._session.scalars(locked.with_for_update(key_share=True)))
        query = select(Aid.id, Aid.helping_station_id, Aid.kinds, Aid.max_people, taken.label("taken"))
        rows = self._session.execute(query.where(Aid.id.in_(ids))) if ids else ()
        return {
            row.helping_station_id: _Lender(aid_id=row.id, kinds=frozenset(row.kinds), left=row.max_people - row.taken)
            for row in rows
        }
