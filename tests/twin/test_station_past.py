"""A station's own past, read for the twin; and what is read is what the real matcher reads."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from cli.console import CommandFailed
from cli.past import read_past
from dispatch.matching.learning import LogRow, learn
from dispatch.matching.policy import Policy
from dispatch.matching.reading import Reading
from dispatch.scenarios.spec import ScenarioSpec
from geo.responders.model import Post
from kit.ids import new_id
from simulation.twin.compare import Case, compare
from simulation.twin.ground import OpenGround
from simulation.twin.ours import Ours
from simulation.twin.sight import Question
from tests.support.closing import make_order
from tests.support.duty import make_duty
from tests.support.orders import a_need, a_spec, make_incident
from tests.support.people import START, east, guard, make_organization, make_station, point
from tests.twin.small_city import a_case


def test_a_station_s_incidents_people_and_log_become_a_city(session: Session) -> None:
    station = make_station(session)
    company = make_organization(session, station)
    gate = Post(
        id=new_id(), district_id=station.district_id, station_id=station.id, organization_id=company.id, name="东门",
        position=point(east(80)), minimum_staff=1,
    )  # fmt: skip
    session.add(gate)
    session.flush()
    at_gate = [guard(session, station, organization=company, post_id=gate.id, lon=east(80)) for _ in range(2)]
    alone = guard(session, station, lon=east(300))
    spec = a_spec(a_need("patrol_unit"), a_need(radius_m=450))
    incidents = [
        make_incident(session, station, spec, at=START + timedelta(minutes=30 * n)) for n in range(12)
    ]  # fmt: skip
    incidents[3].drill = True
    for incident in incidents[:8]:
        make_order(session, incident, alone, state="declined", reason="busy", offered_at=incident.received_at)
    for incident in incidents[8:]:
        at = incident.received_at
        make_order(session, incident, at_gate[0], marks={"offered": at, "accepted": at + timedelta(seconds=9)})
    assert alone.responder is not None and at_gate[0].responder is not None
    # 00:00 UTC is 08:00 at Shanghai
    morning = START.replace(hour=0)
    make_duty(session, alone.responder, start=morning, end=morning + timedelta(hours=12))
    session.flush()
    alone_id, eager_id = alone.responder.id, at_gate[0].responder.id
    session.expire_all()
    past = read_past(session, station.id, limit=100, at=START + timedelta(days=1))
    assert [call.at_s for call in past.calls] == [i.received_at.timestamp() for i in incidents if not i.drill]
    assert {need.radius_m for call in past.calls for need in call.needs} == {450}
    by_id = {known.responder_id: known for known in past.population.guards}
    assert by_id[alone_id].shift == (8, 20)
    assert by_id[alone_id].post is None
    assert {by_id[login.responder.id].post for login in at_gate if login.responder} == {0}
    assert past.population.posts[0].minimum == 1
    accepts = {g.responder_id: past.population.characters[g.number].accepts for g in past.population.guards}
    assert accepts[alone_id] < accepts[eager_id]
    case = Case(calls=past.calls, population=past.population, ground=OpenGround(), seed=0)
    (result,) = compare(case, ["ours"])
    assert result.figures.incidents == 11


def test_a_station_without_a_past_says_so(session: Session) -> None:
    with pytest.raises(CommandFailed, match="too few"):
        read_past(session, make_station(session).id, limit=100, at=START)


class Seen(Ours):
    """Keeps the inputs that it was asked with and those that it planned from."""

    def __init__(self, log: list[LogRow]) -> None:
        super().__init__(log=log, learns=False)
        self.seen: list[tuple[Question, Any]] = []

    def _enrich(self, question: Question) -> Any:
        enriched = super()._enrich(question)
        self.seen.append((question, enriched))
        return enriched


def test_the_twin_weighs_what_the_real_matcher_weighs() -> None:
    """``dispatch.matching.reading`` makes the same values of the same facts."""
    from simulation.twin.run import play

    case = a_case(incidents=8)
    log = [
        LogRow(responder_id=g.responder_id, kind="guard", scenario="crash", at=START, accepted=g.number % 3 > 0,
               accept_s=9.0, turnout_s=60.0)
        for g in case.population.guards for _ in range(4)
    ]  # fmt: skip
    policy = Seen(log)
    play(case.calls, case.population, case.ground, policy, seed=1)
    assert any(question.waiting for question, _ in policy.seen)
    for question, enriched in policy.seen:
        value = enriched.need
        spec = cast(ScenarioSpec, SimpleNamespace(
            danger_skills=[], rest_s=None, alerts_per_hour=None, bars=lambda kind, level: False,
        ))  # fmt: skip
        reading = Reading(
            scenario=question.scenario, spec=spec, level=3, policy=Policy(), experience=learn(log), posts={},
            at=enriched.now,
        )  # fmt: skip
        need: Any = SimpleNamespace(
            kind="guard", mode="offer", skills=list(value.skills), needed=value.places, accepted=0,
            alert_factor=value.alert_factor, radius_m=value.radius_m, target_chance=value.target_chance,
            within_s=value.within_s, accept_s=value.accept_s, id=uuid.UUID(int=0),
        )  # fmt: skip
        pending = [
            SimpleNamespace(responder_id=id_, offered_at=enriched.now - timedelta(seconds=waited_s))
            for id_, waited_s in question.waiting
        ]
        assert reading.need(need, pending) == value
        assert reading.weights(need, fresh_s=120.0) == enriched.weights
        for candidate in enriched.candidates:
            row = SimpleNamespace(
                **{name: getattr(candidate, name) for name in candidate.__dataclass_fields__},
                id=candidate.responder_id, house_needed=False,
            )  # fmt: skip
            (read,) = reading.candidates([row], need)
            assert (read.chance, read.turnout_s, read.tries) == (candidate.chance, candidate.turnout_s, candidate.tries)
