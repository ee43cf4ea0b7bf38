"""What no simulated day may break, whatever the policy."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dispatch.orders.states import ENDED, OrderState
from simulation.twin.agenda import Agenda
from simulation.twin.orders import Order
from simulation.twin.policies import Choice
from simulation.twin.run import Run, play
from simulation.twin.sight import Question
from simulation.twin.spelling import read_policy
from tests.twin.small_city import a_case

POLICIES = ("ours", "ours:target=1", "nearest", "broadcast", "broadcast:claim=yes,widen=no", "several:k=3,posts=yes")


@pytest.fixture(scope="module", params=POLICIES)
def run(request: pytest.FixtureRequest) -> Run:
    case = a_case()
    return play(case.calls, case.population, case.ground, read_policy(request.param), seed=case.seed)


def orders(run: Run) -> list[Order]:
    return [order for incident in run.incidents for order in incident.orders]


def test_every_call_becomes_an_incident_that_ends_served_or_unserved(run: Run) -> None:
    assert [incident.call.number for incident in run.incidents] == list(range(60))
    for incident in run.incidents:
        assert incident.ended_s is not None
        arrived = [order.arrived_s for order in incident.orders if order.arrived_s is not None]
        assert incident.first_arrival_s == min(arrived, default=None)


def test_every_order_ends(run: Run) -> None:
    assert orders(run)
    assert {order.state for order in orders(run)} <= ENDED
    assert not run.city.engaged.any()


def test_nobody_is_in_two_places(run: Run) -> None:
    spans: dict[int, list[tuple[float, float]]] = {}
    for order in orders(run):
        assert order.ended_s is not None
        spans.setdefault(order.guard.number, []).append((order.offered_s, order.ended_s))
    for held in spans.values():
        for (_, until), (begin, _) in pairwise(sorted(held)):
            assert until <= begin


def test_no_more_places_are_given_than_there_are_where_a_place_is_claimed(run: Run) -> None:
    if run.policy.claims:
        for incident in run.incidents:
            for need in incident.needs:
                assert need.arrived <= need.needed


def test_nobody_is_asked_twice_for_one_incident_after_he_said_no(run: Run) -> None:
    for incident in run.incidents:
        no = [
            order.guard.number for order in incident.orders if order.state in (OrderState.DECLINED, OrderState.EXPIRED)
        ]
        assert len(no) == len(set(no))


def test_the_milestones_of_an_order_are_in_their_order(run: Run) -> None:
    for order in orders(run):
        passed = [order.offered_s, order.accepted_s, order.departed_s, order.arrived_s, order.ended_s]
        known = [at_s for at_s in passed if at_s is not None]
        assert known == sorted(known)


def test_the_clock_never_goes_back() -> None:
    agenda = Agenda(100.0)
    seen: list[float] = []
    agenda.after(5, lambda: seen.append(agenda.now_s))
    agenda.at(101, lambda: agenda.after(10, lambda: seen.append(agenda.now_s)))
    with pytest.raises(ValueError, match="back"):
        agenda.at(99, lambda: None)
    assert agenda.run() == 3
    assert seen == [105.0, 111.0]


class Watching:
    """A policy that notes the first question that it is asked, and then behaves like the real one."""

    def __init__(self) -> None:
        self._ours = read_policy("ours")
        self.first: list[tuple[list[Question], list[Choice]]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._ours, name)

    def choose(self, team: list[Question]) -> list[Choice]:
        choices = self._ours.choose(team)
        self.first.append((team, choices))
        return choices


def test_a_policy_sees_nothing_that_is_hidden() -> None:
    """Other characters behind the same people, and the same log so far: the first decision is the same."""
    seen = []
    for hidden in (1, 2):
        case = a_case(hidden=hidden)
        watching = Watching()
        # silences are drawn from the character, and a stale fix is something that the system does see
        calls = case.calls[:1]
        play(calls, case.population, case.ground, watching, seed=case.seed)  # type: ignore[arg-type]
        seen.append(watching.first[0])
    assert seen[0] == seen[1]
    one, two = a_case(hidden=1).population, a_case(hidden=2).population
    assert one.guards == two.guards
    assert one.characters != two.characters


def test_people_answer_the_same_whoever_else_is_asked() -> None:
    """Common random numbers: a guard who is asked for the same incident by two policies gives one answer."""
    case = a_case()
    answers = []
    for text in ("broadcast", "nearest"):
        run = play(case.calls, case.population, case.ground, read_policy(text), seed=case.seed)
        answers.append({(o.need.incident.call.number, o.guard.number): o.reaction.answer for o in orders(run)})
    both = answers[0].keys() & answers[1].keys()
    assert len(both) > 20
    assert all(answers[0][key] == answers[1][key] for key in both)
