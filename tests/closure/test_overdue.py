"""When a stage is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.closures.bands import departure_band, feedback_band, signing_band
from dispatch.closures.overdue import Stage, StageName, Targets, overdue
from tests.support.people import START

SECONDS = st.floats(0, 400_000, allow_nan=False)
STAGES = st.lists(
    st.builds(
        lambda name, begin, length: Stage(
            name=name,
            since=START + timedelta(seconds=begin),
            done_at=None if length is None else START + timedelta(seconds=begin + length),
        ),
        st.sampled_from(StageName),
        SECONDS,
        st.none() | SECONDS,
    ),
    max_size=8,
)


def flags(name: StageName, *, took_s: float | None, now_s: float, targets: Targets | None = None) -> Any:
    done_at = None if took_s is None else START + timedelta(seconds=took_s)
    stage = Stage(name=name, since=START, done_at=done_at)
    return overdue([stage], targets or Targets(), START + timedelta(seconds=now_s))


@pytest.mark.parametrize(
    ("name", "allowed_s"),
    [
        (StageName.SIGN, 60),
        (StageName.DEPART, 5 * 60),
        (StageName.ARRIVE, 5 * 60),
        (StageName.FEEDBACK, 4 * 3600),
        (StageName.RATING, 24 * 3600),
        (StageName.REVIEW, 48 * 3600),
    ],
)
def test_a_stage_is_overdue_one_second_after_its_target_and_not_before(name: StageName, allowed_s: float) -> None:
    assert flags(name, took_s=None, now_s=allowed_s) == ()
    (flag,) = flags(name, took_s=None, now_s=allowed_s + 1)
    assert (flag.running, flag.late_s, flag.due) == (True, 1.0, START + timedelta(seconds=allowed_s))


def test_a_stage_that_ended_late_stays_flagged_but_nobody_waits_for_it() -> None:
    (flag,) = flags(StageName.SIGN, took_s=90, now_s=99_999)
    assert (flag.running, flag.late_s) == (False, 30.0)


def test_the_suburbs_have_ten_minutes_to_arrive() -> None:
    assert Targets.of({"zone": "suburb"}).arrive_s == 600
    assert Targets.of({}).arrive_s == 300


def test_a_station_sets_its_own_targets_and_a_slip_in_them_changes_nothing() -> None:
    targets = Targets.of({"zone": "suburb", "targets": {"sign_s": 45, "arrive_s": 480, "review_s": "soon", "x": 1}})
    assert targets == Targets(sign_s=45, arrive_s=480)
    for nonsense in (None, [], "60", {"sign_s": True}, {"sign_s": -1}, {"sign_s": 10**9}, {"sign_s": 1.5}):  # type: ignore[var-annotated]
        assert Targets.of({"targets": nonsense}) == Targets()


@given(STAGES, SECONDS, SECONDS)
def test_what_is_overdue_stays_overdue_as_time_passes(stages: list[Stage], first_s: float, more_s: float) -> None:
    now = START + timedelta(seconds=first_s)
    before = overdue(stages, Targets(), now)
    later = {(f.stage, f.since) for f in overdue(stages, Targets(), now + timedelta(seconds=more_s))}
    assert {(f.stage, f.since) for f in before if f.running} <= later


@given(STAGES, SECONDS)
def test_running_flags_come_first_and_the_oldest_due_first_among_them(stages: list[Stage], now_s: float) -> None:
    found = overdue(stages, Targets(), START + timedelta(seconds=now_s))
    assert [f.running for f in found] == sorted((f.running for f in found), reverse=True)
    running = [f.due for f in found if f.running]
    assert running == sorted(running)
    assert all(f.late_s > 0 and f.due > f.since for f in found)


@given(STAGES, SECONDS)
def test_the_order_of_the_stages_does_not_matter(stages: list[Stage], now_s: float) -> None:
    now = START + timedelta(seconds=now_s)
    assert overdue(stages, Targets(), now) == overdue(list(reversed(stages)), Targets(), now)


@pytest.mark.parametrize(
    ("seconds", "signing", "departure", "feedback"),
    [
        (0, "0–30 秒", "0–5 分钟", "0–30 分钟"),
        (30, "0–30 秒", "0–5 分钟", "0–30 分钟"),
        (30.001, "30–60 秒", "0–5 分钟", "0–30 分钟"),
        (180, "120–180 秒", "0–5 分钟", "0–30 分钟"),
        (301, "180 秒以上", "5–10 分钟", "0–30 分钟"),
        (1801, "180 秒以上", "30 分钟以上", "30–60 分钟"),
        (14_401, "180 秒以上", "30 分钟以上", "4 小时以上"),
    ],
)
def test_a_bound_belongs_to_the_band_below(seconds: float, signing: str, departure: str, feedback: str) -> None:
    assert (signing_band(seconds), departure_band(seconds), feedback_band(seconds)) == (signing, departure, feedback)


def test_an_unknown_interval_has_no_band() -> None:
    assert signing_band(None) is None
