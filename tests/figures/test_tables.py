"""What the tables count, as pure functions over cases."""

from __future__ import annotations

import dataclasses
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.closures.facts import Facts, Mark, OrderFacts, list_intervals
from dispatch.closures.overdue import Targets
from dispatch.figures.assists import assist_lines, burden
from dispatch.figures.cases import Asked, Case
from dispatch.figures.closings import closing_lines, missed_lines
from dispatch.figures.coverage import Stretch, coverage
from dispatch.figures.intervals import interval_lines
from dispatch.figures.scope import By, PeriodEmpty, PeriodTooLong, Scope, Sort
from tests.support.people import START

COMPANIES = [(uuid.UUID(int=n), name) for n, name in enumerate(("甲保安", "乙物业"), start=1)]
STATION = uuid.UUID(int=99)


def mark(minutes: float, how: str = "measured") -> Mark:
    return Mark(at=START + timedelta(minutes=minutes), how=how)


def order(
    company: int = 0, *, police: bool = False, state: str = "rated", score: int | None = None, **at: Any
) -> Asked:
    marks = {name: value if isinstance(value, Mark) else mark(value) for name, value in at.items()}
    facts = OrderFacts(
        id=uuid.uuid4(), police=police, state=state, offered_at=marks["offered"].at, ended_at=START, marks=marks
    )
    id_, name = COMPANIES[company]
    return Asked(
        facts=facts, kind="patrol_unit" if police else "guard", responder_id=uuid.UUID(int=50 + company),
        responder=f"{name}队员", organization_id=id_, organization=name, score=score, rated=score is not None,
    )  # fmt: skip


def case(*asked: Asked, state: str = "closed", at: datetime = START, scenario: str = "fight", **marks: Any) -> Case:
    found = {name: value if isinstance(value, Mark) else mark(value) for name, value in marks.items()}
    facts = Facts(id=uuid.uuid4(), state=state, received_at=at, marks=found, orders=tuple(one.facts for one in asked))
    return Case(
        id=facts.id, station_id=STATION, station="吴泾", received_at=at, state=state, scenario_key=scenario,
        scenario=scenario, wants_helpers=True, taker_id=None, taker=None, facts=facts, asked=asked,
    )  # fmt: skip


class TestIntervals:
    def test_only_measured_times_count_and_the_rest_is_counted_as_left_out(self) -> None:
        cases = [
            case(received=0, dispatched=1, arrived=4),
            case(received=0, dispatched=1, arrived=mark(2, "stated")),
            case(received=0, dispatched=2, arrived=12),
        ]
        lines = {line.interval: line for line in interval_lines(cases, By.ALL, Targets())}
        arrival = lines["arrival"]
        assert (arrival.n, arrival.left_out, arrival.mean_s) == (2, 1, 390)
        assert arrival.within is not None and (arrival.within.count, arrival.within.n) == (1, 2)
        assert arrival.sets["late"] == {cases[2].id} and arrival.sets["left_out"] == {cases[1].id}
        assert lines["handling"].n == 0 and lines["handling"].left_out == 3

    def test_bands_are_those_of_the_notices_and_add_up(self) -> None:
        seconds = (10, 30, 31, 200)
        cases = [case(order(police=True, offered=0, accepted=s / 60)) for s in seconds]
        (line,) = [one for one in interval_lines(cases, By.ALL, Targets()) if one.interval == "signing"]
        assert [band.count for band in line.bands] == [2, 1, 0, 0, 1]
        assert sum(band.share for band in line.bands) == pytest.approx(1)

    def test_a_call_that_was_called_off_lacks_nothing(self) -> None:
        lines = interval_lines([case(state="cancelled", received=0, dispatched=1)], By.ALL, Targets())
        assert [(line.interval, line.n, line.left_out) for line in lines] == [("dispatching", 1, 0)]

    def test_they_are_the_intervals_of_the_closures(self) -> None:
        chance = random.Random(5)
        names = ("received", "dispatched", "arrived", "handled", "feedback", "closed")

        def at_random() -> dict[str, Any]:
            return {n: mark(chance.uniform(0, 60), chance.choice(("measured", "stated"))) for n in names}

        cases = [case(**at_random()) for _ in range(60)]
        for line in interval_lines(cases, By.ALL, Targets()):
            own = [i for c in cases for i in list_intervals(c.facts) if i.name == line.interval]
            assert line.n == sum(i.measured for i in own)
            assert line.n + line.left_out == len(cases)

    def test_weeks_are_those_of_the_local_clock(self) -> None:
        sunday = datetime.fromisoformat("2026-11-29T23:30:00+08:00")
        cases = [case(received=0, dispatched=1, at=sunday + timedelta(hours=h)) for h in (0, 1)]
        lines = interval_lines(cases, By.WEEK, Targets())
        assert {line.group.key for line in lines} == {"2026-W48", "2026-W49"}
        assert lines[0].group.label == "11月23日—11月29日"


