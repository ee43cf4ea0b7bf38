"""Where incidents are fetched from and put to."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident, IncidentMilestone, IncidentNote
from dispatch.orders.model import Order
from kit.actor import Grant, Reach, Role
from kit.errors import NotFound

#: an order that still binds somebody to the incident
OPEN_ORDER = ("offered", "received", "shown", "accepted", "en_route", "arrived")
#: an officer who has done his part answers for the incident until it ends
DONE_ORDER = ("completed", "rated")


def _assigned(account_id: uuid.UUID | None, *, police: bool) -> ColumnElement[bool]:
    mine = and_(Order.incident_id == Incident.id, Order.account_id == account_id)
    open_ = exists().where(mine, Order.state.in_(OPEN_ORDER))
    if not police:
        return open_
    return or_(open_, and_(Incident.ended_at.is_(None), exists().where(mine, Order.state.in_(DONE_ORDER))))


def visible(grant: Grant) -> ColumnElement[bool]:
    """The incidents that ``grant`` reaches."""
    actor = grant.actor
    match grant.reach:
        case Reach.ANY:
            return true()
        case Reach.DISTRICT:
            return Incident.district_id == actor.district_id
        case Reach.STATION:
            return Incident.station_id == actor.station_id
        case Reach.ASSIGNED:
            return _assigned(actor.account_id, police=actor.role is Role.OFFICER)
        case _:
            return false()


def get_visible(session: Session, incident_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Incident:
    """The incident, if ``grant`` reaches it; raises NotFound. ``lock`` keeps others from changing it."""
    query = select(Incident).where(Incident.id == incident_id, visible(grant))
    if lock:
        query = query.with_for_update(of=Incident).execution_options(populate_existing=True)
    incident = session.execute(query).scalar_one_or_none()
    if incident is None:
        raise NotFound
    return incident


def get_locked(session: Session, incident_id: uuid.UUID) -> Incident:
    """The incident as it is now, kept from others until the transaction ends; raises NotFound."""
    query = select(Incident).where(Incident.id == incident_id).with_for_update()
    incident = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if incident is None:
        raise NotFound
    return incident


def is_assigned(session: Session, incident_id: uuid.UUID, account_id: uuid.UUID, *, police: bool = True) -> bool:
    """Whether the account has an open order on it or, an officer, has done one, until the incident ended."""
    query = select(Incident.id).where(Incident.id == incident_id, _assigned(account_id, police=police))
    return session.execute(query).first() is not None


def find_by_number(session: Session, district_id: uuid.UUID, number: str, *, lock: bool = False) -> Incident | None:
    """The incident that carries this 接警单编号 in the district."""
    query = select(Incident).where(Incident.district_id == district_id, Incident.number == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def add_milestone(
    session: Session, incident: Incident, name: str, *, at: datetime, how: str, evidence: dict[str, Any] | None = None
) -> bool:
    """Write a milestone of the present round; False when it was passed before, and stays as it was."""
    values = {
        "incident_id": incident.id,
        "round": incident.reopened,
        "name": name,
        "at": at,
        "how": how,
        "evidence": evidence or {},
    }
    statement = insert(IncidentMilestone).values(values).on_conflict_do_nothing()
    return bool(session.execute(statement.returning(IncidentMilestone.name)).first())


def list_milestones(session: Session, incident_id: uuid.UUID) -> list[IncidentMilestone]:
    """All milestones, oldest first."""
    query = (
        select(IncidentMilestone)
        .where(IncidentMilestone.incident_id == incident_id)
        .order_by(IncidentMilestone.round, IncidentMilestone.at, IncidentMilestone.name)
    )
    return list(session.execute(query).scalars())


def list_notes(session: Session, incident_id: uuid.UUID) -> list[IncidentNote]:
    """All notes, oldest first."""
    query = select(IncidentNote).where(IncidentNote.incident_id == incident_id)
    return list(session.execute(query.order_by(IncidentNote.at, IncidentNote.id)).scalars())


def list_accounts_on(session: Session, incident_id: uuid.UUID) -> list[uuid.UUID]:
    """The accounts with an open order on the incident."""
    query = select(Order.account_id).where(Order.incident_id == incident_id, Order.state.in_(OPEN_ORDER))
    return sorted(set(session.execute(query).scalars()))
