"""Districts, stations and organizations in the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kit.actor import Actor, Grant
from kit.errors import NotFound
from kit.paging import Slice
from kit.reach import rows_within
from kit.tenancy import District, Organization, Station


def visible_stations(grant: Grant) -> ColumnElement[bool]:
    """The stations that ``grant`` reaches: one's own, or those of the district."""
    return rows_within(
        grant, organization=Station.id == grant.actor.station_id, station=Station.id, district=Station.district_id
    )


def visible_organizations(grant: Grant) -> ColumnElement[bool]:
    """The organizations that ``grant`` reaches."""
    return rows_within(
        grant, organization=Organization.id, station=Organization.station_id, district=Organization.district_id
    )


def find_visible_station(session: Session, station_id: uuid.UUID, grant: Grant) -> Station | None:
    query = select(Station).where(Station.id == station_id, visible_stations(grant))
    return session.execute(query).scalar_one_or_none()


def get_visible_station(session: Session, station_id: uuid.UUID, grant: Grant, *, lock: bool = False) -> Station:
    """Raises NotFound when it is absent or out of reach."""
    query = select(Station).where(Station.id == station_id, visible_stations(grant))
    if lock:
        query = query.with_for_update(key_share=True)
    station = session.execute(query).scalar_one_or_none()
    if station is None:
        raise NotFound
    return station


def find_duty_phone(session: Session, actor: Actor) -> str | None:
    """The number of the actor's own command room."""
    return session.scalar(select(Station.duty_phone).where(Station.id == actor.station_id))


def list_duty_phones(session: Session, station_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str | None]:
    """The numbers of these stations' command rooms."""
    query = select(Station.id, Station.duty_phone).where(Station.id.in_(station_ids))
    return {row.id: row.duty_phone for row in session.execute(query)}


def find_visible_organization(session: Session, organization_id: uuid.UUID, grant: Grant) -> Organization | None:
    query = select(Organization).where(Organization.id == organization_id, visible_organizations(grant))
    return session.execute(query).scalar_one_or_none()


def get_visible_organization(
    session: Session, organization_id: uuid.UUID, grant: Grant, *, lock: bool = False
) -> Organization:
    """Raises NotFound when it is absent or out of reach."""
    query = select(Organization).where(Organization.id == organization_id, visible_organizations(grant))
    if lock:
        query = query.with_for_update(key_share=True)
    organization = session.execute(query).scalar_one_or_none()
    if organization is None:
        raise NotFound
    return organization


def list_stations(session: Session, grant: Grant, *, part: Slice) -> list[Station]:
    """One row more than asked for, newest first."""
    query = select(Station).where(visible_stations(grant))
    query = part.newest_first(query, Station.created_at, Station.id)
    return list(session.execute(query).scalars())


def list_organizations(
    session: Session, grant: Grant, *, part: Slice, kind: str | None = None, station_id: uuid.UUID | None = None
) -> list[Organization]:
    """One row more than asked for, newest first."""
    query = select(Organization).where(visible_organizations(grant))
    if kind is not None:
        query = query.where(Organization.kind == kind)
    if station_id is not None:
        query = query.where(Organization.station_id == station_id)
    query = part.newest_first(query, Organization.created_at, Organization.id)
    return list(session.execute(query).scalars())


def find_district(session: Session, name: str) -> District | None:
    return session.execute(select(District).where(District.name == name)).scalar_one_or_none()


def find_station_by_code(session: Session, code: str) -> Station | None:
    return session.execute(select(Station).where(Station.code == code)).scalar_one_or_none()


def find_organization_by_name(session: Session, station_id: uuid.UUID, name: str) -> Organization | None:
    query = select(Organization).where(Organization.station_id == station_id, Organization.name == name)
    return session.execute(query).scalar_one_or_none()
