"""Responders and their index rows stay in step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import Permission, grant
from geo.crs import Position
from geo.duty import service as duty
from geo.posts import service as posts
from geo.posts.service import NewPost
from geo.responders import projection, queries, service
from geo.responders.errors import NameTaken, ReferenceUnknown, ShapeRefused, StillEngaged
from geo.responders.hours import HoursRefused
from geo.responders.model import Responder, ResponderIndex
from geo.responders.rules import Kind, NewResponder
from kit.actor import SYSTEM, Grant, Role
from kit.errors import NotFound, StaleVersion
from kit.feed import station_audience
from kit.ids import new_id
from kit.tenancy import Organization, Station
from tests.support.people import (
    LAT,
    START,
    WHOLE_WEEK,
    east,
    make_organization,
    make_responder,
    make_station,
    staff,
)


@pytest.fixture
def station(session: Session) -> Station:
    return make_station(session)


@pytest.fixture
def company(session: Session, station: Station) -> Organization:
    return make_organization(session, station)


@pytest.fixture
def leader(session: Session, station: Station) -> Grant:
    return grant(staff(session, Role.LEADER, station).actor, Permission.RESPONDER_WRITE)


def _make(session: Session, leader: Grant, kind: Kind, organization: Organization, **values: Any) -> Responder:
    new = NewResponder(kind=kind, organization_id=organization.id, **{"name": f"力量{new_id().hex[:8]}", **values})
    return service.create(session, grant=leader, at=START, new=new)


def _index(session: Session, responder: Responder) -> ResponderIndex | None:
    query = select(ResponderIndex).where(ResponderIndex.responder_id == responder.id)
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def _house(session: Session, leader: Grant, organization: Organization, **values: Any) -> Responder:
    given = {"position": Position(east(0), LAT), "opening_hours": WHOLE_WEEK, "capabilities": ("aed",), **values}
    return _make(session, leader, Kind.SAFE_HOUSE, organization, **given)


def test_a_safe_house_is_found_at_once_with_what_stands_ready_in_it(
    session: Session, leader: Grant, company: Organization
) -> None:
    house = _house(session, leader, company, skills=("first_aid",))
    row = _index(session, house)
    assert row is not None
    assert (row.fixed, row.on_duty, row.skills) == (True, True, ["aed", "first_aid"])


def test_a_closed_safe_house_is_registered_as_closed(session: Session, leader: Grant, company: Organization) -> None:
    row = _index(session, _house(session, leader, company, opening_hours={"mon": [["08:00", "09:00"]]}))
    assert row is not None
    assert not row.on_duty


def test_a_change_of_skills_organization_and_post_reaches_the_index(
    session: Session, leader: Grant, company: Organization, station: Station
) -> None:
    guard = _make(session, leader, Kind.GUARD, company)
    other = make_organization(session, station)
    place = Position(east(0), LAT)
    gate = posts.create(
        session, grant=leader, at=START, new=NewPost(name="东门", organization_id=other.id, position=place)
    )
    changes = {"skills": ("rescue_swim",), "organization_id": other.id, "post_id": gate.id}
    service.update(session, grant=leader, at=START, responder_id=guard.id, version=1, changes=changes)
    row = _index(session, guard)
    assert row is not None
    assert (row.skills, row.organization_id, row.post_id) == (["rescue_swim"], other.id, gate.id)
    assert guard.version == 2


def test_a_change_of_name_keeps_position_duty_and_engagement(session: Session, leader: Grant, station: Station) -> None:
    guard = make_responder(session, "guard", station, lon=east(5))
    service.set_engaged(session, guard.id, engaged=True)
    service.update(session, grant=leader, at=START, responder_id=guard.id, version=1, changes={"name": "改名"})
    row = _index(session, guard)
    assert row is not None
    assert row.on_duty
    assert row.engaged
    assert row.position is not None


def test_out_of_use_is_out_of_the_index_and_back_again(session: Session, leader: Grant, company: Organization) -> None:
    guard = _make(session, leader, Kind.GUARD, company)
    duty.start(session, responder_id=guard.id, planned_end=None, actor=SYSTEM, at=START)
    at = START + timedelta(minutes=1)
    service.update(session, grant=leader, at=at, responder_id=guard.id, version=1, changes={"active": False})
    assert _index(session, guard) is None
    with pytest.raises(NotFound):
        duty.start(session, responder_id=guard.id, planned_end=None, actor=SYSTEM, at=at)
    service.update(session, grant=leader, at=at, responder_id=guard.id, version=2, changes={"active": True})
    row = _index(session, guard)
    assert row is not None
    assert not row.on_duty


def test_a_safe_house_moves_and_keeps_its_place_while_out_of_use(
    session: Session, leader: Grant, company: Organization
) -> None:
    house = _house(session, leader, company)

    def change(version: int, **changes: Any) -> None:
        service.update(session, grant=leader, at=START, responder_id=house.id, version=version, changes=changes)

    change(1, position=Position(east(250), LAT))
    change(2, active=False)
    assert _index(session, house) is None
    change(3, active=True)
    row = _index(session, house)
    assert row is not None
    assert row.position is not None
    assert Position.of(row.position) == Position(east(250), LAT)
    assert (row.on_duty, row.skills) == (True, ["aed"])


def test_who_holds_an_order_stays_in_use(session: Session, leader: Grant, company: Organization) -> None:
    guard = _make(session, leader, Kind.GUARD, company)
    service.set_engaged(session, guard.id, engaged=True)
    with pytest.raises(StillEngaged):
        service.update(session, grant=leader, at=START, responder_id=guard.id, version=1, changes={"active": False})


def test_an_old_version_changes_nothing(session: Session, leader: Grant, company: Organization) -> None:
    guard = _make(session, leader, Kind.GUARD, company)
    with pytest.raises(StaleVersion) as refused:
        service.update(session, grant=leader, at=START, responder_id=guard.id, version=7, changes={"name": "晚了"})
    assert refused.value.extra["version"] == 1


@pytest.mark.parametrize(
    ("kind", "values", "pointers"),
    [
        (Kind.SAFE_HOUSE, {}, {"/opening_hours", "/position"}),
        (Kind.GUARD, {"crew": 2, "opening_hours": {}}, {"/crew", "/opening_hours"}),
        (Kind.GUARD, {"position": Position(121.0, 31.0)}, {"/position"}),
        (Kind.PATROL_UNIT, {}, {"/crew", "/mobility", "/organization_id"}),
    ],
)
def test_each_kind_is_described_in_its_own_way(
    session: Session, leader: Grant, company: Organization, kind: Kind, values: dict[str, Any], pointers: set[str]
) -> None:
    with pytest.raises(ShapeRefused) as refused:
        _make(session, leader, kind, company, **values)
    assert {fault.pointer for fault in refused.value.faults} == pointers


def test_patrol_units_are_the_polices_and_only_they(session: Session, leader: Grant, station: Station) -> None:
    police = make_organization(session, station, "police")
    assert _make(session, leader, Kind.PATROL_UNIT, police, mobility="car", crew=2).crew == 2
    with pytest.raises(ShapeRefused):
        _make(session, leader, Kind.GUARD, police)


def test_hours_that_cannot_be_read_are_refused(session: Session, leader: Grant, company: Organization) -> None:
    with pytest.raises(HoursRefused):
        _house(session, leader, company, opening_hours={"mon": [["25:00", "26:00"]]})


def test_a_safe_house_has_a_name_of_its_own_in_its_station(
    session: Session, leader: Grant, company: Organization
) -> None:
    _house(session, leader, company, name="便利店")
    with pytest.raises(NameTaken):
        _house(session, leader, company, name="便利店")


def test_two_guards_may_be_called_alike(session: Session, leader: Grant, company: Organization) -> None:
    one, other = (_make(session, leader, Kind.GUARD, company, name="张伟") for _ in range(2))
    assert one.id != other.id


def test_another_stations_organization_or_post_does_not_exist_here(
    session: Session, leader: Grant, company: Organization
) -> None:
    elsewhere = make_station(session)
    foreign = make_organization(session, elsewhere)
    with pytest.raises(ReferenceUnknown):
        _make(session, leader, Kind.GUARD, foreign)
    their_leader = grant(staff(session, Role.LEADER, elsewhere).actor, Permission.RESPONDER_WRITE)
    place = Position(east(0), LAT)
    gate = posts.create(
        session, grant=their_leader, at=START, new=NewPost(name="门", organization_id=foreign.id, position=place)
    )
    with pytest.raises(ReferenceUnknown):
        _make(session, leader, Kind.GUARD, company, post_id=gate.id)


def test_the_console_sees_no_place_of_a_person_in_an_event(
    session: Session, leader: Grant, company: Organization
) -> None:
    walker = _make(session, leader, Kind.GUARD, company)
    (shown,) = projection.project(session, [walker.id])
    assert shown.value is not None
    assert (shown.value["position"], shown.value["address"]) == (None, None)
    assert not {"lon", "lat"} & shown.value.keys()


def test_the_console_sees_where_a_safe_house_stands(session: Session, leader: Grant, company: Organization) -> None:
    house = _house(session, leader, company)
    (shown,) = projection.project(session, [house.id])
    assert shown.audience == station_audience(house.station_id)
    assert shown.value is not None
    assert house.position is not None
    place = Position.of(house.position)
    assert shown.value["position"] == {"lon": place.lon, "lat": place.lat, "crs": "wgs84"}
    assert shown.value["address"] == house.address
    assert shown.value["organization"] == {"id": str(company.id), "name": company.name}
    assert projection.list_shown(session, shown.audience) == [house.id]
    assert projection.list_shown(session, f"account:{new_id()}") == []


def test_who_is_out_of_use_disappears_from_the_console(session: Session, leader: Grant, company: Organization) -> None:
    guard = _make(session, leader, Kind.GUARD, company)
    service.update(session, grant=leader, at=START, responder_id=guard.id, version=1, changes={"active": False})
    (shown,) = projection.project(session, [guard.id])
    assert shown.value is None
    assert projection.list_shown(session, shown.audience) == []


def test_staffing_counts_who_stands_there_now(session: Session, leader: Grant, company: Organization) -> None:
    place = Position(east(0), LAT)
    gate = posts.create(
        session,
        grant=leader,
        at=START,
        new=NewPost(name="西门", organization_id=company.id, position=place, minimum_staff=2),
    )
    there, away, home = (_make(session, leader, Kind.GUARD, company, post_id=gate.id) for _ in range(3))
    for one in (there, away):
        duty.start(session, responder_id=one.id, planned_end=None, actor=SYSTEM, at=START)
    service.set_engaged(session, away.id, engaged=True)
    assert home.post_id == gate.id
    assert queries.staffing(session, [gate.id]) == {gate.id: (1, 2)}
