"""Work at every place of the matrix: an incident with its orders, alarm, photo, rating and the rest, place by place.

``build_work(session, town)`` makes one ``Work`` per ``Spot``. A spot is a place of tests.support.matrix, or
``Spot.MINE``: the own station's incident on which the town's guard, keeper and officer work themselves.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from dispatch.appeals.model import Appeal
from dispatch.escalation.model import Alarm
from dispatch.incidents.model import Incident
from dispatch.orders.model import Order
from dispatch.ratings.model import Rating
from dispatch.reports.model import Photo
from dispatch.scenarios.model import Scenario
from dispatch.swaps.model import SwapProposal
from geo.areas.model import Area
from kit.actor import Reach, Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.support.closing import add_marks, make_incident, make_order
from tests.support.matrix import Place, Town
from tests.support.orders import a_spec
from tests.support.people import LAT, START, Login, east, guard, officer


class Spot(StrEnum):
    """Where a piece of work is, seen from the people of the town."""

    MINE = "own station, and they work on it"
    OWN = "own station, a colleague of the company works on it"
    COMPANY = "own station, another company works on it"
    SIBLING = "another station of the district"
    FOREIGN = "another district"


_PLACE = {
    Spot.MINE: Place.OWN,
    Spot.OWN: Place.OWN,
    Spot.COMPANY: Place.COMPANY,
    Spot.SIBLING: Place.SIBLING,
    Spot.FOREIGN: Place.FOREIGN,
}

_SEEN: dict[Reach, frozenset[Spot]] = {
    Reach.OWN: frozenset({Spot.MINE}),
    Reach.ASSIGNED: frozenset({Spot.MINE}),
    Reach.ORGANIZATION: frozenset({Spot.MINE, Spot.OWN}),
    Reach.STATION: frozenset({Spot.MINE, Spot.OWN, Spot.COMPANY}),
    # what a neighbour has opened: tests/aid/test_matrix.py
    Reach.STATION_AND_AID: frozenset({Spot.MINE, Spot.OWN, Spot.COMPANY}),
    Reach.DISTRICT: frozenset(set(Spot) - {Spot.FOREIGN}),
    Reach.ANY: frozenset(Spot),
}


def sees(permission: Permission, role: Role, spot: Spot) -> bool:
    """Whether the table lets ``role`` reach the work at ``spot``."""
    reach = ACCESS[permission].get(role)
    return reach is not None and spot in _SEEN[reach]


@dataclass(frozen=True)
class Work:
    """One incident and what hangs on it. ``own_order`` is the order of each role that has one, ``order`` a guard's."""

    station: Station
    incident: Incident
    helper: Login
    order: Order
    own_orders: dict[Role, Order]
    done: Order
    alarm: Alarm
    swap: SwapProposal
    photos: dict[Role, Photo]
    ratings: dict[Role, Rating]
    appeal: Appeal
    area: Area
    scenario: Scenario

    def order_of(self, role: Role) -> Order:
        return self.own_orders.get(role, self.order)

    def responder_of(self, role: Role) -> uuid.UUID:
        return self.order_of(role).responder_id

    def photo_of(self, role: Role) -> Photo:
        return self.photos.get(role, self.photos[Role.GUARD])

    def rating_of(self, role: Role) -> Rating:
        return self.ratings.get(role, self.ratings[Role.GUARD])


def build_work(session: Session, town: Town) -> dict[Spot, Work]:
    """Work at every spot; commit it before the server is to see it."""
    return {spot: _work(session, town, spot) for spot in Spot}