class TestAssists:
    def test_who_was_called_off_before_he_answered_is_not_counted_as_silent(self) -> None:
        one = case(
            order(offered=0, received=0, shown=0, accepted=0.5, en_route=1, arrived=3, completed=9, score=5),
            order(offered=0, state="stood_down"),
            order(offered=0, state="expired"),
            order(1, offered=0, state="declined", declined=1),
        )
        lines = {line.group.label: line for line in assist_lines([one], By.ORGANIZATION, {})}
        first = lines["甲保安"]
        assert (first.offers, first.accepted, first.ignored, first.called_off) == (3, 1, 1, 1)
        assert first.acceptance.value == 0.5 and first.ratings.average == 5
        assert lines["乙物业"].acceptance.value == 0
        assert first.rank == 1 and lines["乙物业"].rank == 2
        assert first.sets["accepted"] == {one.id}

    def test_a_long_good_record_ranks_before_one_lucky_offer(self) -> None:
        good = order(offered=0, accepted=1, arrived=2)
        bad = order(offered=0, state="expired")
        lucky = order(1, offered=0, accepted=1, arrived=2)
        cases = [case(good) for _ in range(40)] + [case(bad), case(lucky)]
        assert [line.group.label for line in assist_lines(cases, By.ORGANIZATION, {})] == ["甲保安", "乙物业"]

    def test_a_rate_per_hour_needs_an_hour(self) -> None:
        one = case(order(offered=0, state="expired"))
        key = str(COMPANIES[0][0])
        (short,) = assist_lines([one], By.ORGANIZATION, {key: 0.5})
        (long,) = assist_lines([one], By.ORGANIZATION, {key: 4.0})
        assert (short.offers_per_duty_h, long.offers_per_duty_h) == (None, 0.25)

    def test_the_burden_counts_those_who_were_never_asked(self) -> None:
        cases = [case(order(offered=0, state="expired")) for _ in range(4)]
        hours = {str(uuid.UUID(int=50)): 4.0, "idle": 4.0, "short": 0.1}
        found = burden(cases, hours, {})
        assert (found.people, found.offers, found.gini) == (2, 4, 0.5)
        assert found.ignored.value == 1


class TestClosings:
    def test_a_merged_call_is_not_a_missed_one(self) -> None:
        cases = [
            case(order(offered=0, state="expired")),
            case(state="merged"),
            case(state="cancelled"),
            dataclasses.replace(case(dispatched=1), shortfall="NobodyOnDuty"),
            case(dispatched=1),
        ]
        (line,) = missed_lines(cases, By.ALL)
        assert (line.eligible, line.missed.count) == (4, 3)
        assert line.reasons == {"ended_first": 1, "nobody:NobodyOnDuty": 1, "not_asked": 1}

    def test_late_and_overdue_are_told_apart(self) -> None:
        cases = [case(received=0, dispatched=1, arrived=20, state="arrived"), case(dispatched=1, state="dispatched")]
        (line,) = closing_lines(cases, By.ALL, Targets(), START + timedelta(minutes=30))
        arrive = next(stage for stage in line.stages if stage.stage == "arrive")
        assert (arrive.late, arrive.running) == (1, 1)
        assert line.sets["late:arrive"] == {cases[0].id} and line.open == 2


class TestCoverage:
    def test_the_mean_of_an_hour_is_what_was_there(self) -> None:
        monday = datetime.fromisoformat("2026-11-23T00:00:00+08:00")
        stretches = [
            Stretch(kind="guard", start=monday + timedelta(hours=8), end=monday + timedelta(hours=9, minutes=30)),
            Stretch(kind="guard", start=monday + timedelta(days=7, hours=8), end=monday + timedelta(days=7, hours=10)),
        ]
        hours = coverage(stretches, [monday], start=monday, end=monday + timedelta(days=14))
        found = {(hour.weekday, hour.hour): hour for hour in hours}
        assert len(hours) == 168
        assert found[1, 8].on_duty == {"guard": 1.0}
        assert found[1, 9].on_duty == {"guard": 0.75}
        assert found[1, 10].on_duty == {}
        assert found[1, 0].incidents == 0.5


def test_a_scope_is_a_year_at_most_and_ends_after_it_begins() -> None:
    with pytest.raises(PeriodEmpty):
        Scope(start=START, end=START, sort=Sort.REAL)
    with pytest.raises(PeriodTooLong):
        Scope(start=START, end=START + timedelta(days=400), sort=Sort.REAL)
