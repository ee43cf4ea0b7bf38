"""Travel times as the matcher asks for them: by road, and honest where there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geo.roads.errors import HoursFileRefused
from geo.roads.hours import DEFAULT_HOURS, factor_at, read_hours
from geo.roads.network import Network
from geo.roads.speeds import YARD_MPS
from geo.roads.store import RoadStore
from geo.roads.times import MOST_S, RoadTimes, times_to
from geo.travel import SPEED_MPS, StraightLine, Travel
from tests.geo.streets import Position, Town, at, grid  # type: ignore[attr-defined]
from tests.geo.test_roads_import import take

#: a Tuesday, 08:30 and 02:00 in Shanghai
RUSH, NIGHT = datetime(2026, 11, 24, 0, 30, tzinfo=UTC), datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def ask(
    network: Network, means: str, origins: list[Position], target: Position, at: datetime | None = None
) -> list[Travel]:
    straight = StraightLine().estimate(None, origins, target, [means] * len(origins))
    return times_to(network, means, origins, target, straight, at)


def test_one_walks_round_the_corner_not_through_the_house() -> None:
    (travel,) = ask(grid(3).network(), "foot", [at(0, 0)], at(200, 200))
    assert travel.basis == "road"
    assert travel.metres == pytest.approx(400, rel=1e-3)
    assert travel.seconds == pytest.approx(400 / 1.4, rel=1e-3)


def test_the_way_to_the_street_is_walked_too() -> None:
    (travel,) = ask(grid(3).network(), "car", [at(50, 20)], at(150, -28))
    assert travel.metres == pytest.approx(20 + 100 + 28 + 0, abs=0.5) or travel.metres > 148
    beside = 20 / YARD_MPS["car"] + 28 / YARD_MPS["foot"]
    assert travel.seconds > beside


def test_a_river_without_a_bridge_near_makes_the_near_one_far() -> None:
    town = Town({1: (0, 0), 2: (0, 1500), 3: (80, 1500), 4: (80, 0), 5: (-600, 0)}).way(1, 2, 3, 4).way(1, 5)
    other_bank, same_bank = ask(town.network(), "foot", [at(0, 0), at(80, 700)], at(80, 0))
    assert other_bank.metres == pytest.approx(3080, rel=1e-3)
    assert same_bank.seconds < other_bank.seconds


def test_a_car_goes_round_the_one_way_street_and_a_walker_does_not() -> None:
    town = grid(2)
    town.ways[0] = ([0, 1], {"highway": "residential", "oneway": "yes", "name": "单行"})
    network = town.network()
    (car,) = ask(network, "car", [at(90, 0)], at(10, 0))
    (walker,) = ask(network, "foot", [at(90, 0)], at(10, 0))
    assert walker.metres == pytest.approx(80, rel=1e-3)
    assert car.metres == pytest.approx(10 + 300 + 10, rel=1e-3)


def test_lights_and_crossings_cost_time_once_each() -> None:
    plain = Town({1: (0, 0), 2: (300, 0), 3: (600, 0), 4: (300, 200)}).way(1, 2, 3)
    (without,) = ask(plain.network(), "car", [at(0, 0)], at(600, 0))
    (crossing,) = ask(plain.way(2, 4).network(), "car", [at(0, 0)], at(600, 0))
    (lights,) = ask(plain.tag(2, highway="traffic_signals").network(), "car", [at(0, 0)], at(600, 0))
    assert crossing.seconds - without.seconds == pytest.approx(2.0, abs=0.01)
    assert lights.seconds - without.seconds == pytest.approx(11.0, abs=0.01)


def test_a_bollard_stops_cars_and_nobody_else() -> None:
    town = grid(2).tag(1, barrier="bollard")
    (walker,) = ask(town.network(), "foot", [at(50, 0)], at(100, 50))
    (car,) = ask(town.network(), "car", [at(50, 0)], at(100, 50))
    assert walker.metres == pytest.approx(100, rel=1e-3)
    assert car.metres == pytest.approx(50 + 100 + 100 + 50, rel=1e-3)


def test_whoever_is_off_the_map_is_guessed_and_the_others_are_not() -> None:
    on, off = ask(grid(3).network(), "foot", [at(0, 0), at(-400, 0)], at(200, 0))
    assert (on.basis, off.basis) == ("road", "straight_line")
    assert off.metres == pytest.approx(600 * 1.35, rel=1e-3)
    (to_nowhere,) = ask(grid(3).network(), "foot", [at(0, 0)], at(-400, 0))
    assert to_nowhere.basis == "straight_line"


def test_a_gap_in_the_map_makes_nobody_vanish_or_seem_near() -> None:
    town = Town({1: (0, 0), 2: (0, 5000), 3: (100, 5000), 4: (100, 0)}).way(1, 2, 3, 4)
    (walker,) = ask(town.network(), "foot", [at(0, 0)], at(100, 0))
    assert walker.seconds == MOST_S, "more than an hour round, and not a minute through the air"
    assert walker.basis == "straight_line"


def test_rush_hours_are_slower_for_cars_only() -> None:
    network = grid(3).network()
    origins, target = [at(0, 0)], at(200, 0)
    (rush,), (night,) = ask(network, "car", origins, target, RUSH), ask(network, "car", origins, target, NIGHT)
    assert rush.seconds == pytest.approx(night.seconds * 1.6)
    assert ask(network, "foot", origins, target, RUSH) == ask(network, "foot", origins, target, NIGHT)


def test_answers_keep_the_order_of_those_asked(session: Session, tmp_path: Path) -> None:
    take(session, grid(4), tmp_path)
    way = RoadTimes(store=RoadStore(tmp_path))
    origins = [at(300, 0), at(0, 0), at(-900, 0), at(100, 0)]
    found = way.estimate(session, origins, at(0, 0), ["car", "foot", "bicycle", "foot"])
    assert [round(travel.metres) for travel in found] == [300, 0, 1215, 100]
    assert [travel.basis for travel in found] == ["road", "road", "straight_line", "road"]
    assert found[2].seconds == pytest.approx(1215 / SPEED_MPS["bicycle"], rel=1e-3)
    assert way.estimate(session, [], at(0, 0), []) == []


class TestHours:
    def test_are_those_of_shanghai(self) -> None:
        assert factor_at(DEFAULT_HOURS, "car", RUSH) == 1.6
        assert factor_at(DEFAULT_HOURS, "car", NIGHT) == 1.0
        assert factor_at(DEFAULT_HOURS, "car", datetime(2026, 11, 22, 0, 30, tzinfo=UTC)) == 1.1
        assert factor_at(DEFAULT_HOURS, "car", None) == 1.0

    def test_every_means_and_day_has_a_factor_for_each_hour(self) -> None:
        assert len(DEFAULT_HOURS) == 6
        assert {len(factors) for factors in DEFAULT_HOURS.values()} == {24}

    def test_a_table_replaces_the_hours_that_it_names(self) -> None:
        hours = read_hours("\ufeffmeans,day,hour,factor\ncar,workday,8,2.25\n".encode())
        assert hours["car", "workday"][8] == 2.25
        assert hours["car", "workday"][7] == DEFAULT_HOURS["car", "workday"][7]

    def test_each_faulty_row_is_told(self) -> None:
        rows = "means,day,hour,factor\ncar,workday,8,1.5\ncar,workday,8,1.5\nbus,workday,8,1\ncar,sunday,8,1\n"
        rows += "car,workday,24,1\ncar,workday,7,fast\ncar,workday,6,99\ncar,workday,5,nan\n"
        with pytest.raises(HoursFileRefused) as refused:
            read_hours(rows.encode())
        assert [fault.message for fault in refused.value.faults] == [
            "第 3 行：这一小时已经写过",
            "第 4 行：means 应为 foot、bicycle 或 car",
            "第 5 行：day 应为 workday 或 weekend",
            "第 6 行：hour 应为 0 到 23",
            "第 7 行：factor 不是数值",
            "第 8 行：factor 应在 0.25 到 10 之间",
            "第 9 行：factor 应在 0.25 到 10 之间",
        ]

    @pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"means,day\n"])
    def test_an_empty_or_unreadable_table_is_refused(self, raw: bytes) -> None:
        with pytest.raises(HoursFileRefused):
            read_hours(raw)
