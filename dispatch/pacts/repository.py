"""Pacts in the database."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.pacts.model import Pact
from dispatch.pacts.states import IN_FORCE
from kit.actor import Grant
from kit.errors import NotFound
from kit.paging import Slice
from kit.reach import rows_within


def visible(grant: Grant) -> ColumnElement[bool]:
    """The pacts that the grant reaches: those of one's station, also when they are over."""
    mine = grant.actor.station_id
    return rows_within(
        grant,
        station=or_(Pact.proposed_by_station_id == mine, Pact.other_station_id == mine),
        district=Pact.district_id,
    )


def get_visible(session: Session, pact_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Pact:
    """Raises NotFound, also for one that the grant does not reach."""
    query = select(Pact).where(Pact.id == pact_id, visible(grant))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    pact = session.scalar(query)
    if pact is None:
        raise NotFound
    return pact


def add_once(session: Session, pact: Pact) -> bool:
    """Insert it; False when the two stations have one."""
    values = {column.name: getattr(pact, column.name) for column in Pact.__table__.columns}
    return session.scalar(insert(Pact).values(values).on_conflict_do_nothing().returning(Pact.id)) is not None


def get(session: Session, pact_id: uuid.UUID) -> Pact:
    return session.get_one(Pact, pact_id)


def list_pacts(session: Session, grant: Grant, part: Slice, *, in_force: bool = False) -> list[Pact]:
    """Newest first, one more than asked for."""
    query = select(Pact).where(visible(grant))
    if in_force:
        query = query.where(Pact.state.in_(IN_FORCE))
    return list(session.scalars(part.newest_first(query, Pact.proposed_at, Pact.id)))


def find_between(session: Session, one: uuid.UUID, other: uuid.UUID) -> Pact | None:
    """The pact in force of two stations, held against being revoked until the transaction ends.

    None also while somebody is signing or revoking it: nobody waits for a pact who holds something else.
    """
    query = (
        select(Pact)
        .where(
            or_(
                and_(Pact.proposed_by_station_id == one, Pact.other_station_id == other),
                and_(Pact.proposed_by_station_id == other, Pact.other_station_id == one),
            ),
            Pact.state.in_(IN_FORCE),
        )
        .with_for_update(read=True, skip_locked=True)
    )
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def list_partners(session: Session, station_id: uuid.UUID) -> list[Pact]:
    """The pacts that both have signed, of one station, oldest first."""
    query = select(Pact).where(
        or_(Pact.proposed_by_station_id == station_id, Pact.other_station_id == station_id), Pact.state == "active"
    )
    return list(session.scalars(query.order_by(Pact.proposed_at, Pact.id)))
