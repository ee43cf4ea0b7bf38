"""Where no helper is in time, on the database."""

from __future__ import annotations

import json
from datetime import timedelta

import h3
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.coverage.cells import cell_of, centre_of
from dispatch.coverage.service import Asked, cover, propose
from geo.areas.model import Area
from geo.crs import Position
from geo.duty.model import Duty
from geo.places.model import Place
from geo.responders.model import Post
from geo.travel import DETOUR_FACTOR, SPEED_MPS
from kit.actor import Grant, Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.support.orders import a_spec, make_incident
from tests.support.people import (
    LAT,
    LON,
    START,
    east,
    guard,
    keeper,
    make_organization,
    make_station,
    point,
    staff,
)

#: START is 16:00 in Shanghai
HERE = Position(LON, LAT)
WALK_M = 300 * SPEED_MPS["foot"] / DETOUR_FACTOR


def asked(hour: int | None = None, minutes: int = 5) -> Asked:
    return Asked(target_s=minutes * 60.0, hour=hour, fresh_s=120.0)


def seeing(session: Session, station: Station) -> Grant:
    return grant(staff(session, Role.LEADER, station).actor, Permission.REACH_READ)


def draw_ground(session: Session, station: Station, rings: int = 6) -> None:
    """Its jurisdiction: all cells within so many rings around the centre."""
    cells = h3.grid_disk(cell_of(HERE), rings)
    shape = json.dumps(h3.cells_to_geo(cells))
    outline = session.scalar(
        text("SELECT 'SRID=4326;' || ST_AsText(ST_Multi(ST_GeomFromGeoJSON(:shape)))"), {"shape": shape}
    )
    session.add(
        Area(
            id=new_id(), district_id=station.district_id, station_id=station.id, kind="jurisdiction", name="辖区",
            outline=outline,
        )
    )  # fmt: skip
    session.flush()


def happened(session: Session, station: Station, metres_east: float, times: int, *, hours_ago: int = 48) -> None:
    for _ in range(times):
        incident = make_incident(session, station, a_spec(), at=START - timedelta(hours=hours_ago))
        incident.position = point(east(metres_east))
    session.flush()


def test_a_cell_is_reached_when_somebody_free_gets_there_in_time(session: Session) -> None:
    station = make_station(session)
    draw_ground(session, station)
    guard(session, station, lon=east(0))
    coverage = cover(session, seeing(session, station), asked(), at=START)
    assert len(coverage.cells) == 127
    assert (coverage.source, coverage.starts) == ("present", 1)
    for cell in coverage.cells:
        metres = h3.great_circle_distance((LAT, LON), h3.cell_to_latlng(cell.cell), unit="m")
        if abs(metres - WALK_M) > 5:
            assert cell.reached == (metres < WALK_M)
        assert not cell.by_road
    assert coverage.share() == pytest.approx(sum(c.reached for c in coverage.cells) / 127, abs=1e-4)


def test_the_share_is_of_what_happened(session: Session) -> None:
    station = make_station(session)
    draw_ground(session, station)
    guard(session, station, lon=east(0))
    happened(session, station, 20, 3)
    happened(session, station, 1500, 1)
    assert cover(session, seeing(session, station), asked(), at=START).share() == 0.75


def test_an_hour_is_judged_by_the_posts_that_were_staffed_then_and_the_houses_that_open(session: Session) -> None:
    station = make_station(session)
    draw_ground(session, station)
    post = Post(
        id=new_id(), district_id=station.district_id, station_id=station.id,
        organization_id=make_organization(session, station).id, name="东门岗", position=point(east(0)),
    )  # fmt: skip
    session.add(post)
    session.flush()
    login = guard(session, station, lon=east(900), post_id=post.id)
    keeper(session, station, lon=east(-900), position=point(east(-900)), opening_hours={"mon": [["08:00", "22:00"]]})
    for day in range(1, 11):
        # 08:00 to 16:00 in Shanghai
        begin = START - timedelta(days=day, hours=8)
        session.add(
            Duty(
                id=new_id(), responder_id=login.helper.id, station_id=station.id, started_at=begin,
                planned_end=begin + timedelta(hours=8), ended_at=begin + timedelta(hours=8), ended_how="self",
            )
        )  # fmt: skip
    session.flush()
    see = seeing(session, station)
    by_hour = {hour: cover(session, see, asked(hour), at=START) for hour in (3, 8, 15, 16)}
    assert {hour: coverage.starts for hour, coverage in by_hour.items()} == {3: 0, 8: 1, 15: 1, 16: 0}
    assert by_hour[8].source == "history"
    assert by_hour[3].share() == 0.0


def test_calls_of_another_hour_do_not_count_for_this_one(session: Session) -> None:
    station = make_station(session)
    draw_ground(session, station)
    happened(session, station, 20, 2, hours_ago=48)  # 16:00
    happened(session, station, 20, 5, hours_ago=41)  # 23:00
    see = seeing(session, station)
    counted = {hour: sum(c.incidents for c in cover(session, see, asked(hour), at=START).cells) for hour in (15, 0, 4)}
    assert counted == {15: 2, 0: 5, 4: 0}


def test_new_houses_are_proposed_where_most_happens_that_nobody_reaches(session: Session) -> None:
    station = make_station(session)
    draw_ground(session, station)
    guard(session, station, lon=east(0))
    happened(session, station, 20, 9)
    happened(session, station, 1500, 4)
    happened(session, station, -1500, 2)
    market = centre_of(cell_of(Position(east(1500), LAT)))
    session.add(
        Place(
            id=new_id(), district_id=station.district_id, name="东市场", category="market", words="东市场",
            position=market.ewkt,
        )
    )  # fmt: skip
    session.flush()
    coverage, proposals = propose(session, seeing(session, station), asked(), 3, at=START)
    assert coverage.share() == 0.6
    assert [p.incidents for p in proposals] == [4, 2]
    assert [p.share_after for p in proposals] == [pytest.approx(13 / 15, abs=1e-4), 1.0]
    for proposal, there in zip(proposals, (1500, -1500), strict=True):
        metres = h3.great_circle_distance((LAT, east(there)), h3.cell_to_latlng(proposal.cell), unit="m")
        assert metres < WALK_M + 250


def test_a_station_that_nothing_is_known_of_has_no_ground(session: Session) -> None:
    station = make_station(session)
    coverage = cover(session, seeing(session, station), asked(), at=START)
    assert coverage.cells == ()
    assert coverage.share() is None
    assert propose(session, seeing(session, station), asked(), 3, at=START)[1] == []
