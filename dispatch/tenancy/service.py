"""Districts, stations and organizations: founded and changed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.accounts import repository as accounts
from dispatch.tenancy import repository
from kit import record
from kit.actor import Actor, Grant
from kit.database import Base
from kit.errors import Conflict, Fault, Invalid, StaleVersion
from kit.ids import new_id
from kit.phones import normalize_phone
from kit.tenancy import District, Organization, Station

Row = TypeVar("Row", bound=Base)


class NameTaken(Conflict):
    """There is one of this name or code already."""

    slug, title, hint = "name-taken", "名称或代码已存在", "请核对后换用其他名称或代码。"


class OrganizationHasPeople(Conflict):
    """Active accounts belong to this organization."""

    slug, title, hint = "organization-has-people", "该单位仍有在用账号", "请先停用该单位的全部账号。"


class StationMissing(Invalid):
    """Say to which station the organization belongs."""

    slug, title, hint = "station-missing", "请选择所属派出所", "只能选择本人管理范围内的派出所。"


def found_district(session: Session, *, name: str, actor: Actor, at: datetime, demo: bool = False) -> District:
    """A new district; raises NameTaken. For the command line and the demo town."""
    district = _store(session, District(id=new_id(), name=name, demo=demo, created_at=at))
    record.write(session, "district.founded", actor=actor, at=at, subject_kind="district", subject_id=district.id)
    return district


def found_station(
    session: Session, *, district_id: uuid.UUID, name: str, code: str, actor: Actor, at: datetime, demo: bool = False,
    duty_phone: str | None = None,
) -> Station:  # fmt: skip
    """A new station, with its own police as its first organization. ``duty_phone`` in E.164. Raises NameTaken."""
    station = _store(
        session,
        Station(
            id=new_id(),
            district_id=district_id,
            name=name,
            code=code,
            duty_phone=duty_phone,
            demo=demo,
            created_at=at,
        ),
    )
    _note(session, "station.founded", "station", station.id, station.id, actor, at)
    found_organization(session, station=station, name=name, kind="police", actor=actor, at=at, demo=demo)
    return station


def found_organization(
    session: Session, *, station: Station, name: str, kind: str, actor: Actor, at: datetime, demo: bool = False
) -> Organization:
    """A new member of the alliance; raises NameTaken."""
    organization = _store(
        session,
        Organization(
            id=new_id(),
            district_id=station.district_id,
            station_id=station.id,
            name=name,
            kind=kind,
            demo=demo,
            created_at=at,
        ),
    )
    _note(session, "organization.founded", "organization", organization.id, station.id, actor, at, kind=kind)
    return organization


def open_station(
    session: Session, *, grant: Grant, name: str, code: str, duty_phone: str | None = None, at: datetime
) -> Station:
    """A new station of one's own district; raises NameTaken, PhoneFormat."""
    actor = grant.actor
    assert actor.district_id is not None
    phone = normalize_phone(duty_phone, pointer="/duty_phone") if duty_phone else None
    return found_station(
        session, district_id=actor.district_id, name=name, code=code, duty_phone=phone, actor=actor, at=at
    )


def rename_station(
    session: Session, *, grant: Grant, station_id: uuid.UUID, version: int, name: str, at: datetime
) -> Station:
    """Raises NotFound, StaleVersion, NameTaken."""
    station = repository.get_visible_station(session, station_id, grant, lock=True)
    if station.version != version:
        raise StaleVersion(version=station.version)
    station.name = name
    station.version += 1
    _store(session, station)
    _note(session, "station.renamed", "station", station.id, station.id, grant.actor, at)
    return station


def open_organization(
    session: Session, *, grant: Grant, name: str, kind: str, station_id: uuid.UUID | None, at: datetime
) -> Organization:
    """A new member of the alliance at a station within reach (None: one's own). Raises StationMissing, NameTaken."""
    wanted = station_id or grant.actor.station_id
    station = repository.find_visible_station(session, wanted, grant) if wanted is not None else None
    if station is None:
        fault = Fault(pointer="/station_id", code="unknown-reference", message="请在可选范围内选择")
        raise StationMissing(faults=(fault,))
    return found_organization(session, station=station, name=name, kind=kind, actor=grant.actor, at=at)


def edit_organization(
    session: Session, *, grant: Grant, organization_id: uuid.UUID, version: int, changes: dict[str, Any], at: datetime
) -> Organization:
    """Change ``name``, ``kind`` or ``active``. Raises NotFound, StaleVersion, NameTaken, OrganizationHasPeople."""
    organization = repository.get_visible_organization(session, organization_id, grant, lock=True)
    if organization.version != version:
        raise StaleVersion(version=organization.version)
    if changes.get("active") is False and accounts.count_active_of(session, organization.id):
        raise OrganizationHasPeople
    for member, value in changes.items():
        setattr(organization, member, value)
    organization.version += 1
    _store(session, organization)
    _note(
        session,
        "organization.changed",
        "organization",
        organization.id,
        organization.station_id,
        grant.actor,
        at,
        members=sorted(changes),
    )
    return organization


def _store(session: Session, row: Row) -> Row:
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as exc:
        if getattr(exc.orig, "pgcode", None) == "23505":
            raise NameTaken from None
        raise
    return row


def _note(
    session: Session,
    action: str,
    subject_kind: str,
    id_: uuid.UUID,
    station_id: uuid.UUID,
    actor: Actor,
    at: datetime,
    **detail: Any,
) -> None:
    record.write(
        session, action, actor=actor, at=at, subject_kind=subject_kind, subject_id=id_, station_id=station_id, **detail
    )