def _work(session: Session, town: Town, spot: Spot) -> Work:
    place = _PLACE[spot]
    station, company = town.stations[place], town.organizations[place]
    incident = make_incident(session, station, state="arrived")
    scenario = session.get_one(Scenario, incident.scenario_id)
    scenario.spec = a_spec()
    add_marks(session, incident, dispatched=START, arrived=START + timedelta(minutes=4))
    if spot is Spot.MINE:
        workers = {role: town.people[role] for role in (Role.GUARD, Role.KEEPER, Role.OFFICER)}
    else:
        workers = {Role.GUARD: guard(session, station, organization=company), Role.OFFICER: officer(session, station)}
    open_ = {
        role: make_order(session, incident, login, state="arrived", marks=_passed()) for role, login in workers.items()
    }
    helper, police = workers[Role.GUARD], workers[Role.OFFICER]
    helpers: dict[Role, Login] = {role: login for role, login in workers.items() if role is not Role.OFFICER}
    done = {role: make_order(session, incident, login, state="completed") for role, login in helpers.items()}
    ratings = {role: _rating(session, order, police) for role, order in done.items()}
    photos = {role: _photo(session, order) for role, order in open_.items()}
    return Work(
        station=station,
        incident=incident,
        helper=helper,
        order=open_[Role.GUARD],
        own_orders=open_,
        done=done[Role.GUARD],
        alarm=_add(
            session,
            Alarm(id=new_id(), station_id=station.id, incident_id=incident.id, kind="helpers_short", raised_at=START),
        ),
        swap=_swap(session, open_[Role.GUARD], police),
        photos=photos,
        ratings=ratings,
        appeal=_add(
            session,
            Appeal(
                id=new_id(),
                rating_id=ratings[Role.GUARD].id,
                station_id=station.id,
                account_id=helper.account.id,
                text="当时已到场",
                made_at=START,
            ),
        ),
        area=_add(
            session,
            Area(
                id=new_id(),
                district_id=station.district_id,
                station_id=station.id,
                kind="beat",
                name=f"巡区{new_id().hex[:8]}",
                outline=_square(),
            ),
        ),
        scenario=scenario,
    )


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def _passed() -> dict[str, Any]:
    return dict.fromkeys(("offered", "received", "shown", "accepted", "en_route", "arrived"), START)


def _swap(session: Session, order: Order, other: Login) -> SwapProposal:
    assert other.responder is not None
    row: SwapProposal = _add(
        session,
        SwapProposal(
            id=new_id(),
            district_id=order.district_id,
            station_id=order.station_id,
            incident_id=order.incident_id,
            order_id=order.id,
            responder_id=order.responder_id,
            to_responder_id=other.responder.id,
            cause="stalled",
            expected_s=900,
            eta_s=300,
            inputs={},
            proposed_at=START,
            lapses_at=START + timedelta(minutes=3),
        ),
    )
    return row


def _rating(session: Session, order: Order, police: Login) -> Rating:
    order.state = "rated"
    row: Rating = _add(
        session,
        Rating(
            id=new_id(),
            order_id=order.id,
            incident_id=order.incident_id,
            station_id=order.station_id,
            organization_id=order.organization_id,
            responder_id=order.responder_id,
            rated_account_id=order.account_id,
            officer_id=police.account.id,
            outcome="seen",
            arrived=True,
            helped=True,
            followed_instruction=True,
            safe=True,
            score=4,
            made_at=START,
            editable_until=START + timedelta(hours=24),
        ),
    )
    return row


def _photo(session: Session, order: Order) -> Photo:
    row: Photo = _add(
        session,
        Photo(
            id=new_id(),
            order_id=order.id,
            incident_id=order.incident_id,
            account_id=order.account_id,
            at=START,
            media_type="image/jpeg",
            width_px=1,
            height_px=1,
            sha256=new_id().bytes * 2,
            content=b"\xff\xd8\xff",
        ),
    )
    return row


def _square() -> str:
    corners = [(0, -0.005), (100, -0.005), (100, 0.005), (0, 0.005), (0, -0.005)]
    ring = ", ".join(f"{east(x)!r} {LAT + y!r}" for x, y in corners)
    return f"SRID=4326;MULTIPOLYGON((({ring})))"
