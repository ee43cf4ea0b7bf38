"""Builders: a station with its people. Each takes a session and returns the row that it added."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.sessions.authentication import make_access_token
from dispatch.sessions.model import LoginSession
from geo.responders.model import Responder, ResponderIndex
from kit.actor import Actor, Role
from kit.crypto import get_vault
from kit.ids import digest, new_id, new_secret
from kit.tenancy import District, Organization, Station
from notifications.devices.model import Device

#: the demo town's centre: 吴泾, WGS-84
LON, LAT = 121.4633, 31.0467
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TOKEN_KEY, DATA_KEY = "11" * 32, "22" * 32
WHOLE_WEEK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}

_numbers = itertools.count(1)


def point(lon: float = LON, lat: float = LAT) -> Any:
    """EWKT of a WGS-84 point, which a geography column takes and gives back as something else."""
    return f"SRID=4326;POINT({lon!r} {lat!r})"


def east(metres: float) -> float:
    """Longitude ``metres`` east of the town's centre, on its parallel."""
    return LON + metres / 95_460.0


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def make_district(session: Session) -> District:
    name = f"分局{new_id().hex[:12]}"
    row: District = _add(session, District(id=new_id(), name=name, created_at=START))
    return row


def make_station(session: Session, district: District | None = None) -> Station:
    district = district or make_district(session)
    code = new_id().hex[:12]
    row: Station = _add(
        session,
        Station(id=new_id(), district_id=district.id, name=f"派出所{code}", code=code, created_at=START),
    )
    return row


def make_organization(session: Session, station: Station, kind: str = "security_company") -> Organization:
    row: Organization = _add(
        session,
        Organization(
            id=new_id(),
            district_id=station.district_id,
            station_id=station.id,
            name=f"单位{new_id().hex[:12]}",
            kind=kind,
            created_at=START,
        ),
    )
    return row


def make_account(
    session: Session,
    role: Role,
    station: Station,
    organization: Organization | None = None,
    **values: Any,
) -> Account:
    if role in (Role.GUARD, Role.KEEPER, Role.COMPANY_MANAGER) and organization is None:
        organization = make_organization(session, station)
    values.setdefault("badge_no", new_id().hex[:12].upper())
    row: Account = _add(
        session,
        Account(
            id=new_id(),
            role=role,
            district_id=station.district_id,
            station_id=None if role is Role.DISTRICT_ADMIN else station.id,
            organization_id=organization.id if organization else None,
            name=f"人员{next(_numbers)}",
            created_at=START,
            **values,
        ),
    )
    return row


def make_phone_account(session: Session, role: Role, station: Station, phone: str, **values: Any) -> Account:
    """An account with a sealed phone number in E.164."""
    vault = get_vault(DATA_KEY)
    box = vault.seal(phone, context="accounts.phone")
    return make_account(session, role, station, phone_box=box, phone_index=vault.index(phone), **values)


@dataclass(frozen=True)
class Login:
    """An account with a login on a device."""

    account: Account
    session_id: uuid.UUID
    device_id: uuid.UUID
    token: str
    responder: Responder | None = None

    @property
    def helper(self) -> Responder:
        """Whom the map shows for him; only for those who are on it."""
        assert self.responder is not None
        return self.responder

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def actor(self) -> Actor:
        return Actor(
            role=Role(self.account.role),
            account_id=self.account.id,
            session_id=self.session_id,
            device_id=self.device_id,
            district_id=self.account.district_id,
            station_id=self.account.station_id,
            organization_id=self.account.organization_id,
            responder_id=self.responder.id if self.responder else None,
        )


def log_in(session: Session, account: Account, *, at: datetime = START, responder: Responder | None = None) -> Login:
    device = _add(session, Device(id=new_id(), account_id=account.id, kind="android", name="测试机", registered_at=at))
    login = _add(
        session,
        LoginSession(
            id=new_id(),
            account_id=account.id,
            device_id=device.id,
            refresh_hash=digest(new_secret()),
            started_at=at,
            refreshed_at=at,
            expires_at=at + timedelta(days=30),
        ),
    )
    # a long life, so that a test may move its clock
    token = make_access_token(account_id=account.id, session_id=login.id, at=at, key=TOKEN_KEY, lifetime_s=10 * 86_400)
    return Login(account=account, session_id=login.id, device_id=device.id, token=token, responder=responder)


def make_responder(
    session: Session,
    kind: str,
    station: Station,
    *,
    organization: Organization | None = None,
    account: Account | None = None,
    lon: float | None = None,
    lat: float = LAT,
    at: datetime = START,
    on_duty: bool = True,
    skills: tuple[str, ...] = (),
    capabilities: tuple[str, ...] = (),
    **values: Any,
) -> Responder:
    """A responder with its index row; with ``lon`` it has a fix captured at ``at``.

    ``on_duty`` only sets the index: a test about duty goes through geo.duty instead.
    """
    if organization is None:
        police = kind == "patrol_unit"
        organization = make_organization(session, station, "police" if police else "security_company")
    if kind == "patrol_unit":
        values = {"mobility": "car", "crew": 2, **values}
    if kind == "safe_house":
        values = {"opening_hours": WHOLE_WEEK, **values}
    row: Responder = _add(
        session,
        Responder(
            id=new_id(),
            kind=kind,
            district_id=station.district_id,
            station_id=station.id,
            organization_id=organization.id,
            account_id=account.id if account else None,
            name=f"力量{new_id().hex[:10]}",
            skills=list(skills),
            capabilities=list(capabilities),
            created_at=at,
            **values,
        ),
    )
    placed = lon is not None
    moving = placed and kind != "safe_house"
    _add(
        session,
        ResponderIndex(
            responder_id=row.id,
            kind=kind,
            district_id=station.district_id,
            station_id=station.id,
            organization_id=organization.id,
            post_id=row.post_id,
            skills=[*skills, *capabilities],
            on_duty=on_duty,
            fixed=kind == "safe_house",
            position=point(lon, lat) if lon is not None else None,
            captured_at=at if moving else None,
            received_at=at if moving else None,
            accuracy_m=10.0 if moving else None,
            source="test" if moving else None,
        ),
    )
    return row


def guard(session: Session, station: Station, **values: Any) -> Login:
    """A guard on duty with a phone; ``lon``/``lat`` place him."""
    organization = values.pop("organization", None) or make_organization(session, station)
    account = make_account(session, Role.GUARD, station, organization)
    responder = make_responder(session, "guard", station, organization=organization, account=account, **values)
    return log_in(session, account, at=values.get("at", START), responder=responder)


def keeper(session: Session, station: Station, **values: Any) -> Login:
    """A safe-house, open day and night, and its keeper with a phone."""
    organization = values.pop("organization", None) or make_organization(session, station, "merchant")
    account = make_account(session, Role.KEEPER, station, organization)
    responder = make_responder(session, "safe_house", station, organization=organization, account=account, **values)
    return log_in(session, account, at=values.get("at", START), responder=responder)


def officer(session: Session, station: Station, **values: Any) -> Login:
    """An officer who leads a patrol car."""
    account = make_account(session, Role.OFFICER, station)
    responder = make_responder(session, "patrol_unit", station, account=account, **values)
    return log_in(session, account, at=values.get("at", START), responder=responder)


def staff(session: Session, role: Role, station: Station, *, at: datetime = START, **values: Any) -> Login:
    """A dispatcher, leader, company manager or district admin with a browser."""
    return log_in(session, make_account(session, role, station, **values), at=at)
