"""The first of many at each of many places: the same as asking for each of them alone."""

from __future__ import annotations

import random

import numpy as np
import pytest

from geo.crs import Position
from geo.roads.network import Network
from geo.roads.reaching import first_seconds
from geo.roads.times import times_to
from geo.travel import StraightLine
from tests.geo.streets import at, grid


def one_by_one(network: Network | None, starts: list[Position], place: Position, means: str) -> float:
    straight = StraightLine().estimate(None, starts, place, [means] * len(starts))
    ways = straight if network is None else times_to(network, means, starts, place, straight)
    return min(way.seconds for way in ways)


@pytest.mark.parametrize("means", ["foot", "car"])
@pytest.mark.parametrize("seed", range(4))
def test_many_at_once_is_each_alone(means: str, seed: int) -> None:
    chance = random.Random(seed)
    town = grid(5, 120.0)
    for n, (nodes, tags) in enumerate(town.ways):
        town.ways[n] = (nodes, tags | ({"oneway": "yes"} if chance.random() < 0.3 else {}))
    network = town.network()
    starts = [at(chance.uniform(0, 480), chance.uniform(0, 480)) for _ in range(4)]
    # the last one is off the map
    places = [at(chance.uniform(0, 480), chance.uniform(0, 480)) for _ in range(25)] + [starts[0], at(2000, 2000)]
    seconds, by_road = first_seconds(network, starts, places, means, limit_s=3000)
    expected = [one_by_one(network, starts, place, means) for place in places]
    assert seconds.tolist() == pytest.approx(expected, rel=1e-3, abs=0.05)
    assert by_road[:-1].all() and not by_road[-1]
    near, _ = first_seconds(network, starts, places, means, limit_s=120)
    assert np.isfinite(near).tolist() == [s <= 120 for s in seconds.tolist()]


def test_without_roads_it_is_the_straight_line_with_its_detour() -> None:
    starts, places = [at(0, 0), at(900, 0)], [at(100, 0), at(800, 50)]
    seconds, by_road = first_seconds(None, starts, places, "foot", limit_s=1000)
    assert seconds.tolist() == pytest.approx([one_by_one(None, starts, p, "foot") for p in places], rel=1e-3)
    assert not by_road.any()


def test_nobody_is_nowhere_in_time() -> None:
    seconds, _ = first_seconds(grid(2).network(), [], [at(0, 0)], "foot", limit_s=1000)
    assert seconds.tolist() == [np.inf]
