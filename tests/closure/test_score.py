"""A few good ratings do not outrank many."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ratings.score import shrink, standing
from dispatch.ratings.values import Outcome, RatingValues, check
from kit.errors import Invalid

SCORE = st.floats(1, 5)
N = st.integers(1, 10_000)


@given(SCORE, N, SCORE)
def test_the_shrunken_score_lies_between_the_own_mean_and_the_stations(own: float, n: int, station: float) -> None:
    low, high = sorted((own, station))
    assert low - 1e-9 <= shrink(own, n, towards=station) <= high + 1e-9


@given(SCORE, N, SCORE)
def test_more_ratings_bring_it_nearer_to_the_own_mean(own: float, n: int, station: float) -> None:
    assert abs(shrink(own, n + 1, towards=station) - own) <= abs(shrink(own, n, towards=station) - own) + 1e-9


@given(SCORE)
def test_with_as_many_ratings_as_the_prior_it_stands_halfway(station: float) -> None:
    assert shrink(5.0, 5, towards=station) == pytest.approx((5.0 + station) / 2)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30), SCORE)
def test_it_is_the_mean_of_the_scores_and_five_lent_ones(scores: list[int], station: float) -> None:
    lent = (sum(scores) + 5 * station) / (len(scores) + 5)
    assert standing(sum(scores), len(scores), station_mean=station).shrunken == pytest.approx(lent)


def test_one_perfect_rating_does_not_outrank_forty_very_good_ones() -> None:
    newcomer = standing(5, 1, station_mean=4.2)
    veteran = standing(192, 40, station_mean=4.2)
    assert newcomer.average == 5.0 and veteran.average == 4.8
    assert newcomer.shrunken is not None and veteran.shrunken is not None
    assert newcomer.shrunken < veteran.shrunken


def test_without_a_rating_there_is_no_figure() -> None:
    assert standing(0, 0, station_mean=4.0).shrunken is None


SEEN: dict[str, Any] = {"arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 4}


@pytest.mark.parametrize("missing", list(SEEN))
def test_who_was_seen_is_judged_in_full(missing: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(RatingValues(outcome=Outcome.SEEN, **{**SEEN, missing: None}))
    assert [fault.pointer for fault in refusal.value.faults] == [f"/{missing}"]


@pytest.mark.parametrize("outcome", [Outcome.NOT_SEEN, Outcome.NOT_NEEDED])
def test_who_was_not_seen_gets_no_score(outcome: Outcome) -> None:
    check(RatingValues(outcome=outcome))
    with pytest.raises(Invalid):
        check(RatingValues(outcome=outcome, score=1))


@pytest.mark.parametrize("tags", [("made_up",), ("fast", "fast")])
def test_tags_come_from_the_list_once_each(tags: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        check(RatingValues(outcome=Outcome.NOT_SEEN, tags=tags))
