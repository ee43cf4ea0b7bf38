"""What two leaders have agreed upon beforehand is their yes, within its limits and until one of them ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.aid.states import AidState
from dispatch.pacts import service
from dispatch.pacts.errors import NoPactWith, PactAlreadyThere
from dispatch.pacts.limits import Case, Limits
from dispatch.pacts.states import PactState
from kit.errors import NotFound
from tests.support.aid import Neighbours, entries_of, make_neighbours
from tests.support.orders import told
from tests.support.people import START, WHOLE_WEEK, make_station

#: START is a Tuesday, 16:00 on the wall
FIGHT = Case(scenario="fight", level=2, kinds=frozenset({"guard"}))


@pytest.fixture
def scene(session: Session) -> Neighbours:
    return make_neighbours(session)


@pytest.mark.parametrize(
    ("limits", "covered"),
    [
        ({}, True),
        ({"scenarios": ["fight"]}, True),
        ({"scenarios": ["lost_person"]}, False),
        ({"levels": [1, 2]}, True),
        ({"levels": [3]}, False),
        ({"kinds": ["guard", "safe_house"]}, True),
        ({"kinds": ["safe_house"]}, False),
        ({"hours": WHOLE_WEEK}, True),
        ({"hours": {"tue": [["22:00", "06:00"]]}}, False),
        ({"hours": {"tue": [["15:00", "17:00"]]}}, True),
    ],
)
def test_a_pact_covers_what_lies_within_every_limit(limits: dict[str, Any], covered: bool) -> None:
    assert Limits(**limits).covers(FIGHT, START) is covered


def test_night_hours_run_past_midnight() -> None:
    night = Limits(hours={"tue": [["22:00", "06:00"]]})
    at = datetime.fromisoformat
    assert night.covers(FIGHT, at("2026-11-24T23:30:00+08:00"))
    assert night.covers(FIGHT, at("2026-11-25T05:59:00+08:00"))
    assert not night.covers(FIGHT, at("2026-11-25T06:00:00+08:00"))


@pytest.mark.parametrize("wrong", [{"levels": [5]}, {"kinds": ["dog"]}, {"hours": {"tue": [["25:00", "26:00"]]}},
                                   {"hours": {"someday": []}}, {"max_people": 0}, {"else": 1}])  # fmt: skip
def test_limits_that_cannot_be_read_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Limits(**wrong)


def test_one_signature_is_that_leaders_yes_and_two_are_both(scene: Neighbours) -> None:
    pact = scene.pact(signed=False)
    aid = scene.request()
    assert (aid.state, aid.approved_a_how, aid.approved_b_how) == (AidState.REQUESTED, "pact", None)
    assert set(told(scene.session, scene.other_leader)) == {"pact.proposed", "aid.requested"}
    assert scene.approve(scene.other_leader, aid).state == AidState.ACTIVE
    scene.revoke(aid)

    scene.sign(pact)
    aid = scene.request()
    assert (aid.state, aid.approved_a_how, aid.approved_b_how) == (AidState.ACTIVE, "pact", "pact")
    assert aid.pact_id == pact.id


def test_beyond_its_limits_the_leaders_are_asked(scene: Neighbours) -> None:
    scene.pact(max_people=2)
    assert scene.request(max_people=3).state == AidState.REQUESTED


def test_who_names_no_number_gets_what_the_pact_allows(scene: Neighbours) -> None:
    scene.pact(max_people=2)
    aid = scene.request()
    assert (aid.state, aid.max_people) == (AidState.ACTIVE, 2)


def test_there_is_one_pact_of_two_stations(scene: Neighbours) -> None:
    scene.pact(signed=False)
    with pytest.raises(PactAlreadyThere):
        service.propose(
            scene.session,
            grant=scene.may(scene.other_leader, P.PACT_SIGN),
            station_id=scene.station.id,
            limits=Limits(),
            at=START,
        )


def test_nobody_signs_for_the_other_station(scene: Neighbours) -> None:
    pact = scene.pact(signed=False)
    with pytest.raises(NotFound):
        service.sign(scene.session, grant=scene.may(scene.leader, P.PACT_SIGN), pact_id=pact.id, at=START)


def test_a_pact_is_made_within_the_district(scene: Neighbours) -> None:
    with pytest.raises(NoPactWith):
        service.propose(
            scene.session,
            grant=scene.may(scene.leader, P.PACT_SIGN),
            station_id=make_station(scene.session).id,
            limits=Limits(),
            at=START,
        )


def test_either_leader_ends_it_and_what_rests_on_it(scene: Neighbours) -> None:
    for login in (scene.leader, scene.other_leader):
        pact = scene.pact()
        aid = scene.request()
        assert aid.state == AidState.ACTIVE
        pact = service.revoke(
            scene.session, grant=scene.may(login, P.PACT_SIGN), pact_id=pact.id, reason="重新划分", at=START
        )
        assert (pact.state, aid.state, aid.end_reason) == (PactState.REVOKED, AidState.REVOKED, "pact_revoked")
        again = scene.request()
        assert again.state == AidState.REQUESTED
        scene.revoke(scene.approve(scene.other_leader, scene.approve(scene.leader, again)))


def test_every_step_stands_in_the_record_of_both_stations(scene: Neighbours) -> None:
    pact = scene.pact(at=START - timedelta(days=1))
    service.revoke(
        scene.session, grant=scene.may(scene.leader, P.PACT_SIGN), pact_id=pact.id, reason="重新划分", at=START
    )
    steps = ["pact.proposed", "pact.signed", "pact.revoked"]
    both = [scene.station.id, scene.other.id]
    assert entries_of(scene.session, pact.id) == [(step, station) for step in steps for station in both]
