"""Snapping, against a look at every segment there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.crs import Position
from geo.distance import metres_between
from geo.roads.build import SMALLEST_PART
from geo.roads.graph import Graph
from geo.roads.lengths import metres_along
from geo.roads.snapping import MAX_SNAP_M, locate, snap
from tests.geo.streets import Town, at, grid

GEOD = Geod(ellps="WGS84")


def by_looking_at_all(graph: Graph, position: Position) -> float:
    """Metres to the nearest street that one may be snapped to, along 200 points of each segment on the ellipsoid."""
    best = np.inf
    share = np.linspace(0, 1, 201)
    for e in np.flatnonzero(graph.snappable).tolist():
        for p in range(graph.shape_start[e], graph.shape_start[e + 1] - 1):
            xs = (graph.shape_x[p] + share * (graph.shape_x[p + 1] - graph.shape_x[p])) / 1e7
            ys = (graph.shape_y[p] + share * (graph.shape_y[p + 1] - graph.shape_y[p])) / 1e7
            count = len(share)
            metres = GEOD.inv([position.lon] * count, [position.lat] * count, xs, ys)[2]
            best = min(best, float(np.min(metres)))
    return best


coordinates = st.tuples(st.floats(-400, 900), st.floats(-400, 900))


@st.composite
def towns(draw: st.DrawFn) -> Town:
    count = draw(st.integers(2, 7))
    places = draw(st.lists(coordinates, min_size=count, max_size=count, unique_by=lambda p: (round(p[0]), round(p[1]))))
    return Town(dict(enumerate(places))).way(*range(count))


@settings(max_examples=60)
@given(towns(), st.lists(coordinates, min_size=1, max_size=3))
def test_the_nearest_street_is_found_wherever_one_stands(town: Town, spots: list[tuple[float, float]]) -> None:
    graph = town.graph("walk")
    positions = [at(*spot) for spot in spots]
    snaps = snap(graph, positions)
    for n, position in enumerate(positions):
        expected = by_looking_at_all(graph, position)
        if expected > MAX_SNAP_M + 0.5:
            assert snaps.street[n] == -1
        elif expected < MAX_SNAP_M - 0.5:
            # the oracle looks every few metres only
            assert snaps.gap_m[n] <= expected + 0.01
            (lon,), (lat,) = locate(graph, snaps.street[n : n + 1], snaps.fraction[n : n + 1])
            assert metres_between(position, Position(lon, lat)) == pytest.approx(snaps.gap_m[n], abs=0.05)


def test_the_place_on_the_street_counts_not_only_its_corners() -> None:
    graph = Town({1: (0, 0), 2: (1000, 0)}).way(1, 2).graph("walk")
    snaps = snap(graph, [at(250, 30), at(1200, 0), at(1100, 0)])
    assert snaps.street.tolist() == [0, -1, 0]
    assert snaps.fraction[0] == pytest.approx(0.25, abs=1e-3)
    assert snaps.gap_m[0] == pytest.approx(30, abs=0.1)
    assert snaps.fraction[2] == 1.0


def test_whoever_is_far_from_every_street_is_off_the_map() -> None:
    graph = grid(3).graph("walk")
    assert not snap(graph, [at(0, -MAX_SNAP_M - 1), Position(2.35, 48.85)]).on.any()
    assert snap(graph, [at(0, -MAX_SNAP_M + 1)]).on.all()


def test_a_yard_that_no_street_leads_to_is_passed_over() -> None:
    town = grid(3)
    town.nodes |= {100: (30, 40), 101: (70, 40)}
    town.way(100, 101, name="院内")
    network = town.network()
    snaps = snap(network.graphs["walk"], [at(50, 41)])
    assert SMALLEST_PART > 2
    assert network.names[network.graphs["walk"].way[snaps.street[0]]] == "第0路"
    assert snaps.gap_m[0] == pytest.approx(41, abs=0.1)


def test_a_street_that_one_can_never_leave_again_is_passed_over_by_cars() -> None:
    town = grid(3)
    town.nodes[100] = (100, 290)
    town.way(7, 100, oneway="yes")
    network = town.network()
    spot = [at(101, 285)]
    assert snap(network.graphs["walk"], spot).gap_m[0] == pytest.approx(1, abs=0.1)
    assert snap(network.graphs["drive"], spot).gap_m[0] > 80


def test_of_equally_near_streets_always_the_same_is_taken() -> None:
    graph = grid(4).graph("walk")
    spots = [at(50 + 100 * n, 50) for n in range(3)]
    first = snap(graph, spots)
    assert all(np.array_equal(first.street, snap(graph, spots).street) for _ in range(3))


def test_nobody_and_an_empty_map_are_no_trouble() -> None:
    assert len(snap(grid(2).graph("walk"), [])) == 0
    motorway = Town({1: (0, 0), 2: (100, 0)}).way(1, 2, highway="motorway", oneway="no")
    assert not snap(motorway.graph("walk"), [at(0, 0)]).on.any()
    assert snap(motorway.graph("drive"), [at(0, 0)]).on.all()


@given(st.floats(-80, 80), st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_metres_of_a_segment_are_those_of_the_ellipsoid(lat: float, east: float, north: float) -> None:
    exact = GEOD.inv(121.0, lat, 121.0 + east, lat + north)[2]
    measured = metres_along(np.array([121.0, 121.0 + east]), np.array([lat, lat + north]))[0]
    assert measured == pytest.approx(exact, rel=1e-5, abs=0.001)
