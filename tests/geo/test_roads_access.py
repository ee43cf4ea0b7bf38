"""Which ways are open to whom, as people map them."""

from __future__ import annotations

import pytest

from geo.roads.access import judge_node, judge_way, read_kmh


def way(highway: str = "residential", **tags: str) -> dict[str, str]:
    return {"highway": highway, **{key.replace("__", ":"): value for key, value in tags.items()}}


def test_a_street_is_open_to_all_both_ways() -> None:
    rules = judge_way(way())
    assert rules is not None
    assert (rules.foot, rules.forward, rules.backward, rules.kmh, rules.private) == (True, True, True, 20.0, False)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        (way(oneway="yes"), True, False),
        (way(oneway="-1"), False, True),
        (way(oneway="no"), True, True),
        (way(junction="roundabout"), True, False),
        (way(junction="roundabout", oneway="no"), True, True),
        (way("motorway"), True, False),
        (way("trunk"), True, True),
        (way(oneway="reversible"), False, False),
        (way(oneway="yes", oneway__motor_vehicle="no"), True, True),
    ],
)
def test_cars_keep_to_one_ways_and_walkers_do_not(tags: dict[str, str], forward: bool, backward: bool) -> None:
    rules = judge_way(tags)
    assert rules is not None
    assert (rules.forward, rules.backward) == (forward, backward)
    assert rules.foot == (tags["highway"] == "residential")


@pytest.mark.parametrize(
    ("tags", "foot", "car"),
    [
        (way("footway"), True, False),
        (way("steps"), True, False),
        (way("motorway"), False, True),
        (way("trunk"), False, True),
        (way("trunk", foot="yes"), True, True),
        (way("trunk", sidewalk="both"), True, True),
        (way(foot="no"), False, True),
        (way(motor_vehicle="no"), True, False),
        (way(access="no", foot="yes"), True, False),
        (way(vehicle="no", motorcar="yes"), True, True),
        (way("service", access="no", emergency="yes"), False, True),
        (way("pedestrian", area="yes"), True, False),
    ],
)
def test_the_more_particular_tag_counts(tags: dict[str, str], foot: bool, car: bool) -> None:
    rules = judge_way(tags)
    assert rules is not None
    assert (rules.foot, rules.car) == (foot, car)


@pytest.mark.parametrize("tags", [way(access="no"), way("construction"), way("platform"), way("proposed"), {}])
def test_what_nobody_may_use_is_no_way(tags: dict[str, str]) -> None:
    assert judge_way(tags) is None


def test_private_ground_is_open_but_slow_for_cars() -> None:
    rules = judge_way(way(access="private"))
    assert rules is not None
    assert rules.private and rules.foot and rules.kmh == 10.0


def test_a_posted_limit_slows_but_never_hurries() -> None:
    kmh = [judge_way(way("primary", maxspeed=posted)) for posted in ("30", "80", "20 mph", "none", "CN:urban")]
    assert [rules.kmh for rules in kmh if rules] == [30.0, 40.0, pytest.approx(32.19, abs=0.01), 40.0, 40.0]


@pytest.mark.parametrize("text", ["", "0", "fast", "-5", "50;30", "１０", None])
def test_a_limit_that_cannot_be_read_is_none(text: str | None) -> None:
    assert read_kmh(text) is None


def test_nodes_that_delay_or_stop() -> None:
    assert judge_node({"highway": "crossing"}) is None
    lights, gate = judge_node({"highway": "traffic_signals"}), judge_node({"barrier": "lift_gate"})
    assert lights is not None and lights.signals
    assert gate is not None and gate.gate and not gate.blocks_cars
    bollard = judge_node({"barrier": "bollard"})
    assert bollard is not None and bollard.blocks_cars
    assert judge_node({"barrier": "bollard", "motor_vehicle": "yes"}) is None
    shut = judge_node({"barrier": "gate", "access": "no"})
    assert shut is not None and shut.blocks_cars
