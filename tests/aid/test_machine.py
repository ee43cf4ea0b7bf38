"""I-17, I-18, I-22: after whatever people and time have done, everybody sees what the rules say, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.aid import ending
from dispatch.aid import service as aids
from dispatch.aid.model import Aid
from dispatch.escalation import service as escalation
from dispatch.incidents import queries as incident_queries
from dispatch.incidents.ending import cancel
from dispatch.incidents.model import Incident
from dispatch.invariants import list_violations
from dispatch.live.positions import read_positions
from dispatch.orders import queries as order_queries
from dispatch.orders import service as orders
from dispatch.orders.model import Order
from dispatch.orders.progress import DeclineReason
from dispatch.orders.states import LIVE, OPEN, UNANSWERED
from dispatch.pacts import service as pacts
from dispatch.pacts.limits import Limits
from dispatch.projections import PROJECTIONS
from geo.responders.model import Responder, ResponderIndex
from kit.errors import PinganError
from kit.feed import station_audience
from kit.paging import Slice
from notifications.live.positions import PositionRequest
from tests.support.aid import Neighbours, make_neighbours
from tests.support.orders import a_need, a_spec, make_incident
from tests.support.people import START, Login

NEEDS = (a_need("patrol_unit"), a_need(needed=2, radius_m=2000, alert_factor=2.0))
ALL = Slice(limit=200)
picks = st.integers(0, 11)
sides = st.booleans()


@dataclass
class Granted:
    """The model of one aid: what was said, and when."""

    incident: uuid.UUID
    yes: set[str]
    asked_at: datetime
    lasts: timedelta
    starts: datetime | None = None
    over: bool = False


class Night(RuleBasedStateMachine):
    """吴泾 with two incidents and a guard, 紫竹 with four. ``granted`` is the model; the database is asked the same."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        self.now = START
        self.granted: dict[uuid.UUID, Granted] = {}
        self.ended: dict[uuid.UUID, datetime] = {}

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    @initialize()
    def begin(self) -> None:
        self.scene: Neighbours = make_neighbours(self.session, *NEEDS, guards=1, other_guards=4)
        other = make_incident(self.session, self.scene.station, a_spec(*NEEDS))
        self.incidents = [self.scene.incident.id, other.id]
        self.people = [*self.scene.guards, *self.scene.other_guards, *self.scene.police]
        self.session.commit()
        # the night begins in the middle of it: one incident is open to 紫竹, its guards are asked
        self.open_it(0)
        self.dispatch(0)
        assert any(order.aid_id is not None for order in self.list_orders())

    def attempt(self, command: Any, **values: Any) -> Any:
        """Do it as the edge does: commit, or undo when it is refused; None then."""
        try:
            done = command(self.session, at=self.now, **values)
            self.session.commit()
        except PinganError:
            self.session.rollback()
            return None
        return done

    def may(self, login: Login, permission: P) -> Any:
        return self.scene.may(login, permission, self.now)

    @rule(n=st.integers(0, 1), by_leader=sides, lasts_s=st.sampled_from([600, 1800]))
    def request(self, n: int, by_leader: bool, lasts_s: int) -> None:
        login = self.scene.leader if by_leader else self.scene.dispatcher
        aid = self.attempt(
            aids.request, grant=self.may(login, P.AID_REQUEST), incident_id=self.incidents[n],
            station_id=self.scene.other.id, reason="力量不足", kinds=["guard"], lasts_s=lasts_s,
        )  # fmt: skip
        if aid is not None:
            yes = {"a"} if by_leader else set()
            self.granted[aid.id] = Granted(self.incidents[n], yes, self.now, timedelta(seconds=lasts_s))

    @rule(n=st.integers(0, 1))
    def open_it(self, n: int) -> None:
        before = set(self.granted)
        self.request(n, True, 1800)
        for aid_id in self.granted.keys() - before:
            self.agree(aid_id, asking=False)

    def agree(self, aid_id: uuid.UUID, *, asking: bool) -> None:
        login = self.scene.leader if asking else self.scene.other_leader
        if self.attempt(aids.approve, grant=self.may(login, P.AID_DECIDE), aid_id=aid_id) is not None:
            granted = self.granted[aid_id]
            granted.yes.add("a" if asking else "b")
            if granted.yes == {"a", "b"} and granted.starts is None:
                granted.starts = self.now

    def pick_aid(self, n: int) -> tuple[uuid.UUID, Granted] | None:
        left = [(id_, g) for id_, g in self.granted.items() if not g.over] or list(self.granted.items())
        return left[n % len(left)] if left else None

    @rule(n=picks, asking=sides)
    def approve(self, n: int, asking: bool) -> None:
        if (picked := self.pick_aid(n)) is not None:
            self.agree(picked[0], asking=asking)

    @rule(n=picks, asking=sides, how=st.sampled_from(["revoke", "decline", "release"]))
    def end(self, n: int, asking: bool, how: str) -> None:
        if n % 3 == 0 and (picked := self.pick_aid(n)) is not None:
            login = self.scene.leader if asking else self.scene.other_leader
            permission = P.AID_RELEASE if how == "release" else P.AID_DECIDE
            done = self.attempt(
                getattr(aids, how), grant=self.may(login, permission), aid_id=picked[0], reason="值班决定"
            )
            picked[1].over |= done is not None

    @rule(n=st.integers(0, 1))
    def dispatch(self, n: int) -> None:
        self.attempt(orders.dispatch, grant=self.may(self.scene.dispatcher, P.ORDER_OFFER),
                     incident_id=self.incidents[n])  # fmt: skip

    @rule(n=picks)
    def accept(self, n: int) -> None:
        self.step(n, "accept")

    @rule(n=picks)
    def complete(self, n: int) -> None:
        self.step(n, "complete")

    @rule(n=picks, command=st.sampled_from(["decline", "recall"]))
    def step(self, n: int, command: str) -> None:
        states = LIVE if command == "complete" else OPEN if command == "recall" else UNANSWERED
        found = [order for order in self.list_orders() if order.state in states]
        found = [order for order in found if order.aid_id is not None] or found
        if not found:
            return
        order = found[n % len(found)]
        login = next(person for person in self.people if person.account.id == order.account_id)
        grant, values = self.may(login, P.ORDER_PROGRESS), dict[str, Any]()
        if command == "decline":
            values["reason"] = DeclineReason.BUSY
        if command == "recall":
            grant, values["reason"] = self.may(self.scene.other_dispatcher, P.AID_RECALL), "本所急需"
        self.attempt(getattr(orders, command), grant=grant, order_id=order.id, **values)

    @rule(n=st.integers(0, 9))
    def call_off(self, n: int) -> None:
        if n < len(self.incidents):
            done = self.attempt(
                cancel, grant=self.may(self.scene.dispatcher, P.INCIDENT_EDIT), incident_id=self.incidents[n],
                reason="误报",
            )  # fmt: skip
            if done is not None:
                self.ended[self.incidents[n]] = self.now

    @rule(one=sides)
    def agree_and_fall_out(self, one: bool) -> None:
        pact = self.attempt(
            lambda session, at: pacts.propose(
                session, grant=self.may(self.scene.leader, P.PACT_SIGN), station_id=self.scene.other.id,
                limits=Limits(), at=at,
            )
        )  # fmt: skip
        assert pact is not None
        login = self.scene.leader if one else self.scene.other_leader
        self.attempt(pacts.revoke, grant=self.may(login, P.PACT_SIGN), pact_id=pact.id, reason="未谈妥")

    @rule(seconds=st.sampled_from([5, 40, 200, 600, 900]), works=sides)
    def time_passes(self, seconds: int, works: bool) -> None:
        """``works``: whether there is a worker; what runs out runs out without one."""
        self.now += timedelta(seconds=seconds)
        for granted in self.granted.values():
            granted.over |= granted.starts is None and self.now >= granted.asked_at + aids.CONSENT_WITHIN
        self.session.execute(
            update(ResponderIndex).where(ResponderIndex.position.is_not(None))
            .values(captured_at=self.now, received_at=self.now)
        )  # fmt: skip
        self.session.commit()
        if works:
            for tick in (ending.tick, escalation.tick):
                for _ in range(20):
                    done = tick(self.session, self.now)
                    self.session.commit()
                    if not done:
                        break

    def list_orders(self) -> list[Order]:
        query = select(Order).where(Order.incident_id.in_(self.incidents)).order_by(Order.offered_at, Order.id)
        return list(self.session.scalars(query, execution_options={"populate_existing": True}))

    def is_live(self, granted: Granted) -> bool:
        if granted.over or granted.starts is None or self.now >= granted.starts + granted.lasts:
            return False
        ended = self.ended.get(granted.incident)
        return ended is None or self.now < ended + timedelta(minutes=15)

    def open_to_the_neighbour(self) -> set[uuid.UUID]:
        return {granted.incident for granted in self.granted.values() if self.is_live(granted)}

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert list_violations(self.session) == []

    @invariant()
    def everybody_reads_what_the_model_says(self) -> None:
        lent = self.lent()
        for login in (self.scene.other_dispatcher, self.scene.other_leader):
            views, _ = incident_queries.list_incidents(
                self.session, grant=self.may(login, P.INCIDENT_LIST), only=incident_queries.Filter(), slice_=ALL
            )
            assert {view.id for view in views} == self.open_to_the_neighbour()
            assert all(view.caller_phone_mask is None for view in views)
            listed = order_queries.list_orders(self.session, self.may(login, P.ORDER_READ), ALL)
            assert {order.id for order in listed} == {
                order.id for order in lent if order.incident_id in self.open_to_the_neighbour() or order.state in OPEN
            }
        mine, _ = incident_queries.list_incidents(
            self.session, grant=self.may(self.scene.dispatcher, P.INCIDENT_LIST), only=incident_queries.Filter(),
            slice_=ALL,
        )  # fmt: skip
        assert {view.id for view in mine} == set(self.incidents)

    @invariant()
    def the_host_sees_a_name_and_a_place_from_acceptance_to_finish(self) -> None:
        lent = self.lent()
        host = self.may(self.scene.dispatcher, P.ORDER_READ)
        shown = order_queries.show(self.session, [order.id for order in lent], host.actor)
        names = {r.id: r.name for r in self.session.scalars(select(Responder))}
        for order, view in zip(lent, shown, strict=True):
            assert (view["responder"]["name"] == names[order.responder_id]) is (order.state in LIVE)
        at_it = {str(order.responder_id) for order in lent if order.state in LIVE}
        both = frozenset({self.scene.station.id, self.scene.other.id})
        asked = PositionRequest(
            station_ids=frozenset(), since=None, whole_station_ids=both, officer_account_ids=frozenset()
        )
        found = read_positions(self.session, asked)
        assert set(found.lent_to.get(self.scene.station.id, {})) == at_it
        assert self.scene.other.id not in found.lent_to

    @invariant()
    def the_screens_show_no_more(self) -> None:
        """By the state alone, as screens do: never more than the model once the worker has been."""
        own = {him.responder.id for him in self.scene.other_guards if him.responder is not None}
        lent = self.lent()
        query = select(Aid.incident_id).where(Aid.state == "active", Aid.incident_id.in_(self.incidents))
        active = set(self.session.scalars(query))
        goes_on = set(self.session.scalars(select(Incident.id).where(Incident.ended_at.is_(None))))
        of_neighbour = dict(self.screen(self.scene.other.id))
        assert of_neighbour.get("incident", set()) == active & goes_on
        assert of_neighbour.get("order", set()) == {
            order.id for order in lent if order.state in OPEN or order.incident_id in active & goes_on
        }
        of_host = dict(self.screen(self.scene.station.id))
        assert of_host["responder"] & own == {order.responder_id for order in lent if order.state in LIVE}

    def lent(self) -> list[Order]:
        return [order for order in self.list_orders() if order.aid_id is not None]

    def screen(self, station_id: uuid.UUID) -> Iterator[tuple[str, set[uuid.UUID]]]:
        audience = station_audience(station_id)
        for entity, module in PROJECTIONS.items():
            ids = module.list_shown(self.session, audience)
            shown = {p.entity_id for p in module.project(self.session, ids) if p.audience == audience and p.value}
            assert shown == set(ids), "what is listed is shown, and the other way round"
            yield entity, shown


@pytest.mark.timeout(110)
def test_no_order_of_events_shows_anybody_what_is_not_his(committed_database: Engine) -> None:
    machine = type("Machine", (Night,), {"engine": committed_database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            # a failing night is long as it is: it is read, not shrunk
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
