"""Mutual aid in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.aid.model import Aid
from dispatch.aid.states import OPEN
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.orders.states import LIVE, UNANSWERED
from kit.actor import Grant, Role
from kit.errors import NotFound
from kit.paging import Slice
from kit.reach import rows_within
from kit.tenancy import Station


def visible(grant: Grant) -> ColumnElement[bool]:
    """The aids that the grant reaches: those in which one's station asks or helps, also when they are over."""
    mine = grant.actor.station_id
    return rows_within(
        grant,
        station=or_(Aid.requesting_station_id == mine, Aid.helping_station_id == mine),
        district=Aid.district_id,
    )


def get_visible(session: Session, aid_id: uuid.UUID, grant: Grant) -> Aid:
    """Raises NotFound, also for one that the grant does not reach."""
    aid = session.scalar(select(Aid).where(Aid.id == aid_id, visible(grant)))
    if aid is None:
        raise NotFound
    return aid


def lock(session: Session, aid_id: uuid.UUID) -> Aid:
    """The aid as it is now, held. The incident and its needs are locked before it, orders after it, everywhere."""
    query = select(Aid).where(Aid.id == aid_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def add_once(session: Session, aid: Aid) -> bool:
    """Insert it; False when the station is asked for that incident already, and nothing is done."""
    values = {column.name: getattr(aid, column.name) for column in Aid.__table__.columns}
    statement = insert(Aid).values(values).on_conflict_do_nothing().returning(Aid.id)
    return session.scalar(statement) is not None


def get(session: Session, aid_id: uuid.UUID) -> Aid:
    return session.get_one(Aid, aid_id)


def list_aids(
    session: Session, grant: Grant, part: Slice, *, open_only: bool = False, incident_id: uuid.UUID | None = None
) -> list[Aid]:
    """Newest first, one more than asked for."""
    query = select(Aid).where(visible(grant))
    if open_only:
        query = query.where(Aid.state.in_(OPEN))
    if incident_id is not None:
        query = query.where(Aid.incident_id == incident_id)
    return list(session.scalars(part.newest_first(query, Aid.requested_at, Aid.id)))


def list_open(
    session: Session, *, incident_id: uuid.UUID | None = None, pact_id: uuid.UUID | None = None
) -> list[uuid.UUID]:
    """Ids of those that are asked for or open, of one incident or by one pact."""
    query = select(Aid.id).where(Aid.state.in_(OPEN)).order_by(Aid.incident_id, Aid.id)
    if incident_id is not None:
        query = query.where(Aid.incident_id == incident_id)
    if pact_id is not None:
        query = query.where(Aid.pact_id == pact_id)
    return list(session.scalars(query))


_DUE = text(
    """
    SELECT id FROM (
        SELECT id, consent_due_at AS due_at FROM aids WHERE state = 'requested' AND consent_due_at <= :at
        UNION ALL
        SELECT id, ends_at FROM aids WHERE state = 'active' AND ends_at <= :at) AS due
    ORDER BY due_at, id LIMIT :limit
    """
)
_HOLD_INCIDENT = text(
    """
    SELECT i.id FROM incidents i JOIN aids a ON a.incident_id = i.id
    WHERE a.id = :id FOR NO KEY UPDATE OF i SKIP LOCKED
    """
)


def list_due(session: Session, at: datetime, *, limit: int) -> list[uuid.UUID]:
    """Whose time for an answer, or whose time at all, is over."""
    return list(session.scalars(_DUE, {"at": at, "limit": limit}))


def hold_incident_if_free(session: Session, aid_id: uuid.UUID) -> bool:
    """Lock the incident of the aid unless somebody else works on it at this moment."""
    return session.scalar(_HOLD_INCIDENT, {"id": aid_id}) is not None


def find_neighbour(session: Session, station_id: uuid.UUID, *, of: Station) -> Station | None:
    """Another station of the same district."""
    query = select(Station).where(Station.id == station_id, Station.id != of.id, Station.district_id == of.district_id)
    return session.scalar(query)


_UNASKED = text(
    """
    SELECT s.id, s.name FROM stations s
    WHERE s.district_id = :district_id AND s.id <> :station_id AND NOT EXISTS (
        SELECT FROM aids a WHERE a.incident_id = :incident_id AND a.helping_station_id = s.id
        AND a.state IN ('requested', 'active', 'declined'))
    ORDER BY s.id
    """
)
# somebody has his order in hand; he refused none of this incident; his post can spare him
_FIT = text(
    """
    SELECT r.id, coalesce(r.mobility, 'foot') AS mobility FROM responders r
    WHERE r.id = ANY(:ids) AND r.active
      AND EXISTS (
        SELECT FROM sessions s JOIN devices d ON d.id = s.device_id
        WHERE s.account_id = r.account_id AND s.revoked_at IS NULL AND s.expires_at > :at AND d.revoked_at IS NULL)
      AND NOT EXISTS (
        SELECT FROM orders o WHERE o.responder_id = r.id AND o.incident_id = :incident_id
        AND o.state IN ('declined', 'expired', 'failed', 'cancelled'))
      AND (r.post_id IS NULL OR (
        SELECT count(*) FROM responder_index i WHERE i.post_id = r.post_id AND i.on_duty AND NOT i.engaged
        ) > (SELECT p.minimum_staff FROM posts p WHERE p.id = r.post_id))
    """
)


def list_unasked(session: Session, incident: Incident) -> dict[uuid.UUID, str]:
    """The other stations of the district that are not asked for the incident, nor have refused it; names by id."""
    values = {
        "district_id": incident.district_id, "station_id": incident.station_id, "incident_id": incident.id,
    }  # fmt: skip
    return {row.id: row.name for row in session.execute(_UNASKED, values)}


def list_fit(
    session: Session, responder_ids: Collection[uuid.UUID], *, incident_id: uuid.UUID, at: datetime
) -> dict[uuid.UUID, str]:
    """Those of them who can be told, have not refused the incident, and can be spared at their post; mobility by id."""
    rows = session.execute(_FIT, {"ids": list(responder_ids), "incident_id": incident_id, "at": at})
    return {row.id: row.mobility for row in rows}


def get_station(session: Session, station_id: uuid.UUID) -> Station:
    return session.get_one(Station, station_id)


def names_of(session: Session, station_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    query = select(Station.id, Station.name).where(Station.id.in_(station_ids))
    return {row.id: row.name for row in session.execute(query)}


def list_leaders(session: Session, station_id: uuid.UUID) -> list[uuid.UUID]:
    """Accounts of the station's leaders."""
    query = select(Account.id).where(Account.station_id == station_id, Account.active, Account.role == Role.LEADER)
    return list(session.scalars(query.order_by(Account.id)))


def list_unanswered(session: Session, aid_id: uuid.UUID) -> list[Order]:
    """Orders of the aid that nobody has answered, held, by responder. Their needs are locked before."""
    query = select(Order).where(Order.aid_id == aid_id, Order.state.in_(UNANSWERED)).order_by(Order.responder_id)
    query = query.with_for_update(key_share=True)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def list_live(session: Session, aid_id: uuid.UUID) -> list[uuid.UUID]:
    """Orders of the aid at which somebody is."""
    return list(session.scalars(select(Order.id).where(Order.aid_id == aid_id, Order.state.in_(LIVE))))


def list_orders(session: Session, aid_id: uuid.UUID) -> list[Order]:
    """All orders that the aid has brought, oldest first."""
    return list(session.scalars(select(Order).where(Order.aid_id == aid_id).order_by(Order.offered_at, Order.id)))


def get_incident(session: Session, incident_id: uuid.UUID) -> Incident:
    """Whoever asks: it is not shown by this."""
    return session.get_one(Incident, incident_id)
