"""A safe-house is open when its hours say so, in the district's own time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from geo.responders.hours import SHANGHAI, HoursRefused, check_hours, is_open


def _monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI)


def _tuesday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)


SHOP = {"mon": [["08:00", "12:00"], ["13:30", "22:00"]]}
BAR = {"mon": [["18:00", "02:00"]], "sun": [["20:00", "01:30"]]}


def test_the_start_is_open_and_the_end_is_closed() -> None:
    assert not is_open(SHOP, _monday(7, 59))
    assert is_open(SHOP, _monday(8))
    assert is_open(SHOP, _monday(11, 59))
    assert not is_open(SHOP, _monday(12))
    assert is_open(SHOP, _monday(13, 30))
    assert not is_open(SHOP, _monday(22))


def test_a_day_that_is_not_named_is_closed() -> None:
    assert not is_open(SHOP, _tuesday(10))


def test_an_interval_past_midnight_belongs_to_the_evening_before() -> None:
    assert is_open(BAR, _monday(23, 59))
    assert is_open(BAR, _tuesday(1, 59))
    assert not is_open(BAR, _tuesday(2))
    assert is_open(BAR, _monday(1, 29)), "Sunday's evening"
    assert not is_open(BAR, _monday(1, 30))


def test_the_whole_day_has_no_gap_at_midnight() -> None:
    day_and_night = {day: [["00:00", "24:00"]] for day in ("mon", "tue")}
    assert all(is_open(day_and_night, _monday(hour)) for hour in range(24))
    assert is_open(day_and_night, _tuesday(0))


def test_hours_are_local_whatever_zone_the_instant_comes_in() -> None:
    assert is_open(SHOP, datetime(2026, 11, 23, 0, 0, tzinfo=UTC)), "08:00 in Shanghai"
    assert not is_open(SHOP, datetime(2026, 11, 23, 8, 0, tzinfo=UTC).replace(hour=14)), "22:00 in Shanghai"
    assert is_open(SHOP, datetime(2026, 11, 23, 14, 30, tzinfo=UTC), tz=UTC)


@pytest.mark.parametrize(
    "hours",
    [
        {"monday": [["08:00", "22:00"]]},
        {"mon": [["8:00", "22:00"]]},
        {"mon": [["08:00"]]},
        {"mon": [["08:00", "25:00"]]},
        {"mon": [["08:00", "08:00"]]},
        {"mon": [["24:00", "02:00"]]},
        {"mon": [["08:00", "09:00"]] * 5},
    ],
)
def test_hours_that_cannot_be_read_are_refused(hours: dict[str, list[list[str]]]) -> None:
    with pytest.raises(HoursRefused):
        check_hours(hours)


def test_readable_hours_are_taken() -> None:
    check_hours(SHOP)
    check_hours(BAR)
    check_hours({})
