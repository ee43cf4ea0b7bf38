"""What a leader sees of a boundary before he saves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.sketches.queries import Sketch, look_at
from geo.areas import service
from kit.actor import Role
from kit.tenancy import Station
from tests.geo.test_areas import polygon, square
from tests.support.orders import a_spec, make_incident
from tests.support.people import LAT, LON, START, Login, east, make_station, point, staff


def happened(session: Session, station: Station, metres_east: float, *, days_ago: int = 2) -> str:
    incident = make_incident(session, station, a_spec(), at=START - timedelta(days=days_ago))
    incident.position = point(east(metres_east), LAT + 0.001)
    session.flush()
    return incident.number


def look(session: Session, login: Login, **asked: object) -> Sketch:
    given = {"kind": "beat", "geometry": polygon(square()), "area_id": None} | asked
    return look_at(session, grant(login.actor, Permission.AREA_WRITE), at=START, **given)  # type: ignore[arg-type]


def test_a_redrawn_beat_tells_which_calls_come_and_which_go(session: Session) -> None:
    station = make_station(session)
    leader = staff(session, Role.LEADER, station)
    area = service.draw(
        session, grant=grant(leader.actor, Permission.AREA_WRITE), station_id=None, kind="beat", name="一号巡区",
        geometry=polygon(square()), attribution=None, at=START,
    )  # fmt: skip
    stays, goes = happened(session, station, 800), happened(session, station, 100)
    comes = happened(session, station, 1200)
    happened(session, station, 5000)
    happened(session, station, 800, days_ago=40)
    happened(session, make_station(session), 800)
    moved = polygon(square(lon=LON + 0.005))
    sketch = look(session, leader, geometry=moved, area_id=area.id)
    assert {call.number: call.move for call in sketch.calls} == {stays: "stays", goes: "goes", comes: "comes"}
    assert (sketch.stays, sketch.comes, sketch.goes, sketch.fault, sketch.overlaps) == (1, 1, 1, None, ())
    assert look(session, leader, geometry=moved).overlaps == ("一号巡区",)
    # side by side is not on top of each other
    assert look(session, leader, geometry=polygon(square(lon=LON + 0.01))).overlaps == ()


def test_a_boundary_that_crosses_itself_is_told_with_the_place(session: Session) -> None:
    leader = staff(session, Role.LEADER, make_station(session))
    bow = polygon([[121.0, 31.0], [121.2, 31.2], [121.2, 31.0], [121.0, 31.2], [121.0, 31.0]])
    sketch = look(session, leader, geometry=bow)
    assert (sketch.fault, sketch.calls) == ("边界自相交", ())
    assert sketch.fault_at == pytest.approx((121.1, 31.1))


def test_the_district_gets_numbers_and_no_places(session: Session) -> None:
    station = make_station(session)
    happened(session, station, 800)
    district = staff(session, Role.DISTRICT_ADMIN, station)
    sketch = look(session, district, kind="jurisdiction")
    assert (sketch.comes, sketch.calls) == (1, ())
