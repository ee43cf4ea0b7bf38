"""The nearer guard breaks down on the way: told as the duty log would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.contention import service as contention
from dispatch.escalation import service as escalation
from dispatch.invariants import list_violations
from dispatch.orders import arrivals
from dispatch.orders import service as orders
from dispatch.orders.progress import DeclineReason
from dispatch.swaps import service as swaps
from dispatch.swaps.decide import read_inputs, replay
from dispatch.swaps.model import SwapProposal
from dispatch.swaps.projection import list_shown
from geo.responders.model import ResponderIndex
from kit.actor import Grant
from kit.clock import ManualClock
from kit.feed import station_audience
from tests.support.orders import Scene, a_need, make_scene, told
from tests.support.people import START, Login, east, point

POLICE = a_need("patrol_unit")


class DutyLog:
    """Who does what, at the time of the clock."""

    def __init__(self, session: Session, **spec: Any) -> None:
        self.session = session
        self.clock = ManualClock(START)
        need = a_need(radius_m=2000, alert_factor=1.0)
        self.scene: Scene = make_scene(session, POLICE, need, guards=2, step_m=50, **spec)
        self.places = {login.account.id: 700.0 + 60 * n for n, login in enumerate(self.scene.guards)}
        self.places |= {login.account.id: -500.0 for login in self.scene.police}
        self.blind: set[object] = set()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def deciding(self) -> Grant:
        return grant(self.scene.dispatcher.actor, Permission.SWAP_DECIDE)

    def at(self, minutes: int, seconds: int = 0) -> None:
        """Let time pass; phones report and the worker works on the way."""
        until = START + timedelta(minutes=minutes, seconds=seconds)
        while self.now < until:
            self.clock.advance(seconds=min(10.0, (until - self.now).total_seconds()))
            for login in (*self.scene.guards, *self.scene.police):
                self._report(login)
            escalation.tick(self.session, self.now)
            contention.tick(self.session, self.now)
            arrivals.tick(self.session, self.now)
            swaps.tick(self.session, self.now)

    def accepts(self, login: Login) -> None:
        order = self.scene.orders(login)[-1]
        orders.accept(self.session, grant=self.scene.grant(login), order_id=order.id, at=self.now)

    def walks(self, login: Login, to_m: float) -> None:
        self.places[login.account.id] = to_m

    def proposals(self) -> list[SwapProposal]:
        query = select(SwapProposal).order_by(SwapProposal.proposed_at)
        return list(self.session.scalars(query, execution_options={"populate_existing": True}))

    def on_the_console(self) -> int:
        return len(list_shown(self.session, station_audience(self.scene.station.id)))

    def _report(self, login: Login) -> None:
        assert login.responder is not None
        row = self.session.get_one(ResponderIndex, login.responder.id)
        if login.account.id not in self.blind:
            row.position = point(east(self.places[login.account.id]))
            row.captured_at = row.received_at = self.now
        self.session.flush()

    def until_the_first_is_on_his_way(self) -> tuple[Login, Login]:
        """08:00:00 to 08:01:00: the nearer one accepts and sets out; the police do as well."""
        near, far = self.scene.guards
        self.at(0, 2)
        orders.dispatch(self.session, grant=self.scene.room, incident_id=self.scene.incident.id, at=self.now)
        assert self.scene.states() == {"p0": "offered", "g0": "offered"}
        self.accepts(near)
        self.accepts(self.scene.police[0])
        self.walks(near, 640)
        self.at(1)
        assert self.scene.order(near).state == "en_route"
        assert self.proposals() == []
        return near, far


@pytest.fixture
def log(session: Session) -> Iterator[DutyLog]:
    log = DutyLog(session)
    yield log
    session.commit()
    assert list_violations(session) == []


def test_the_nearer_guard_breaks_down_and_the_dispatcher_sends_the_other(log: DutyLog) -> None:
    near, far = log.until_the_first_is_on_his_way()
    # 08:01:00  His bicycle has lost its chain; the other one has come back to the gate beside the scene.
    log.walks(far, 330)
    # 08:02:00  He is expected in ten minutes, the other would need seven: nobody is disturbed for that.
    log.at(2)
    assert log.proposals() == []
    # 08:03:30  He has not come nearer for two minutes: the machine proposes the other one.
    log.at(3, 30)
    proposal = log.proposals()[-1]
    assert (proposal.state, proposal.cause) == ("proposed", "stalled")
    assert proposal.to_responder_id == far.helper.id
    assert log.on_the_console() == 1
    assert replay(read_inputs(proposal.inputs)) is not None
    # Nobody has been told anything yet, and nothing is proposed twice.
    assert told(log.session, far) == []
    log.at(3, 40)
    assert len([p for p in log.proposals() if p.state == "proposed"]) == 1
    # 08:03:40  One tap.
    swaps.accept(log.session, grant=log.deciding, swap_id=proposal.id, at=log.now)
    assert (log.scene.order(near).state, log.scene.order(near).reason) == ("stood_down", swaps.SWAPPED)
    assert told(log.session, near) == ["order.stood_down"]
    new = log.scene.order(far)
    assert (new.state, new.replaces_id) == ("offered", log.scene.order(near).id)
    assert log.on_the_console() == 0
    # A second tap, or a colleague's, is no second order.
    swaps.accept(log.session, grant=log.deciding, swap_id=proposal.id, at=log.now)
    assert len(log.scene.orders(far)) == 1
    # 08:03:50  The other one signs and goes.
    log.accepts(far)
    log.at(3, 50)
    assert log.proposals()[-1].state == "done"
    assert log.scene.needs().accepted == 1


def test_when_the_other_declines_the_one_who_broke_down_is_not_asked_again(log: DutyLog) -> None:
    _, far = log.until_the_first_is_on_his_way()
    log.walks(far, 330)
    log.at(3, 30)
    proposal = log.proposals()[-1]
    swaps.accept(log.session, grant=log.deciding, swap_id=proposal.id, at=log.now)
    orders.decline(
        log.session, grant=log.scene.grant(far), order_id=log.scene.order(far).id, reason=DeclineReason.POST, at=log.now
    )
    log.at(3, 40)
    assert log.proposals()[-1].state == "lapsed"
    assert log.scene.states()["g0"] == "stood_down"
    assert log.scene.needs().state == "short"


def test_a_dismissed_proposal_does_not_come_back_within_five_minutes(log: DutyLog) -> None:
    near, far = log.until_the_first_is_on_his_way()
    log.walks(far, 330)
    log.at(3, 30)
    proposal = log.proposals()[-1]
    swaps.dismiss(log.session, grant=log.deciding, swap_id=proposal.id, at=log.now)
    with pytest.raises(swaps.SwapOver):
        swaps.accept(log.session, grant=log.deciding, swap_id=proposal.id, at=log.now)
    count = len(log.proposals())
    log.at(7)
    assert len(log.proposals()) == count
    assert log.scene.order(near).state == "en_route"


def test_a_proposal_goes_when_he_moves_again(log: DutyLog) -> None:
    near, far = log.until_the_first_is_on_his_way()
    log.at(3, 10)
    assert log.proposals() == []
    log.walks(far, 330)
    log.at(3, 40)
    proposal = log.proposals()[-1]
    assert (proposal.cause, proposal.state) == ("stalled", "proposed")
    log.walks(near, 560)
    log.at(3, 50)
    assert log.proposals()[-1].state == "lapsed"
    assert log.on_the_console() == 0


def test_who_is_not_heard_any_more_is_replaced_on_the_dispatchers_word(log: DutyLog) -> None:
    near, far = log.until_the_first_is_on_his_way()
    log.blind.add(near.account.id)
    log.walks(far, 400)
    log.at(3, 30)
    assert log.proposals()[-1].cause == "silent"


def test_who_is_almost_there_is_never_sent_back(log: DutyLog) -> None:
    near, far = log.until_the_first_is_on_his_way()
    log.walks(near, 95)
    log.at(1, 10)
    log.walks(far, 10)
    log.at(6)
    assert log.proposals() == []


def test_a_scenario_may_let_it_happen_by_itself(session: Session) -> None:
    log = DutyLog(session, swap="automatic")
    _, far = log.until_the_first_is_on_his_way()
    log.walks(far, 330)
    for seconds in range(0, 90, 10):
        log.at(2, 30 + seconds)
        if log.scene.orders(far):
            break
    assert log.scene.states() == {"p0": "accepted", "g0": "stood_down", "g1": "offered"}
    (proposal,) = log.proposals()
    assert (proposal.state, proposal.decided_by) == ("accepted", None)
    session.commit()
    assert list_violations(session) == []


def test_a_scenario_may_forbid_it(session: Session) -> None:
    log = DutyLog(session, swap="never")
    _, far = log.until_the_first_is_on_his_way()
    log.walks(far, 330)
    log.at(4)
    assert log.proposals() == []
