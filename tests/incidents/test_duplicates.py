"""Two calls, one event?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dispatch.incidents.catalogue import KINDS
from dispatch.incidents.duplicates import Duplicate, Report, judge, rank_duplicates
from tests.support.people import START


def compared(**values: Any) -> Duplicate[str] | None:
    other = Report(**{"key": "b", "type": "help.lost_person", "at": START, "distance_m": 40.0, "same_caller": False,
                      **values})  # fmt: skip
    return judge(type_="help.lost_person", at=START, other=other)


def test_the_same_type_near_by_a_few_minutes_later_is_likely_the_same() -> None:
    found = compared(at=START + timedelta(minutes=4), distance_m=80)
    assert found is not None
    assert found.reasons == ("same_type", "near", "same_time")
    assert found.score > 0.7


def test_a_related_type_counts_less_than_the_same() -> None:
    same, related = compared(), compared(type="help.find_person")
    assert same is not None and related is not None
    assert related.score < same.score
    assert "related_type" in related.reasons


def test_another_kind_of_event_at_the_same_place_is_not_suggested() -> None:
    assert compared(type="traffic.jam") is None


def test_the_same_caller_is_suggested_wherever_he_stands() -> None:
    found = compared(type="traffic.jam", distance_m=9000, same_caller=True)
    assert found is not None
    assert found.reasons[0] == "same_caller"


def test_more_than_three_hundred_metres_apart_is_another_event() -> None:
    assert compared(distance_m=300) is not None
    assert compared(distance_m=301) is None


def test_more_than_half_an_hour_apart_is_another_event() -> None:
    assert compared(at=START - timedelta(minutes=30)) is not None
    assert compared(at=START - timedelta(minutes=31), same_caller=True) is None


@given(
    types=st.lists(st.sampled_from([kind.key for kind in KINDS]), min_size=2, max_size=2),
    metres=st.floats(0, 10_000),
    minutes=st.integers(-60, 60),
    same=st.booleans(),
)
def test_a_score_lies_between_nought_and_one_and_nearer_is_never_less_likely(
    types: list[str], metres: float, minutes: int, same: bool
) -> None:
    def at(distance_m: float) -> Duplicate[str] | None:
        other = Report(key="b", type=types[1], at=START + timedelta(minutes=minutes), distance_m=distance_m,
                       same_caller=same)  # fmt: skip
        return judge(type_=types[0], at=START, other=other)

    far, near = at(metres), at(metres / 2)
    if far is not None:
        assert near is not None
        assert 0 <= far.score <= near.score <= 1


def test_the_likeliest_comes_first() -> None:
    others = [
        Report(key=str(n), type="help.lost_person", at=START, distance_m=n * 60.0, same_caller=n == 3) for n in range(5)
    ]
    ranked = rank_duplicates(type_="help.lost_person", at=START, others=others)
    assert ranked[0].key == "3"
    assert [d.score for d in ranked] == sorted((d.score for d in ranked), reverse=True)
