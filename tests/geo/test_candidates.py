"""The pool of candidates holds those who count, and those of whom it must be said why they do not."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.candidates import pool
from geo.crs import Position
from geo.nearest import nearest
from kit.tenancy import Station
from tests.support.people import LAT, LON, START, east, make_district, make_organization, make_responder, make_station

HERE = Position(LON, LAT)
FRESH = START - timedelta(seconds=120)


def list_pool(session: Session, station: Station, *, kind: str = "guard", **values: Any) -> list[Any]:
    """Ids, nearest first; who has no place comes last."""
    given = {"radius_m": 5000, "look_m": 7500, "fresh_since": FRESH, "free": 9, "most": 9, **values}
    found = pool(HERE, kind=kind, station_ids=[station.id], **given)
    rows = session.execute(text(found.sql), found.values).all()
    return [row.responder_id for row in sorted(rows, key=lambda r: (r.distance_m is None, r.distance_m))]


def engage(session: Session, responder_id: Any) -> None:
    session.execute(text("UPDATE responder_index SET engaged = true WHERE responder_id = :id"), {"id": responder_id})


def test_the_stale_and_the_engaged_are_in_it_and_who_is_off_duty_is_not(session: Session) -> None:
    station = make_station(session)
    fine = make_responder(session, "guard", station, lon=east(300))
    stale = make_responder(session, "guard", station, lon=east(100), at=START - timedelta(seconds=121))
    engaged = make_responder(session, "guard", station, lon=east(200))
    engage(session, engaged.id)
    make_responder(session, "guard", station, on_duty=False)
    assert list_pool(session, station) == [stale.id, engaged.id, fine.id]


def test_a_closed_safe_house_stands_where_it_stands(session: Session) -> None:
    station = make_station(session)
    shut = make_responder(session, "safe_house", station, lon=east(50), on_duty=False)
    assert list_pool(session, station, kind="safe_house") == [shut.id]


def test_who_is_just_outside_the_radius_is_in_it(session: Session) -> None:
    station = make_station(session)
    beyond = make_responder(session, "guard", station, lon=east(140))
    make_responder(session, "guard", station, lon=east(160))
    assert list_pool(session, station, radius_m=100, look_m=150) == [beyond.id]


def test_a_crowd_of_busy_and_unskilled_ones_hides_nobody(session: Session) -> None:
    station = make_station(session)
    for n in range(20):
        engage(session, make_responder(session, "guard", station, lon=east(10 + n)).id)
        make_responder(session, "guard", station, lon=east(40 + n))
    skilled = make_responder(session, "guard", station, lon=east(400), skills=("first_aid",))
    assert skilled.id in list_pool(session, station, skills=["first_aid"], most=5, free=5)


def test_who_is_named_is_in_it_wherever_he_is(session: Session) -> None:
    district = make_district(session)
    station, other = make_station(session, district), make_station(session, district)
    far = make_responder(session, "patrol_unit", other, lon=LON + 3)
    assert list_pool(session, station, also=[far.id]) == [far.id]


def test_of_another_station_nobody_is_in_it(session: Session) -> None:
    district = make_district(session)
    station, other = make_station(session, district), make_station(session, district)
    make_responder(session, "guard", other, lon=LON)
    assert list_pool(session, station) == []


def test_the_nearest_who_are_free_are_in_it(session: Session) -> None:
    chance = random.Random(20261124)
    station = make_station(session)
    organization = make_organization(session, station)
    for _ in range(150):
        made = make_responder(
            session, "guard", station, organization=organization, lon=LON + chance.uniform(-0.03, 0.03),
            lat=LAT + chance.uniform(-0.03, 0.03), at=START - timedelta(seconds=chance.choice([0, 60, 200])),
        )  # fmt: skip
        if chance.random() < 0.5:
            engage(session, made.id)
    true = nearest(session, HERE, kind="guard", k=15, radius_m=5000, station_ids=[station.id], fresh_since=FRESH)
    assert {near.responder_id for near in true} <= set(list_pool(session, station, free=20, most=5))


def test_it_is_read_from_the_spatial_indexes(session: Session) -> None:
    station = make_station(session)
    found = pool(
        HERE, kind="guard", station_ids=[station.id], radius_m=500, look_m=750, fresh_since=FRESH, free=9, most=9
    )
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    plan = " ".join(session.scalars(text("EXPLAIN " + found.sql), found.values))
    assert "gx_free_guards" in plan and "gx_not_free" in plan
