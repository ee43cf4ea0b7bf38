"""Numbers over many incidents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.people.figures import Course, Mark, Outcome, quantiles, summarize

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def mark(seconds: float, how: str = "measured") -> Mark:
    return Mark(START + timedelta(seconds=seconds), how)


def test_an_interval_counts_only_when_both_ends_were_measured() -> None:
    measured = Course("offer", "rated", {"offered": mark(0), "accepted": mark(8)})
    stated = Course("offer", "rated", {"offered": mark(0), "accepted": mark(80, "stated")})
    missing = Course("offer", "declined", {"offered": mark(0)})
    result = summarize([Outcome(state="closed", orders=[measured, stated, missing])])
    assert result["intervals_s"]["helper_offer_to_accepted"] == {"n": 1, "p50": 8.0, "p90": 8.0}
    assert result["intervals_s"]["police_offer_to_accepted"] == {"n": 0, "p50": None, "p90": None}


def test_the_first_arrival_is_anybodys() -> None:
    police = Course("command", "completed", {"offered": mark(1), "arrived": mark(60)})
    guard = Course("offer", "rated", {"offered": mark(1), "arrived": mark(40)})
    outcome = Outcome(state="closed", marks={"dispatched": mark(10)}, orders=[police, guard])
    assert summarize([outcome])["intervals_s"]["dispatch_to_first_arrival"]["p50"] == 30.0


def test_acceptance_is_the_share_of_those_who_answered() -> None:
    orders = [Course("offer", state, {}) for state in ("accepted", "rated", "declined", "stood_down", "expired")]
    result = summarize([Outcome(state="closed", orders=orders)])
    assert result["acceptance"] == pytest.approx(2 / 3, abs=0.001)
    assert result["alerts_per_incident"] == 5


def test_every_call_is_counted_under_how_it_ended() -> None:
    states = ["closed", "closed", "unstaffed", "arrived", "failed"]
    result = summarize([Outcome(state=state, alarms=state == "unstaffed") for state in states])
    assert (result["calls"], result["closed"], result["unstaffed"], result["still_open"], result["alarmed"]) == (
        5, 2, 1, 2, 1,
    )  # fmt: skip


@given(st.lists(st.floats(0, 1000), min_size=1))
def test_a_quantile_is_one_of_the_values_and_not_below_the_median(values: list[float]) -> None:
    result = quantiles(values)
    assert result["n"] == len(values)
    assert result["p50"] <= result["p90"]
    assert result["p50"] in [round(value, 2) for value in values]
