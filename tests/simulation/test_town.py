"""The demo town as values, and walking in it."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.people.stories import is_inside, tell, tell_of_the_old_man
from simulation.people.streets import Lonlat, Walk, crossing, metres, route
from simulation.people.town import make_town

TOWN = make_town()
positions = st.tuples(st.floats(121.430, 121.475), st.floats(31.033, 31.060))


def test_the_town_has_what_was_promised() -> None:
    assert len(TOWN.stations) == 2
    assert len(TOWN.organizations) == 5
    assert Counter(r.kind for r in TOWN.responders) == {"guard": 60, "safe_house": 14, "patrol_unit": 8}


def test_the_same_seed_gives_the_same_town_and_another_seed_another() -> None:
    assert make_town(110) == TOWN
    assert make_town(111) != TOWN


def test_everything_with_a_name_says_that_it_is_a_demonstration() -> None:
    named = [*TOWN.stations, *TOWN.organizations, *TOWN.posts, *TOWN.people, *TOWN.responders, *TOWN.places]
    assert [thing.name for thing in named if "演示" not in thing.name] == []  # type: ignore[attr-defined]


def test_everybody_begins_inside_the_area_of_his_station() -> None:
    rings = {station.code: station.ring for station in TOWN.stations}
    outside = [r.name for r in TOWN.responders if not is_inside(rings[r.station], r.position)]
    assert outside == []


def test_everybody_has_a_number_of_his_own() -> None:
    numbers = [person.badge_no for person in TOWN.people]
    assert len(set(numbers)) == len(numbers)
    assert {r.badge_no for r in TOWN.responders} <= set(numbers)


def test_a_guard_stands_at_a_post_of_his_company_that_can_spare_somebody() -> None:
    posts = {post.name: post for post in TOWN.posts}
    guards = [r for r in TOWN.responders if r.kind == "guard"]
    for guard in guards:
        assert guard.post is not None
        assert posts[guard.post].organization == guard.organization
        assert metres(posts[guard.post].position, guard.position) < 80
    staff = Counter(guard.post for guard in guards)
    assert all(staff[post.name] > post.minimum_staff for post in TOWN.posts)


@pytest.mark.parametrize("seed", range(20))
def test_a_call_comes_from_inside_the_area_of_the_station_that_takes_it(seed: int) -> None:
    chance = random.Random(seed)
    for station in TOWN.stations:
        assert is_inside(station.ring, tell(TOWN, station, chance).position)
    wujing = TOWN.stations[0]
    story = tell_of_the_old_man(TOWN, wujing, chance)
    assert is_inside(wujing.ring, story.position)
    assert story.address.startswith("剑川路")


def test_the_old_man_is_lost_where_guards_are_near() -> None:
    guards = [r.position for r in TOWN.responders if r.kind == "guard" and r.station == "WJ"]
    for seed in range(50):
        story = tell_of_the_old_man(TOWN, TOWN.stations[0], random.Random(seed))
        assert sum(metres(story.position, guard) < 450 for guard in guards) >= 4


@given(positions, positions)
def test_a_route_begins_here_and_ends_there(start: Lonlat, goal: Lonlat) -> None:
    way = route(start, goal)
    assert way[0] == start
    assert way[-1] == goal


@given(positions, positions, st.floats(0.5, 60), st.floats(0.1, 5))
def test_a_walk_never_jumps_and_ends_at_its_goal(start: Lonlat, goal: Lonlat, speed_mps: float, step_s: float) -> None:
    walk = Walk(tuple(route(start, goal)), speed_mps, started_s=100.0)
    steps = [walk.at(100.0 + n * step_s) for n in range(50)]
    assert all(metres(a, b) <= speed_mps * step_s * 1.01 + 0.1 for a, b in pairwise(steps))
    end_s = 100.0 + walk.length_m / speed_mps + 1
    assert walk.done(end_s)
    assert metres(walk.at(end_s), goal) < 0.5


def test_a_walk_over_the_grid_is_longer_than_the_line_and_not_absurdly_so() -> None:
    start, goal = crossing((0, 0)), crossing((5, 5))
    length_m = Walk(tuple(route(start, goal)), 1.4, 0).length_m
    assert metres(start, goal) < length_m < 1.6 * metres(start, goal)
