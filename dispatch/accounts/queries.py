"""What a screen shows of oneself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS
from dispatch.accounts.logins import masked_phone
from dispatch.accounts.model import Account
from geo.responders.model import Responder
from kit.actor import Actor
from kit.tenancy import District, Organization, Station


@dataclass(frozen=True, kw_only=True)
class Named:
    """A thing and its name."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class OwnStation(Named):
    """One's station, and the number of its command room."""

    duty_phone: str | None


@dataclass(frozen=True, kw_only=True)
class OwnResponder:
    """The guard, patrol unit or safe-house that an account answers for."""

    id: uuid.UUID
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Me:
    """Who is logged in. ``permissions``: what his role may do, and on which rows."""

    account_id: uuid.UUID
    session_id: uuid.UUID
    device_id: uuid.UUID
    role: str
    name: str
    phone: str | None
    badge_no: str | None
    district: Named
    station: OwnStation | None
    organization: Named | None
    responder: OwnResponder | None
    permissions: dict[str, str]
    demo: bool


def describe(session: Session, actor: Actor) -> Me:
    """The account behind ``actor`` with its surroundings, in one query."""
    query = (
        select(Account, District, Station, Organization, Responder)
        .join(District, District.id == Account.district_id)
        .outerjoin(Station, Station.id == Account.station_id)
        .outerjoin(Organization, Organization.id == Account.organization_id)
        .outerjoin(Responder, (Responder.account_id == Account.id) & Responder.active)
        .where(Account.id == actor.account_id)
    )
    account, district, station, organization, responder = session.execute(query).one()
    assert actor.session_id is not None and actor.device_id is not None
    return Me(
        account_id=account.id,
        session_id=actor.session_id,
        device_id=actor.device_id,
        role=account.role,
        name=account.name,
        phone=masked_phone(account),
        badge_no=account.badge_no,
        district=Named(id=district.id, name=district.name),
        station=OwnStation(id=station.id, name=station.name, duty_phone=station.duty_phone) if station else None,
        organization=Named(id=organization.id, name=organization.name) if organization else None,
        responder=OwnResponder(id=responder.id, kind=responder.kind, name=responder.name) if responder else None,
        permissions={
            permission.value: reaches[actor.role].value
            for permission, reaches in ACCESS.items()
            if actor.role in reaches
        },
        demo=account.demo,
    )
