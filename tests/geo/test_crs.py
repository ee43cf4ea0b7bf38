"""Datums: exact there and back, never mixed, nonsense refused."""

from __future__ import annotations

import math

import pytest
from geoalchemy2 import WKBElement
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point, to_wkb
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Bd09, CoordinateRefused, Gcj02, Position, check_plausible

GEOD = Geod(ellps="WGS84")
WUJING = Position(121.4633, 31.0467)
china = st.builds(Position, st.floats(73.0, 136.0), st.floats(3.0, 54.0))
wujing = st.builds(Position, st.floats(121.42, 121.50), st.floats(31.00, 31.09))


def _metres(one: Position | Gcj02 | Bd09, other: Position | Gcj02 | Bd09) -> float:
    return float(GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2])


@given(china)
def test_gcj02_there_and_back_is_less_than_a_millimetre(place: Position) -> None:
    back = place.to_gcj02().to_wgs84()
    assert _metres(place, back) < 0.001
    assert max(abs(back.lon - place.lon), abs(back.lat - place.lat)) < 1e-9


@given(china)
def test_bd09_there_and_back_is_less_than_a_millimetre(place: Position) -> None:
    back = place.to_bd09().to_wgs84()
    assert _metres(place, back) < 0.001
    assert max(abs(back.lon - place.lon), abs(back.lat - place.lat)) < 1e-9


@given(st.builds(Gcj02, st.floats(73.0, 136.0), st.floats(3.0, 54.0)))
def test_gcj02_to_wgs84_and_back_is_the_same_coordinate(drawn: Gcj02) -> None:
    again = drawn.to_wgs84().to_gcj02()
    assert max(abs(again.lon - drawn.lon), abs(again.lat - drawn.lat)) < 1e-9


@given(wujing)
def test_the_shift_at_wujing_is_474_to_494_metres(place: Position) -> None:
    assert 474 <= _metres(place, place.to_gcj02()) <= 494


def test_known_pair_of_the_published_formula() -> None:
    """Beijing, a pair that many implementations carry in their own tests."""
    drawn = Position(116.404, 39.915).to_gcj02()
    assert (drawn.lon, drawn.lat) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    twisted = Gcj02(116.404, 39.915).to_bd09()
    assert (twisted.lon, twisted.lat) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@given(
    st.one_of(
        st.builds(Position, st.floats(-180, 71), st.floats(-90, 90)),
        st.builds(Position, st.floats(139, 180), st.floats(-90, 90)),
        st.builds(Position, st.floats(-180, 180), st.floats(-90, 0)),
        st.builds(Position, st.floats(-180, 180), st.floats(57, 90)),
    )
)
def test_outside_china_gcj02_is_wgs84(place: Position) -> None:
    drawn = place.to_gcj02()
    assert (drawn.lon, drawn.lat) == (place.lon, place.lat)
    assert drawn.to_wgs84() == place


def test_datums_are_never_equal() -> None:
    assert Position(121.0, 31.0) != Gcj02(121.0, 31.0)  # type: ignore[comparison-overlap]
    assert Gcj02(121.0, 31.0) != Bd09(121.0, 31.0)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (math.nan, 31.0, "coordinate-not-finite"),
        (121.0, math.inf, "coordinate-not-finite"),
        (181.0, 31.0, "coordinate-out-of-range"),
        (121.0, -90.001, "coordinate-out-of-range"),
    ],
)
@pytest.mark.parametrize("datum", [Position, Gcj02, Bd09])
def test_no_datum_holds_what_is_not_on_earth(datum: type, lon: float, lat: float, code: str) -> None:
    with pytest.raises(CoordinateRefused) as refused:
        datum(lon, lat)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (0.0, 0.0, "coordinate-implausible"),
        (39.9, 116.4, "coordinate-swapped"),
        (31.05, 121.46, "coordinate-swapped"),
        (39.5, 76.0, "coordinate-swapped"),
    ],
)
def test_an_implausible_coordinate_is_refused_with_its_reason(lon: float, lat: float, code: str) -> None:
    with pytest.raises(CoordinateRefused) as refused:
        check_plausible(lon, lat)
    assert refused.value.code == code


@pytest.mark.parametrize(("lon", "lat"), [(121.46, 31.05), (-75.3, 40.1), (0.0, 51.5), (100.0, 0.9), (75.0, 39.0)])
def test_a_place_in_china_or_abroad_is_plausible(lon: float, lat: float) -> None:
    check_plausible(lon, lat)


@given(st.builds(Position, st.floats(-180, 180), st.floats(-90, 90)))
def test_a_position_reads_back_from_either_binary_form(place: Position) -> None:
    point = Point(place.lon, place.lat)
    for order in (0, 1):
        assert Position.of(WKBElement(to_wkb(point, byte_order=order))) == place
        extended = to_wkb(Point(place.lon, place.lat), byte_order=order, include_srid=True)
        assert Position.of(WKBElement(extended)) == place


def test_a_position_goes_through_the_database_unchanged(session: Session) -> None:
    place = Position(121.46330000000001, 31.046700000000003)
    row = session.execute(
        text("SELECT encode(ST_AsEWKB(CAST(:p AS geography)::geometry), 'hex')"), {"p": place.ewkt}
    ).scalar_one()
    assert Position.of(WKBElement(row, srid=4326, extended=True)) == place


def test_what_is_no_point_is_no_position() -> None:
    from shapely import LineString

    with pytest.raises(ValueError, match="not a point"):
        Position.of(WKBElement(to_wkb(LineString([(0, 0), (1, 1)]))))
