"""The making of a demo town: all of it through the services, in one transaction, once.

A town is a value of ``simulation.people.town``; everything in it is stored with ``demo`` set. Its people share one
password, which is printed on every start: so it is hashed once, not once for each of them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401  (how changed entities look on screens)
from cli.console import CommandFailed, say
from cli.town_streets import lay
from dispatch.access.table import Permission, grant
from dispatch.accounts.passwords import check_password, hash_password
from dispatch.accounts.service import create_account
from dispatch.scenarios.service import seed_defaults
from dispatch.tenancy import repository as tenancy
from dispatch.tenancy import service as founding
from geo.areas import service as areas
from geo.crs import Position
from geo.places import service as places
from geo.posts import service as posts
from geo.responders import service as responders
from geo.responders.rules import Kind, NewResponder
from kit.actor import SYSTEM, Role
from kit.clock import SystemClock
from kit.database import make_engine, make_session_factory, transaction
from kit.paging import Slice
from kit.settings import Settings
from kit.tenancy import District, Organization, Station
from simulation.people.streets import Lonlat
from simulation.people.town import PASSWORD, Town

_EVER_OPEN = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass
class _Made:
    """What the later parts of a town refer to."""

    district: District
    stations: dict[str, Station] = field(default_factory=dict)
    organizations: dict[tuple[str, str], Organization] = field(default_factory=dict)
    accounts: dict[str, uuid.UUID] = field(default_factory=dict)
    posts: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)


def ensure_town(settings: Settings, town: Town) -> bool:
    """Make the town unless it is there; whether it was made. Raises CommandFailed when its name is a real one's."""
    engine = make_engine(settings.database_url, pool_size=1, application="town")
    try:
        with transaction(make_session_factory(engine)) as session:
            made = load(session, town, at=SystemClock().now())
            if lay(session, town.streets, settings.home / "roads", clock=SystemClock()):
                say(f"laid the {len(town.streets)} streets of {town.district}")
            return made
    finally:
        engine.dispose()


def load(session: Session, town: Town, *, at: datetime) -> bool:
    """The same in a session of the caller, who commits."""
    there = tenancy.find_district(session, town.district)
    if there is not None:
        if not there.demo:
            raise CommandFailed(f"There is a district {town.district} that is not a demonstration; nothing was made.")
        return False
    say(f"making {town.district}: {len(town.responders)} responders, {len(town.people)} accounts")
    try:
        made = _Made(founding.found_district(session, name=town.district, actor=SYSTEM, at=at, demo=True))
    except founding.NameTaken:
        # somebody else made it meanwhile; the insert waited for his commit
        return False
    _found_stations(session, town, made, at)
    _open_accounts(session, town, made, at)
    _draw_posts(session, town, made, at)
    _register(session, town, made, at)
    _name_places(session, town, made, at)
    return True


def _found_stations(session: Session, town: Town, made: _Made, at: datetime) -> None:
    area_grant, police_grant = grant(SYSTEM, Permission.AREA_WRITE), grant(SYSTEM, Permission.ORGANIZATION_READ)
    for spec in town.stations:
        station = founding.found_station(
            session,
            district_id=made.district.id,
            name=spec.name,
            code=spec.code,
            actor=SYSTEM,
            at=at,
            demo=True,
            duty_phone=spec.duty_phone,
        )
        made.stations[spec.code] = station
        (made.organizations[spec.code, spec.name],) = tenancy.list_organizations(
            session, police_grant, part=Slice(limit=1, after=None), kind="police", station_id=station.id
        )
        seed_defaults(session, station.id, at)
        areas.draw(
            session,
            grant=area_grant,
            station_id=station.id,
            kind="jurisdiction",
            name=f"{spec.name}辖区",
            geometry={"type": "Polygon", "coordinates": [list(spec.ring)]},
            attribution=None,
            at=at,
        )
    for company in town.organizations:
        made.organizations[company.station, company.name] = founding.found_organization(
            session,
            station=made.stations[company.station],
            name=company.name,
            kind=company.kind,
            actor=SYSTEM,
            at=at,
            demo=True,
        )


def _open_accounts(session: Session, town: Town, made: _Made, at: datetime) -> None:
    check_password(PASSWORD, logins=tuple(person.badge_no for person in town.people))
    password_hash = hash_password(PASSWORD)
    for person in town.people:
        station = made.stations[person.station] if person.station else None
        organization = made.organizations[person.station, person.organization] if (
            person.station and person.organization) else None  # fmt: skip
        account = create_account(
            session,
            role=Role(person.role),
            district_id=made.district.id,
            station_id=station.id if station else None,
            organization_id=organization.id if organization else None,
            name=person.name,
            badge_no=person.badge_no,
            actor=SYSTEM,
            at=at,
            demo=True,
        )
        account.password_hash = password_hash
        made.accounts[person.badge_no] = account.id
    session.flush()


def _draw_posts(session: Session, town: Town, made: _Made, at: datetime) -> None:
    post_grant = grant(SYSTEM, Permission.RESPONDER_WRITE)
    for spec in town.posts:
        post = posts.create(
            session,
            grant=post_grant,
            at=at,
            new=posts.NewPost(
                name=spec.name,
                organization_id=made.organizations[spec.station, spec.organization].id,
                position=_position(spec.position),
                minimum_staff=spec.minimum_staff,
                demo=True,
            ),
        )
        made.posts[spec.station, spec.name] = post.id


def _register(session: Session, town: Town, made: _Made, at: datetime) -> None:
    responder_grant = grant(SYSTEM, Permission.RESPONDER_WRITE)
    for spec in town.responders:
        is_house = spec.kind == "safe_house"
        responders.create(
            session,
            grant=responder_grant,
            at=at,
            new=NewResponder(
                kind=Kind(spec.kind),
                name=spec.name,
                organization_id=made.organizations[spec.station, spec.organization].id,
                account_id=made.accounts[spec.badge_no],
                call_sign=spec.call_sign,
                skills=spec.skills,
                capabilities=spec.capabilities,
                post_id=made.posts[spec.station, spec.post] if spec.post else None,
                position=_position(spec.position) if is_house else None,
                address=spec.address,
                opening_hours=_EVER_OPEN if is_house else None,
                mobility=spec.mobility,
                auxiliary=spec.auxiliary,
                crew=spec.crew,
                demo=True,
            ),
        )


def _name_places(session: Session, town: Town, made: _Made, at: datetime) -> None:
    places.put_all(
        session,
        district_id=made.district.id,
        places=[
            places.NewPlace(
                name=spec.name, address=spec.address, category=spec.category, position=_position(spec.position)
            )
            for spec in town.places
        ],
        attribution=None,
        actor=SYSTEM,
        at=at,
        demo=True,
    )


def _position(lonlat: Lonlat) -> Position:
    return Position(round(lonlat[0], 7), round(lonlat[1], 7))
