"""Straight-line estimates, their distance against an oracle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.crs import Position
from geo.distance import metres_between
from geo.travel import StraightLine

GEOD = Geod(ellps="WGS84")
SCENE = Position(121.4633, 31.0467)


@given(st.floats(121.0, 122.0), st.floats(30.5, 31.5))
def test_metres_within_a_district_are_right_to_two_millionths(lon: float, lat: float) -> None:
    assert metres_between(SCENE, Position(lon, lat)) == pytest.approx(
        GEOD.inv(SCENE.lon, SCENE.lat, lon, lat)[2], abs=0.001, rel=2e-6
    )


@given(st.floats(-180, 180), st.floats(-85, 85), st.floats(-180, 180), st.floats(-85, 85))
def test_metres_across_the_earth_are_right_to_a_ten_thousandth(a: float, b: float, c: float, d: float) -> None:
    exact = GEOD.inv(a, b, c, d)[2]
    if exact < 18_000_000:
        assert metres_between(Position(a, b), Position(c, d)) == pytest.approx(exact, rel=1e-4, abs=0.01)


def test_no_way_takes_no_time() -> None:
    (travel,) = StraightLine().estimate(None, [SCENE], SCENE, ["foot"])
    assert (travel.seconds, travel.metres, travel.basis) == (0, 0, "straight_line")


def test_a_car_is_there_before_a_bicycle_before_a_walker() -> None:
    origin = Position(SCENE.lon, SCENE.lat + 0.01)
    foot, bicycle, car = StraightLine().estimate(None, [origin] * 3, SCENE, ["foot", "bicycle", "car"])
    assert car.seconds < bicycle.seconds < foot.seconds
    assert foot.metres == bicycle.metres == car.metres == pytest.approx(1108.7 * 1.35, rel=0.001)
    assert foot.seconds == pytest.approx(foot.metres / 1.4)


def test_as_many_means_as_origins_are_needed() -> None:
    with pytest.raises(ValueError):
        StraightLine().estimate(None, [SCENE, SCENE], SCENE, ["foot"])
