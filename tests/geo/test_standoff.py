"""Where helpers of a dangerous incident stop."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.distance import metres_between
from geo.standoff import WITHDRAW_BEYOND_M, stand_off_point
from tests.support.people import LAT, LON, east

SCENE = Position(LON, LAT)


@pytest.mark.parametrize("stand_off_m", [20, 60, 500])
@pytest.mark.parametrize(("lon", "lat"), [(east(800), LAT), (east(-700), LAT + 0.004), (LON, LAT - 0.01)])
def test_the_point_lies_on_his_own_way_that_far_before_the_scene(
    session: Session, stand_off_m: int, lon: float, lat: float
) -> None:
    helper = Position(lon, lat)
    stop = stand_off_point(session, scene=SCENE, helper=helper, stand_off_m=stand_off_m)
    assert metres_between(stop, SCENE) == pytest.approx(stand_off_m, abs=0.05)
    assert metres_between(helper, stop) == pytest.approx(metres_between(helper, SCENE) - stand_off_m, abs=0.05)


@pytest.mark.parametrize(("lon", "lat"), [(east(30), LAT), (east(-5), LAT + 0.0001), (LON, LAT - 0.0003)])
def test_who_is_too_near_is_led_outside_and_away_from_the_scene(session: Session, lon: float, lat: float) -> None:
    helper = Position(lon, lat)
    stop = stand_off_point(session, scene=SCENE, helper=helper, stand_off_m=60)
    assert metres_between(stop, SCENE) == pytest.approx(60 + WITHDRAW_BEYOND_M, abs=0.05)
    # straight on from where he is: not past the scene
    assert metres_between(helper, stop) == pytest.approx(70 - metres_between(helper, SCENE), abs=0.05)


def test_who_stands_on_the_spot_is_led_away_from_it(session: Session) -> None:
    stop = stand_off_point(session, scene=SCENE, helper=SCENE, stand_off_m=60)
    assert metres_between(stop, SCENE) == pytest.approx(60 + WITHDRAW_BEYOND_M, abs=0.05)


def test_of_whom_no_position_is_known_a_point_is_named_all_the_same(session: Session) -> None:
    stop = stand_off_point(session, scene=SCENE, helper=None, stand_off_m=60)
    assert metres_between(stop, SCENE) == pytest.approx(60, abs=0.05)
    assert stop.lat > SCENE.lat


def test_without_danger_one_goes_to_the_scene(session: Session) -> None:
    assert stand_off_point(session, scene=SCENE, helper=Position(east(300), LAT), stand_off_m=0) == SCENE
