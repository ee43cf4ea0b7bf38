"""Roles times places: one row of people per role, one object per place, and what each is answered.

How to use it for your noun::

    town = build_town(committing)                       # two stations of a district, one of another, their people
    things = {place: make_thing(committing, town.stations[place]) for place in Place}
    committing.commit()
    with server.client() as client:
        for role, login in town.people.items():
            for place, thing in things.items():
                answer = client.get(f"/api/v1/things/{thing.id}", headers=login.headers)
                assert answer.status_code == expected(Permission.THING_READ, role, place)
        assert_absent_and_hidden_look_alike(client, town.people[Role.LEADER], URL, things[Place.SIBLING].id)

``expected`` derives the status from the access table; it knows the reaches ORGANIZATION, STATION and DISTRICT.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from kit.actor import Reach, Role
from kit.ids import new_id
from kit.tenancy import Organization, Station
from tests.support import people
from tests.support.people import Login


class Place(StrEnum):
    """Where an object is, seen from the people of the town."""

    OWN = "own organization at own station"
    COMPANY = "another organization at own station"
    SIBLING = "another station of the district"
    FOREIGN = "another district"


ROLES = tuple(role for role in Role if role is not Role.SYSTEM)


@dataclass(frozen=True)
class Town:
    """``people``: one of each role at the own station; guard, keeper and manager in the own organization."""

    stations: dict[Place, Station]
    organizations: dict[Place, Organization]
    people: dict[Role, Login]


def build_town(session: Session) -> Town:
    """A fresh town; commit it before the server is to see it."""
    district = people.make_district(session)
    own = people.make_station(session, district)
    stations = {
        Place.OWN: own,
        Place.COMPANY: own,
        Place.SIBLING: people.make_station(session, district),
        Place.FOREIGN: people.make_station(session),
    }
    organizations = {place: people.make_organization(session, station) for place, station in stations.items()}
    company = organizations[Place.OWN]
    folk = {
        Role.GUARD: people.guard(session, own, organization=company),
        Role.KEEPER: people.keeper(session, own, organization=company),
        Role.OFFICER: people.officer(session, own),
        Role.COMPANY_MANAGER: people.staff(session, Role.COMPANY_MANAGER, own, organization=company),
    }
    for role in ROLES:
        if role not in folk:
            folk[role] = people.staff(session, role, own)
    return Town(stations=stations, organizations=organizations, people=folk)


_SEEN: dict[Reach, frozenset[Place]] = {
    Reach.ORGANIZATION: frozenset({Place.OWN}),
    Reach.STATION: frozenset({Place.OWN, Place.COMPANY}),
    Reach.STATION_AND_AID: frozenset({Place.OWN, Place.COMPANY}),
    Reach.DISTRICT: frozenset({Place.OWN, Place.COMPANY, Place.SIBLING}),
    Reach.ANY: frozenset(Place),
}


def is_in_reach(permission: Permission, role: Role, place: Place) -> bool:
    """Whether the table lets ``role`` see an object at ``place`` that belongs to that place's organization."""
    reach = ACCESS[permission].get(role)
    return reach is not None and place in _SEEN[reach]


def expected(permission: Permission, role: Role, place: Place, *, success: int = 200) -> int:
    """403 when the role may not at all, 404 when the object is out of reach, else ``success``."""
    if role not in ACCESS[permission]:
        return 403
    return success if is_in_reach(permission, role, place) else 404


def assert_absent_and_hidden_look_alike(
    client: httpx.Client, login: Login, url: str, hidden: uuid.UUID, *, method: str = "GET", **kwargs: Any
) -> None:
    """The answers about a hidden object and about a random id differ in nothing but ``instance``."""
    answers = []
    for id_ in (hidden, new_id()):
        headers = {**login.headers, "Idempotency-Key": new_id().hex, **kwargs.get("headers", {})}
        answer = client.request(
            method, url.format(id_), headers=headers, **{k: v for k, v in kwargs.items() if k != "headers"}
        )
        body = answer.content.replace(answer.json()["instance"].encode(), b"")
        same = {k: v for k, v in answer.headers.items() if k not in ("x-request-id", "date")}
        answers.append((answer.status_code, body, same))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
