"""Whatever people and time do, in any order, on a real database: the promises hold after every step."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.escalation import service as escalation
from dispatch.invariants import list_violations
from dispatch.orders import arrivals, service
from dispatch.orders.model import Order
from dispatch.orders.progress import DeclineReason, WithdrawReason
from dispatch.orders.receipts import acknowledge
from dispatch.orders.states import LIVE, OPEN, ORDER, UNANSWERED, OrderState
from geo.responders.model import ResponderIndex
from kit.errors import PinganError
from tests.support.orders import Scene, a_need, a_spec, make_incident, make_scene
from tests.support.people import START, Login

GUARDS, POLICE = 5, 2
people = st.integers(0, GUARDS + POLICE - 1)
#: one of the open orders, or now and then one that is over
picks = st.integers(0, 59)
which = st.integers(0, 2)


def _reachable() -> dict[OrderState, frozenset[OrderState]]:
    found = {state: {state} for state in OrderState}
    for _ in OrderState:
        for source, target in ORDER.edges():
            for reached in found.values():
                if source in reached:
                    reached.add(target)
    return {state: frozenset(reached) for state, reached in found.items()}


REACHABLE = _reachable()


class Duty(RuleBasedStateMachine):
    """Three incidents, five guards, two patrols, a dispatcher and a clock. ``promised``: what people saw answered."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.now = START
        self.promised: dict[uuid.UUID, OrderState] = {}

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    @initialize(needed=st.integers(1, 2), factor=st.sampled_from([1.0, 2.0]))
    def begin(self, needed: int, factor: float) -> None:
        needs = (a_need("patrol_unit"), a_need(needed=needed, alert_factor=factor))
        self.scene: Scene = make_scene(self.session, *needs, guards=GUARDS, police=POLICE)
        spec = a_spec(*needs)
        others = [make_incident(self.session, self.scene.station, spec) for _ in range(2)]
        self.incidents = [self.scene.incident.id, *(incident.id for incident in others)]
        self.people = [*self.scene.guards, *self.scene.police]
        self.session.commit()
        self.dispatch(0)

    def attempt(self, command: Any, **values: Any) -> Order | None:
        """Do it as the edge does: commit, or undo when it is refused."""
        try:
            done = command(self.session, at=self.now, **values)
            self.session.commit()
        except PinganError:
            self.session.rollback()
            return None
        if isinstance(done, Order):
            self.promised[done.id] = OrderState(done.state)
            return done
        return None

    def pick(self, n: int, among: frozenset[OrderState] = OPEN) -> tuple[Order, Login] | None:
        query = select(Order).where(Order.station_id == self.scene.station.id).order_by(Order.offered_at, Order.id)
        orders = list(self.session.scalars(query, execution_options={"populate_existing": True}))
        open_ = [order for order in orders if order.state in among]
        chosen = open_ if open_ and n < 50 else orders
        if not chosen:
            return None
        order = chosen[n % len(chosen)]
        return order, next(login for login in self.people if login.account.id == order.account_id)

    def step(self, n: int, command: Any, among: frozenset[OrderState] = OPEN, **values: Any) -> None:
        if (picked := self.pick(n, among)) is not None:
            order, login = picked
            self.attempt(command, grant=self.scene.grant(login), order_id=order.id, **values)

    @rule(n=which)
    def dispatch(self, n: int) -> None:
        self.attempt(service.dispatch, grant=self.scene.room, incident_id=self.incidents[n])

    @rule(n=picks)
    def accept(self, n: int) -> None:
        self.step(n, service.accept, UNANSWERED)

    @rule(one=picks, other=picks)
    def accept_twice(self, one: int, other: int) -> None:
        self.accept(one)
        self.accept(other)

    @rule(n=picks)
    def decline(self, n: int) -> None:
        self.step(n, service.decline, UNANSWERED, reason=DeclineReason.BUSY)

    @rule(n=picks, step=st.sampled_from(["received", "shown"]))
    def receive(self, n: int, step: str) -> None:
        if (picked := self.pick(n)) is not None:
            self.attempt(acknowledge, subject_id=picked[0].id, actor=picked[1].actor, step=step)

    @rule(n=picks, command=st.sampled_from([service.depart, service.arrive, service.complete]))
    def progress(self, n: int, command: Any) -> None:
        self.step(n, command, LIVE)

    @rule(n=picks)
    def withdraw(self, n: int) -> None:
        self.step(n, service.withdraw, LIVE, reason=WithdrawReason.OTHER)

    @rule(n=picks, command=st.sampled_from([service.cancel, service.stand_down, service.force]))
    def control(self, n: int, command: Any) -> None:
        # a dispatcher who takes back as often as people accept leaves nothing to test
        if n % 3 == 0 and (picked := self.pick(n)) is not None:
            self.attempt(command, grant=self.scene.control, order_id=picked[0].id, reason="值班决定")

    @rule(n=picks, other=people)
    def reassign(self, n: int, other: int) -> None:
        picked, responder = self.pick(n), self.people[other].responder
        if picked is not None and responder is not None:
            self.attempt(
                service.reassign,
                grant=self.scene.control,
                order_id=picked[0].id,
                responder_id=responder.id,
                reason="值班决定",
            )

    @rule(n=which)
    def more(self, n: int) -> None:
        self.attempt(service.request_more, grant=self.scene.room, incident_id=self.incidents[n], kind="guard", count=1)

    @rule(n=st.integers(1, 12))
    def call_off(self, n: int) -> None:
        from dispatch.incidents.ending import cancel

        if n >= len(self.incidents):
            return
        edit = grant(self.scene.dispatcher.actor, Permission.INCIDENT_EDIT)
        self.attempt(cancel, grant=edit, incident_id=self.incidents[n], reason="误报")

    @rule(seconds=st.sampled_from([1, 2, 5, 10, 30]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.session.execute(
            update(ResponderIndex)
            .where(ResponderIndex.station_id == self.scene.station.id, ResponderIndex.position.is_not(None))
            .values(captured_at=self.now, received_at=self.now)
        )
        # whatever became due while nobody ticked is caught up in one go
        for _ in range(20):
            if self.attempt_tick() == 0:
                break

    def attempt_tick(self) -> int:
        done = escalation.tick(self.session, self.now) + arrivals.tick(self.session, self.now)
        self.session.commit()
        return done

    @invariant()
    def no_promise_is_broken(self) -> None:
        """I-2, I-3, I-5, I-24."""
        assert list_violations(self.session) == []

    @invariant()
    def what_was_answered_is_never_lost(self) -> None:
        """I-1."""
        if not self.promised:
            return
        rows = self.session.execute(select(Order.id, Order.state).where(Order.id.in_(self.promised)))
        for order_id, state in rows:
            assert OrderState(state) in REACHABLE[self.promised[order_id]]

    @invariant()
    def nobody_is_left_waiting(self) -> None:
        """I-10: after a tick nothing is overdue; whoever is short is looked for again or alarmed."""
        overdue = _count(
            self.session,
            "SELECT count(*) FROM orders WHERE state IN ('offered', 'received', 'shown') AND accept_due_at <= :at",
            self.now,
        )
        assert overdue == 0
        silent = _count(
            self.session,
            "SELECT count(*) FROM needs n JOIN incidents i ON i.id = n.incident_id"
            " WHERE n.state = 'short' AND i.ended_at IS NULL AND (n.retry_at IS NULL OR NOT EXISTS"
            " (SELECT FROM alarms a WHERE a.incident_id = i.id AND a.kind LIKE '%\\_short' AND :at >= a.raised_at))",
            self.now,
        )
        assert silent == 0


def _count(session: Session, query: str, at: datetime) -> int:
    return int(session.execute(text(query), {"at": at}).scalar_one())


@pytest.mark.timeout(110)
def test_no_order_of_events_breaks_a_promise(committed_database: Engine) -> None:
    machine = type("Machine", (Duty,), {"engine": committed_database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
