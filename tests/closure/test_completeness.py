"""What counts as evidence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.closures.completeness import Evidence, completeness
from dispatch.closures.facts import Facts, Mark, OrderFacts, list_intervals, list_stages, seconds_between
from dispatch.closures.overdue import StageName
from kit.ids import new_id
from tests.support.closing import after
from tests.support.people import START

INCIDENT = ("received", "dispatched", "arrived", "handled", "feedback")
ORDER = ("offered", "received", "shown", "accepted", "en_route", "arrived", "completed")
HOW = st.sampled_from(["measured", "inferred", "stated"])
MARKS = st.dictionaries(st.sampled_from(INCIDENT), st.builds(Mark, at=st.just(START), how=HOW))


def measured(*names: str) -> dict[str, Any]:
    return {name: Mark(at=after(n), how="measured") for n, name in enumerate(names)}


def order(state: str = "completed", *, police: bool = False, **marks: Mark) -> OrderFacts:
    ended = after(6) if state not in ("accepted", "en_route", "arrived") else None
    return OrderFacts(id=new_id(), police=police, state=state, offered_at=START, ended_at=ended, marks=marks)


def facts(*orders: OrderFacts, state: str = "feedback", marks: dict[str, Mark] | None = None) -> Facts:
    return Facts(
        id=new_id(),
        state=state,
        received_at=START,
        marks=measured(*INCIDENT) if marks is None else marks,
        orders=orders,
        form_submitted_at=after(4) if state in ("feedback", "closed") else None,
    )


def test_a_closure_of_which_all_was_measured_is_complete() -> None:
    judged = completeness(facts(order(**measured(*ORDER))))
    assert judged.score == 1.0 and judged.count(Evidence.MEASURED) == 12


@pytest.mark.parametrize("how", ["inferred", "stated"])
def test_a_typed_or_back_stamped_time_does_not_count_as_measured(how: str) -> None:
    marks = measured(*INCIDENT) | {"arrived": Mark(at=after(2), how=how)}
    judged = completeness(facts(marks=marks))
    assert judged.score == 0.8 and judged.count(Evidence(how)) == 1


def test_a_missing_milestone_is_named() -> None:
    marks = measured(*INCIDENT)
    del marks["arrived"]
    (missing,) = [item for item in completeness(facts(marks=marks)).items if item.evidence is Evidence.MISSING]
    assert (missing.name, missing.at, missing.order_id) == ("arrived", None, None)


def test_an_order_that_nobody_took_is_not_expected_to_have_a_course() -> None:
    assert completeness(facts(order("expired", **measured("offered")))).score == 1.0


def test_who_was_called_off_on_his_way_need_not_have_arrived() -> None:
    called_off = order("stood_down", **measured("offered", "received", "shown", "accepted"))
    assert completeness(facts(called_off)).score == 1.0
    finished = order("completed", **measured("offered", "received", "shown", "accepted"))
    assert completeness(facts(finished)).count(Evidence.MISSING) == 3


@given(MARKS)
def test_measuring_one_milestone_more_never_lowers_the_score(marks: dict[str, Mark]) -> None:
    before = completeness(facts(marks=marks)).score
    for name in INCIDENT:
        better = marks | {name: Mark(at=START, how="measured")}
        assert completeness(facts(marks=better)).score >= before


@given(MARKS)
def test_every_expected_milestone_is_judged_exactly_once(marks: dict[str, Mark]) -> None:
    judged = completeness(facts(marks=marks))
    assert sum(judged.count(evidence) for evidence in Evidence) == len(INCIDENT)
    assert judged.score == judged.count(Evidence.MEASURED) / len(INCIDENT)


def test_an_interval_with_a_missing_or_earlier_end_is_unknown_and_not_nought() -> None:
    assert seconds_between(START, None) is None
    assert seconds_between(None, START) is None
    assert seconds_between(after(1), START) is None
    assert seconds_between(START, START) == 0.0


def test_an_interval_is_measured_only_if_both_its_ends_are() -> None:
    marks = measured("offered", "received", "shown", "accepted", "en_route")
    police = order("en_route", police=True, **(marks | {"en_route": Mark(at=after(9), how="inferred")}))
    found = {(i.name, i.order_id): i for i in list_intervals(facts(police))}
    assert found["signing", police.id].measured and found["signing", police.id].band == "120–180 秒"
    assert found["departure", police.id].seconds == 540 and not found["departure", police.id].measured


def test_a_helper_has_no_signing_target_and_police_have_no_rating() -> None:
    stages = list_stages(facts(order(police=True), order(police=False)))
    by_order = [stage.name for stage in stages if stage.order_id is not None]
    assert by_order == [StageName.SIGN, StageName.DEPART, StageName.RATING]


def test_handled_without_a_known_arrival_is_incomplete_and_not_late() -> None:
    marks = measured(*INCIDENT)
    del marks["arrived"]
    assert StageName.ARRIVE not in {stage.name for stage in list_stages(facts(marks=marks))}


def test_after_a_return_the_time_for_the_form_begins_anew_and_the_review_waits() -> None:
    returned = Facts(
        id=new_id(),
        state="handled",
        received_at=START,
        marks=measured(*INCIDENT),
        form_submitted_at=after(4),
        returned_at=after(60),
    )
    stages = {stage.name: stage for stage in list_stages(returned)}
    assert stages[StageName.FEEDBACK].since == after(60) and stages[StageName.FEEDBACK].done_at is None
    assert StageName.REVIEW not in stages
