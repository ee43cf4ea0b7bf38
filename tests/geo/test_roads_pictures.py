"""Routes and areas of reach: what screens draw."""

from __future__ import annotations

import itertools

import pytest
import shapely

from geo.crs import Position
from geo.distance import metres_between
from geo.roads.isochrones import SIDE_M, areas_on
from geo.roads.network import Network
from geo.roads.routes import Route, route_on, straight_route
from geo.roads.times import times_to
from geo.travel import StraightLine
from tests.geo.streets import EAST, NORTH, Town, at, grid


def found(network: Network, start: Position, end: Position, means: str = "foot") -> Route:
    route = route_on(network, start, end, means=means)
    assert route is not None
    return route


def metres_of(route: Route) -> float:
    places = [Position(lon, lat) for lon, lat in route.line]
    return sum(metres_between(a, b) for a, b in itertools.pairwise(places))


class TestRoute:
    def test_follows_the_streets_and_names_them(self) -> None:
        network = grid(4).network()
        route = found(network, at(50, 0), at(300, 250))
        assert metres_of(route) == pytest.approx(500, rel=1e-3)
        assert route.metres == pytest.approx(500, rel=1e-3)
        assert route.streets[0] == "第0路" and route.streets[-1] == "第3街"
        assert route.line[0] == pytest.approx((at(50, 0).lon, at(50, 0).lat), abs=1e-6)

    @pytest.mark.parametrize("means", ["foot", "bicycle", "car"])
    def test_takes_as_long_as_the_matcher_says(self, means: str) -> None:
        network = grid(5, oneway="yes").way(24, 0, highway="residential", name="斜路").network()
        start, end = at(30, 10), at(280, 205)
        (travel,) = times_to(network, means, [start], end, StraightLine().estimate(None, [start], end, [means]))
        route = found(network, start, end, means)
        assert (route.seconds, route.metres) == pytest.approx((travel.seconds, travel.metres))
        assert metres_of(route) == pytest.approx(route.metres, rel=2e-3)

    def test_keeps_to_a_bent_street(self) -> None:
        bent = Town({1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}).way(1, 2, 3, 4, name="弯路")
        route = found(bent.network(), at(50, 0), at(50, 100))
        assert [(round(lon / EAST), round(lat / NORTH)) for lon, lat in route.line[1:-1]] == [
            (round(at(x, y).lon / EAST), round(at(x, y).lat / NORTH)) for x, y in ((100, 0), (100, 100))
        ]
        assert route.streets == ["弯路"]

    def test_goes_the_right_way_round_a_street_that_ends_where_it_began(self) -> None:
        ring = Town({1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200), 5: (-300, 0)})
        ring.way(1, 2, 3, 4, 1, junction="roundabout", name="环路").way(5, 1, name="引路")
        network = ring.network()
        inwards, outwards = (
            found(network, at(-100, 0), at(0, 150), "car"),
            found(network, at(0, 150), at(-100, 0), "car"),
        )
        assert inwards.metres == pytest.approx(100 + 650, rel=1e-3)
        assert outwards.metres == pytest.approx(150 + 100, rel=1e-3)
        for route in (inwards, outwards):
            assert metres_of(route) == pytest.approx(route.metres, rel=1e-3)

    def test_to_the_place_where_one_is_has_two_points_and_no_length(self) -> None:
        route = found(grid(2).network(), at(50, 0), at(50, 0))
        assert len(route.line) == 2
        assert route.metres == pytest.approx(0, abs=0.05)

    def test_is_a_straight_line_off_the_map_and_says_so(self) -> None:
        assert route_on(grid(2).network(), at(0, 0), at(0, -500), means="foot") is None
        route = straight_route(at(0, 0), at(0, -500), means="foot")
        assert route.basis == "straight_line"
        assert route.metres == pytest.approx(500 * 1.35, rel=1e-3)
        assert len(route.line) == 2


class TestReach:
    def inside(self, network: Network | None, means: str, minutes: float, position: Position, *, towards: bool) -> bool:
        (area,) = areas_on(network, [(at(500, 500), means)], [minutes], towards=towards)
        return bool(area.geometry.contains(shapely.Point(position.lon, position.lat)))

    def test_is_as_far_as_one_gets_along_the_streets(self) -> None:
        network = grid(11).network()
        # five minutes on foot: 420 m, round corners
        assert self.inside(network, "foot", 5, at(900, 500), towards=False)
        assert self.inside(network, "foot", 5, at(700, 700), towards=False)
        assert not self.inside(network, "foot", 5, at(800, 800), towards=False)
        assert not self.inside(network, "foot", 5, at(1000, 500), towards=False)

    def test_ends_near_where_the_time_ends(self) -> None:
        network = Town({1: (0, 0), 2: (2000, 0)}).way(1, 2).network()
        (area,) = areas_on(network, [(at(1000, 0), "foot")], [5], towards=False)
        west, south, east, north = area.geometry.bounds
        assert (east - west) / EAST == pytest.approx(2 * (300 * 1.4 + SIDE_M), abs=60)
        assert (north - south) / NORTH == pytest.approx(2 * SIDE_M, abs=40)

    def test_towards_and_away_differ_in_a_one_way_street(self) -> None:
        network = Town({1: (0, 0), 2: (1000, 0), 3: (1000, 900), 4: (0, 900)})
        network.way(1, 2, oneway="yes").way(2, 3, oneway="yes").way(3, 4, oneway="yes").way(4, 1, oneway="yes")
        (away,) = areas_on(network.network(), [(at(500, 0), "car")], [1], towards=False)
        (towards,) = areas_on(network.network(), [(at(500, 0), "car")], [1], towards=True)
        ahead, behind = shapely.Point(at(750, 0).lon, at(750, 0).lat), shapely.Point(at(250, 0).lon, at(250, 0).lat)
        assert away.geometry.contains(ahead) and not away.geometry.contains(behind)
        assert towards.geometry.contains(behind) and not towards.geometry.contains(ahead)

    def test_areas_lie_one_inside_the_other_and_are_valid(self) -> None:
        network = grid(11).network()
        areas = areas_on(network, [(at(500, 500), "car"), (at(100, 800), "foot")], [8, 3, 5], towards=False)
        assert [area.minutes for area in areas] == [3, 5, 8]
        assert all(area.geometry.is_valid and area.geometry.geom_type == "MultiPolygon" for area in areas)
        for small, large in itertools.pairwise(areas):
            assert small.geometry.difference(large.geometry).area < small.geometry.area * 0.01

    def test_several_reach_what_each_of_them_reaches(self) -> None:
        network = grid(11).network()
        people = [(at(0, 0), "foot"), (at(1000, 1000), "bicycle")]
        (both,) = areas_on(network, people, [2], towards=False)
        assert len(both.geometry.geoms) == 2
        for one in people:
            (alone,) = areas_on(network, [one], [2], towards=False)
            assert alone.geometry.difference(both.geometry).area < alone.geometry.area * 0.05

    def test_without_streets_it_is_a_circle_and_says_so(self) -> None:
        for network in (None, Town({1: (9000, 0), 2: (9100, 0)}).way(1, 2).network()):
            (area,) = areas_on(network, [(at(500, 500), "foot")], [5], towards=True)
            assert area.basis == "straight_line"
            west, _, east, _ = area.geometry.bounds
            assert (east - west) / EAST == pytest.approx(2 * 300 * 1.4 / 1.35, rel=0.01)

    def test_nobody_reaches_nothing(self) -> None:
        (area,) = areas_on(grid(3).network(), [], [3], towards=False)
        assert area.geometry.is_empty
