"""nearest() equals a comparison of everybody on the ellipsoid, by an oracle that is not PostGIS."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from psycopg2.extras import execute_values
from pyproj import Geod
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.nearest import nearest
from kit.tenancy import Station
from tests.support.people import LAT, LON, START, east, make_district, make_organization, make_responder, make_station

GEOD = Geod(ellps="WGS84")
KINDS = ("guard", "safe_house", "patrol_unit")
SKILLS = ("first_aid", "aed", "fire")

# longitudes and latitudes where a search goes wrong if it ever does, beside a town and the whole earth
somewhere = st.one_of(
    st.tuples(st.floats(121.40, 121.52), st.floats(31.00, 31.10)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    st.tuples(st.one_of(st.floats(179.9, 180), st.floats(-180, -179.9)), st.floats(-60, 60)),
    st.tuples(st.floats(-180, 180), st.one_of(st.floats(89.9, 90), st.floats(-90, -89.9))),
    st.sampled_from(
        [(180.0, 0.0), (-180.0, 0.0), (0.0, 90.0), (77.0, -90.0), (121.5, 31.05), (-58.5, -31.05), (0.0, 0.0)]
    ),
)


@dataclass(frozen=True)
class Someone:
    lon: float
    lat: float
    kind: str
    skills: tuple[str, ...]
    on_duty: bool
    engaged: bool
    age_s: int
    station: int
    id: uuid.UUID


people = st.builds(
    lambda where, kind, skills, on_duty, engaged, age_s, station, id_: Someone(  # type: ignore[call-arg]
        *where, kind, tuple(sorted(skills)), on_duty, engaged, age_s, station, id_
    ),
    somewhere,
    st.sampled_from(KINDS),
    st.sets(st.sampled_from(SKILLS)),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([False, False, False, True]),
    st.integers(0, 200),
    st.integers(0, 1),
    st.uuids(),
)


@pytest.fixture
def two_stations(session: Session) -> Iterator[list[Station]]:
    """The stations, in a transaction that is not held to the responders behind the index rows."""
    district = make_district(session)
    yield [make_station(session, district), make_station(session, district)]


@pytest.fixture
def fill(session: Session, two_stations: list[Station]) -> Callable[..., None]:
    organizations = [make_organization(session, station).id for station in two_stations]

    def put(everybody: list[Someone]) -> None:
        # other tests have committed people of their own, and nearest() may be asked about everybody
        session.execute(text("DELETE FROM responder_index"))
        rows = []
        for one in everybody:
            station = two_stations[one.station]
            rows.append(
                (
                    str(one.id), one.kind, str(station.district_id), str(station.id), str(organizations[one.station]),
                    list(one.skills), one.on_duty, one.engaged, one.kind == "safe_house",
                    f"SRID=4326;POINT({one.lon!r} {one.lat!r})",
                    None if one.kind == "safe_house" else START - timedelta(seconds=one.age_s),
                )
            )  # fmt: skip
        cursor = session.connection().connection.cursor()
        execute_values(
            cursor,
            "INSERT INTO responders (id, kind, district_id, station_id, organization_id, name, created_at,"
            " mobility, crew, opening_hours) VALUES %s",
            [
                (r[0], r[1], r[2], r[3], r[4], r[0], START)
                + (("car", 2) if r[1] == "patrol_unit" else (None, None))
                + ("{}" if r[1] == "safe_house" else None,)
                for r in rows
            ],
        )
        execute_values(
            cursor,
            "INSERT INTO responder_index (responder_id, kind, district_id, station_id, organization_id, skills,"
            " on_duty, engaged, fixed, position, captured_at, received_at) VALUES %s",
            [(*r, r[10]) for r in rows],
        )

    return put


def _metres(one: Someone, place: Position) -> float:
    return float(GEOD.inv(one.lon, one.lat, place.lon, place.lat)[2])


@dataclass(frozen=True)
class Question:
    where: tuple[float, float]
    kind: str
    k: int
    radius_m: float | None
    stations: tuple[int, ...] | None
    skills: frozenset[str]
    fresh_s: int | None
    only_free: bool
    left_out: int


questions = st.builds(
    Question,
    where=somewhere,
    kind=st.sampled_from(KINDS),
    k=st.integers(1, 12),
    radius_m=st.one_of(st.none(), st.floats(0, 20_100_000), st.floats(0, 20_000)),
    stations=st.sampled_from([None, (0,), (1,), (0, 1)]),
    skills=st.frozensets(st.sampled_from(SKILLS), max_size=2),
    fresh_s=st.one_of(st.none(), st.integers(0, 200)),
    only_free=st.booleans(),
    left_out=st.integers(0, 3),
)


def _brute_force(everybody: list[Someone], ask: Question) -> dict[uuid.UUID, float]:
    """Metres of everybody who fits, whatever the distance."""
    place, left_out = Position(*ask.where), {one.id for one in everybody[: ask.left_out]}
    return {
        one.id: _metres(one, place)
        for one in everybody
        if one.kind == ask.kind
        and (ask.stations is None or one.station in ask.stations)
        and ask.skills <= set(one.skills)
        and (ask.fresh_s is None or one.kind == "safe_house" or one.age_s <= ask.fresh_s)
        and (not ask.only_free or (one.on_duty and not one.engaged))
        and one.id not in left_out
    }


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    everybody=st.lists(people, max_size=40, unique_by=lambda one: one.id),
    doubles=st.integers(0, 5),
    ask=questions,
)
def test_equals_brute_force_on_the_ellipsoid(
    session: Session,
    two_stations: list[Station],
    fill: Callable[[list[Someone]], None],
    everybody: list[Someone],
    doubles: int,
    ask: Question,
) -> None:
    # some stand in the same spot, so that ties happen
    ids = {one.id for one in everybody}
    twins = [replace(one, id=uuid.UUID(int=one.id.int ^ 1)) for one in everybody[:doubles]]
    everybody = everybody + [twin for twin in twins if twin.id not in ids]
    savepoint = session.begin_nested()
    try:
        fill(everybody)
        found = nearest(
            session,
            Position(*ask.where),
            kind=ask.kind,
            k=ask.k,
            radius_m=ask.radius_m,
            station_ids=None if ask.stations is None else [two_stations[i].id for i in ask.stations],
            skills=ask.skills,
            fresh_since=None if ask.fresh_s is None else START - timedelta(seconds=ask.fresh_s),
            only_free=ask.only_free,
            exclude=[one.id for one in everybody[: ask.left_out]],
        )
    finally:
        savepoint.rollback()
    metres = _brute_force(everybody, ask)
    radius_m = math.inf if ask.radius_m is None else ask.radius_m
    # two libraries need not agree on the last nanometre of the edge
    assume(not [m for m in metres.values() if abs(m - radius_m) < 1e-6])
    expected = sorted(m for m in metres.values() if m <= radius_m)[: ask.k]
    assert [near.distance_m for near in found] == pytest.approx(expected, abs=1e-6)
    assert [metres[near.responder_id] for near in found] == pytest.approx(expected, abs=1e-6)
    assert len({near.responder_id for near in found}) == len(found)
    for one, other in pairwise(found):
        if one.distance_m == other.distance_m:
            assert one.responder_id < other.responder_id


def test_the_ellipsoid_decides_where_the_sphere_would_choose_the_other(session: Session) -> None:
    """A degree of latitude near the equator is shorter on the ellipsoid than the sphere has it."""
    station = make_station(session)
    north = make_responder(session, "guard", station, lon=0.0, lat=1.0)
    eastern = make_responder(session, "guard", station, lon=0.995, lat=0.0)
    found = nearest(session, Position(0, 0), kind="guard", k=1, station_ids=[station.id])
    assert GEOD.inv(0, 0, 0, 1)[2] < GEOD.inv(0, 0, 0.995, 0)[2]
    assert [near.responder_id for near in found] == [north.id] != [eastern.id]


@pytest.mark.parametrize("radius_m", [None, 900.0, 5000.0])
def test_many_at_nearly_the_same_distance_are_told_apart(session: Session, radius_m: float | None) -> None:
    """A ring in which the sphere has no say: more of them than a first look holds are within its error."""
    station = make_station(session)
    ids = {}
    for bearing in range(0, 360, 9):
        lon, lat, _ = GEOD.fwd(LON, LAT, bearing, 800 + bearing % 7 * 0.05)
        ids[make_responder(session, "guard", station, lon=lon, lat=lat).id] = (lon, lat)
    metres = {id_: float(GEOD.inv(LON, LAT, *where)[2]) for id_, where in ids.items()}
    found = nearest(
        session, Position(LON, LAT), kind="guard", k=6, radius_m=radius_m, station_ids=[station.id]
    )  # fmt: skip
    assert [near.distance_m for near in found] == pytest.approx(sorted(metres.values())[:6], abs=1e-6)


def test_a_statement_is_planned_again_on_another_connection(session: Session, engine: Engine) -> None:
    station = make_station(session)
    here = Position(LON, LAT)
    assert nearest(session, here, kind="guard", k=3, station_ids=[station.id]) == []
    with Session(engine) as other:
        assert nearest(other, here, kind="guard", k=3, station_ids=[station.id]) == []
        other.rollback()
        assert nearest(other, here, kind="guard", k=3, station_ids=[station.id]) == []


def test_a_guard_across_the_date_line_is_near(session: Session) -> None:
    station = make_station(session)
    beyond = make_responder(session, "guard", station, lon=-179.999, lat=10.0)
    make_responder(session, "guard", station, lon=179.9, lat=10.0)
    found = nearest(session, Position(179.999, 10.0), kind="guard", k=1, station_ids=[station.id])
    assert found[0].responder_id == beyond.id
    assert found[0].distance_m == pytest.approx(GEOD.inv(179.999, 10, -179.999, 10)[2])


@pytest.mark.parametrize(
    ("lon", "lat"), [(0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (-180.0, 0.0), (-90.0, 0.0), (0.0, 90.0), (120.0, -90.0)]
)
@pytest.mark.parametrize("beside_deg", [0.0, 1e-13, 1e-9, 1e-6, 0.0099, 0.0101])
def test_the_points_where_the_index_has_no_slack_are_searched_like_any_other(
    session: Session, lon: float, lat: float, beside_deg: float
) -> None:
    """There the plain ordered scan fails with "index returned tuples in wrong order"."""
    station = make_station(session)
    for step in (0.0, 1e-14, 1e-9, 1e-5, 0.01):
        for side in (lon - step, -lon + step):
            make_responder(
                session, "guard", station, lon=max(-180.0, min(180.0, side)), lat=lat - math.copysign(step, lat)
            )
    place = Position(lon - math.copysign(beside_deg, lon), lat - math.copysign(beside_deg, lat))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    found = nearest(session, place, kind="guard", k=10, station_ids=[station.id])
    metres = [float(GEOD.inv(near.position.lon, near.position.lat, place.lon, place.lat)[2]) for near in found]
    assert len(found) == 10
    assert metres == pytest.approx(sorted(metres), abs=1e-6)


def test_nobody_stale_off_duty_or_engaged_is_found(session: Session) -> None:
    station = make_station(session)
    fine = make_responder(session, "guard", station, lon=east(300))
    make_responder(session, "guard", station, lon=east(100), at=START - timedelta(seconds=121))
    engaged = make_responder(session, "guard", station, lon=east(200))
    session.execute(text("UPDATE responder_index SET engaged = true WHERE responder_id = :id"), {"id": engaged.id})
    make_responder(session, "guard", station, on_duty=False)
    here = Position(LON, LAT)
    fresh: datetime = START - timedelta(seconds=120)
    found = nearest(session, here, kind="guard", k=9, radius_m=5000, station_ids=[station.id], fresh_since=fresh)
    assert [near.responder_id for near in found] == [fine.id]


def test_another_stations_guard_is_not_found(session: Session) -> None:
    district = make_district(session)
    mine, other = make_station(session, district), make_station(session, district)
    make_responder(session, "guard", other, lon=LON)
    assert nearest(session, Position(LON, LAT), kind="guard", k=5, station_ids=[mine.id]) == []
    assert nearest(session, Position(LON, LAT), kind="guard", k=5, station_ids=[]) == []
    assert len(nearest(session, Position(LON, LAT), kind="guard", k=5, station_ids=[mine.id, other.id])) == 1


def test_a_closed_safe_house_is_not_found(session: Session) -> None:
    station = make_station(session)
    make_responder(session, "safe_house", station, lon=east(50), on_duty=False)
    here = Position(LON, LAT)
    assert nearest(session, here, kind="safe_house", k=5, station_ids=[station.id]) == []
