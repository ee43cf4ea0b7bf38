"""Rules of what a station learns from its log."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.matching.experience import (
    PRIORS,
    Asking,
    Experience,
    Tally,
    band_of,
    expect,
    expect_late,
    rate_of,
    read_experience,
    shrink,
    write_experience,
)
from dispatch.matching.learning import LogRow, estimate_weight, judge_predictions, judge_times, learn

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
WILLING, SILENT, NEW = (uuid.UUID(int=n) for n in (1, 2, 3))


def a_row(responder_id: uuid.UUID = WILLING, accepted: bool = True, **values: Any) -> LogRow:
    usual = {"kind": "guard", "scenario": "fight", "at": NOON, "accept_s": 10.0 if accepted else None}
    return LogRow(responder_id=responder_id, accepted=accepted, **{**usual, **values})


def asking(responder_id: uuid.UUID = WILLING, **values: Any) -> Asking:
    usual = {"kind": "guard", "scenario": "fight", "at": NOON, "accept_s": 40.0, "within_s": 40.0}
    return Asking(responder_id=responder_id, **{**usual, **values})


rows = st.lists(
    st.builds(
        a_row,
        responder_id=st.sampled_from([WILLING, SILENT, NEW]),
        accepted=st.booleans(),
        kind=st.sampled_from(["guard", "safe_house"]),
        scenario=st.sampled_from(["fight", "find"]),
        at=st.integers(0, 48).map(lambda h: NOON + timedelta(hours=h)),
        turnout_s=st.none() | st.floats(1.0, 600.0),
    ),
    max_size=30,
)


def test_a_station_without_a_log_believes_the_priors() -> None:
    for kind, prior in PRIORS.items():
        found = expect(Experience(), asking(kind=kind))
        assert found.chance == pytest.approx(prior.accept)
        assert found.turnout_s == pytest.approx(prior.turnout_day_s)
        assert found.tries == 0
    night = asking(at=datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    assert expect(Experience(), night).turnout_s == pytest.approx(142.0)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_the_log_changes_nothing(log: list[LogRow], shuffle: random.Random) -> None:
    other = list(log)
    shuffle.shuffle(other)
    assert learn(log) == learn(other)


@given(rows)
def test_what_was_learned_is_stored_and_read_again(log: list[LogRow]) -> None:
    learned = learn(log)
    assert read_experience(write_experience(learned)) == learned


@given(rows, st.sampled_from([WILLING, SILENT, NEW]), st.floats(1.0, 60.0))
def test_a_chance_is_never_certain_and_grows_with_the_time_given(
    log: list[LogRow], who: uuid.UUID, within_s: float
) -> None:
    learned = learn(log)
    soon = expect(learned, asking(who, within_s=min(within_s, 40.0) / 2))
    later = expect(learned, asking(who, within_s=min(within_s, 40.0)))
    assert 0.0 < soon.chance <= later.chance < 1.0
    assert later.turnout_s > 0.0


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.05, 0.95), st.floats(0.5, 50.0))
def test_a_shrunken_rate_lies_between_the_own_and_the_common_one(
    yes: int, no: int, towards: float, weight: float
) -> None:
    tries = yes + no
    found = shrink(yes, tries, towards=towards, weight=weight)
    own = yes / tries if tries else towards
    assert min(own, towards) - 1e-9 <= found <= max(own, towards) + 1e-9


def test_without_tries_a_rate_is_the_common_one_and_with_very_many_its_own() -> None:
    assert shrink(0, 0, towards=0.4, weight=10) == pytest.approx(0.4)
    assert shrink(90_000, 100_000, towards=0.4, weight=10) == pytest.approx(0.9, abs=1e-4)


def test_who_never_answers_is_expected_less_and_who_is_new_like_the_station() -> None:
    log = [a_row(WILLING) for _ in range(20)] + [a_row(SILENT, accepted=False) for _ in range(20)]
    learned = learn(log)
    silent, new, willing = (expect(learned, asking(who)).chance for who in (SILENT, NEW, WILLING))
    assert silent < 0.25 < new < 0.75 < willing
    assert new == pytest.approx(rate_of(learned.of_kind("guard")), abs=0.03)


def test_three_answers_move_a_guard_less_than_thirty() -> None:
    others = [a_row(uuid.UUID(int=100 + n), accepted=n % 2 == 0) for n in range(60)]
    few = expect(learn([*others, *(a_row(SILENT, accepted=False) for _ in range(3))]), asking(SILENT))
    many = expect(learn([*others, *(a_row(SILENT, accepted=False) for _ in range(30))]), asking(SILENT))
    assert many.chance < few.chance < 0.5


def test_a_quick_guard_is_expected_sooner_and_a_night_is_slower_than_a_day() -> None:
    log = [a_row(WILLING, turnout_s=20.0) for _ in range(20)] + [a_row(SILENT, turnout_s=90.0) for _ in range(20)]
    learned = learn(log)
    quick, slow = expect(learned, asking(WILLING)), expect(learned, asking(SILENT))
    assert 20.0 < quick.turnout_s < slow.turnout_s < 102.0
    night = NOON + timedelta(hours=12)
    assert expect(learned, asking(WILLING, at=night)).turnout_s > quick.turnout_s


def test_a_forgotten_departure_teaches_nothing() -> None:
    tally = learn([a_row(turnout_s=0.0), a_row(turnout_s=7_200.0)]).responders[WILLING]
    assert (tally.asked, tally.turnouts) == (2, 0)


def test_groups_that_differ_much_are_lent_less_than_groups_that_are_alike() -> None:
    alike = [Tally(asked=40, accepted=20) for _ in range(10)]
    apart = [Tally(asked=40, accepted=40 * (n % 2)) for n in range(10)]
    assert estimate_weight(apart) == 2.0
    assert estimate_weight(alike) == 100.0
    assert estimate_weight(alike[:2]) == 10.0, "two groups say nothing"


def test_who_has_been_silent_for_long_will_hardly_answer_yet() -> None:
    chances = [expect_late(Experience(), asking(), waited_s=seconds) for seconds in (0.0, 10.0, 30.0, 39.9)]
    assert chances[0] == pytest.approx(0.5)
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.01


def test_promises_are_compared_with_what_came_of_them() -> None:
    log = [a_row(accepted=n < 8, predicted=0.75) for n in range(10)] + [a_row(predicted=None)]
    judged = judge_predictions(log)
    (only,) = judged.deciles
    assert (judged.n, only.n, only.low, only.predicted, only.observed) == (10, 10, 0.7, 0.75, 0.8)
    assert judged.brier == pytest.approx(0.8 * 0.0625 + 0.2 * 0.5625)
    assert judge_predictions([]).brier is None


def test_times_are_compared_with_those_that_came_and_a_forgotten_tap_with_none() -> None:
    told = {"told_turnout_s": 60.0, "told_arrive_s": 200.0}
    log = [a_row(turnout_s=50.0 + 10 * n, arrive_s=180.0 + 10 * n, **told) for n in range(5)]
    log += [a_row(turnout_s=0.0, arrive_s=90_000.0, **told), a_row(accepted=False, **told), a_row(turnout_s=5.0)]
    departure, arrival = judge_times(log)
    assert (departure.kind, departure.until, arrival.until) == ("guard", "departure", "arrival")
    assert (departure.n, departure.predicted_s, departure.observed_s) == (5, 60.0, 70.0)
    assert (departure.off_s, departure.kept) == (10.0, 0.4)
    assert (arrival.n, arrival.predicted_s, arrival.observed_s, arrival.kept) == (5, 200.0, 200.0, 0.6)
    assert judge_times([]) == ()


def test_bands_follow_the_local_clock() -> None:
    at = {hour: band_of(datetime(2026, 11, 24, hour, tzinfo=UTC)) for hour in range(24)}
    assert (at[21], at[22], at[9], at[10], at[13], at[14]) == ("night", "day", "day", "evening", "evening", "night")
