"""A fight at 剑川路, told as the duty log would: police and guards, one who declines, one who is not needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.escalation import service as escalation
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.invariants import list_violations
from dispatch.orders import arrivals, service
from dispatch.orders.progress import DeclineReason
from dispatch.orders.receipts import take_receipt
from dispatch.scenarios.defaults import DEFAULTS
from geo.crs import Position
from geo.distance import metres_between
from geo.responders.model import ResponderIndex
from kit.clock import ManualClock
from notifications.outbox.model import Message
from tests.support.orders import Scene, make_scene, milestones, told
from tests.support.people import LAT, START, Login, east, point

FIGHT = next(default for default in DEFAULTS if default.key == "fight").spec


class DutyLog:
    """Who does what, at the time of the clock."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.clock = ManualClock(START)
        spec = FIGHT.model_dump(mode="json")
        # this station wants to be certain: as many are asked as the scenario lets it ask
        spec["need"] = [need | {"target_chance": 1.0} for need in spec["need"]]
        self.scene: Scene = make_scene(session, *spec.pop("need"), guards=8, police=2, **spec)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def at(self, minutes: int, seconds: int) -> None:
        """Let time pass to ``minutes:seconds``; phones report and the worker ticks every second on the way."""
        until = START + timedelta(minutes=minutes, seconds=seconds)
        while self.now < until:
            self.clock.advance(seconds=1)
            for login in (*self.scene.guards, *self.scene.police):
                self._report(login)
            escalation.tick(self.session, self.now)
            arrivals.tick(self.session, self.now)

    def the_room_dispatches(self) -> None:
        service.dispatch(self.session, grant=self.scene.room, incident_id=self.scene.incident.id, at=self.now)

    def the_phone_shows_it(self, *people: Login) -> None:
        for login in people:
            query = select(Message).where(Message.account_id == login.account.id, Message.recalled_at.is_(None))
            message = self.session.scalars(query.order_by(Message.created_at.desc())).first()
            assert message is not None
            take_receipt(self.session, actor=login.actor, message_id=message.id, step="shown", at=self.now)

    def accepts(self, login: Login) -> None:
        self._step(service.accept, login)

    def declines(self, login: Login, reason: DeclineReason) -> None:
        service.decline(
            self.session,
            grant=self.scene.grant(login),
            order_id=self.scene.order(login).id,
            reason=reason,
            at=self.now,
        )

    def walks_to(self, login: Login, metres_east: float) -> None:
        self._report(login, position=point(east(metres_east)))

    def finishes(self, login: Login, *ticks: str) -> None:
        order_id = self.scene.order(login).id
        service.complete(self.session, grant=self.scene.grant(login), order_id=order_id, done=ticks, at=self.now)

    def the_officer_sees(self, officer: Login, helper: Login) -> None:
        seeing = self.scene.grant(officer, Permission.ORDER_CONFIRM)
        service.confirm_arrival(self.session, grant=seeing, order_id=self.scene.order(helper).id, at=self.now)

    def _step(self, command: Any, login: Login) -> None:
        order_id = self.scene.order(login).id
        command(self.session, grant=self.scene.grant(login), order_id=order_id, at=self.now)

    def _report(self, login: Login, **values: object) -> None:
        assert login.responder is not None
        row = self.session.get_one(ResponderIndex, login.responder.id)
        for name, value in {"captured_at": self.now, "received_at": self.now, **values}.items():
            setattr(row, name, value)
        self.session.flush()

    @property
    def incident_state(self) -> str:
        return self.session.get_one(Incident, self.scene.incident.id).state


@pytest.fixture
def log(session: Session) -> Iterator[DutyLog]:
    log = DutyLog(session)
    yield log
    session.commit()
    assert list_violations(session) == []


def test_a_fight_with_two_guards(log: DutyLog) -> None:
    g = log.scene.guards
    car, bike = log.scene.police

    # 08:00:05  The command room sends both cars, and asks the six nearest guards for two.
    log.at(0, 5)
    log.the_room_dispatches()
    assert log.scene.states() == {"p0": "offered", "p1": "offered"} | {f"g{n}": "offered" for n in range(6)}
    assert log.incident_state == "dispatched"
    # Guards are told where to wait, not to go up to the fight.
    order = log.scene.order(g[0])
    assert metres_between(Position.of(order.target), Position(east(0), LAT)) == pytest.approx(60, abs=0.1)
    assert "keep_distance" in order.allowed_verbs
    assert "不得抵近" in order.instruction

    # 08:00:07  Phones ring. The fourth guard's is in a cellar.
    log.at(0, 7)
    log.the_phone_shows_it(car, bike, g[0], g[1], g[2], g[4], g[5])

    # 08:00:10  Both crews sign for their order; the first guard may not leave his gate; the seventh is asked.
    log.at(0, 10)
    log.accepts(car)
    log.accepts(bike)
    log.declines(g[0], DeclineReason.POST)
    assert log.scene.states()["g6"] == "offered"

    # 08:00:14  The second guard goes.
    log.at(0, 14)
    log.accepts(g[1])
    assert log.scene.needs("guard").accepted == 1

    # 08:00:21  No receipt from the cellar: the next channel; at 08:00:35 nobody waits for him any more.
    log.at(0, 21)
    assert log.scene.order(g[3]).reminders == 1

    # 08:00:24  The third guard goes: two are enough, all others are stood down at once.
    log.at(0, 24)
    log.accepts(g[2])
    assert log.scene.states() == {
        "p0": "accepted",
        "p1": "accepted",
        "g0": "declined",
        "g1": "accepted",
        "g2": "accepted",
        "g3": "stood_down",
        "g4": "stood_down",
        "g5": "stood_down",
        "g6": "stood_down",
    }
    assert told(log.session, g[4]) == ["order.offered", "order.stood_down"]
    log.the_phone_shows_it(g[4])
    assert "stand_down_received" in milestones(log.session, log.scene.order(g[4]).id)

    # 08:00:40  The second guard sets out, without a tap.
    log.at(0, 40)
    log.walks_to(g[1], 100)
    log.at(0, 41)
    assert log.scene.states()["g1"] == "en_route"

    # 08:01:20  He stands at his point, 60 m from the fight.
    log.walks_to(g[1], 62)
    log.at(1, 20)
    assert milestones(log.session, log.scene.order(g[1]).id)["arrived"][1] == "measured"
    assert log.incident_state == "dispatched"

    # 08:02:30  The first car is there: now the incident has arrived police.
    log.walks_to(car, 8)
    log.at(2, 30)
    assert log.scene.states()["p0"] == "arrived"
    assert log.incident_state == "arrived"

    # 08:02:50  The third guard's phone is blind among the houses; the officer sees him and says so.
    log.at(2, 50)
    log.the_officer_sees(car, g[2])
    assert milestones(log.session, log.scene.order(g[2]).id)["arrived"][1] == "stated"

    # 08:15:00  It is over.
    log.clock.advance(minutes=12, seconds=10)
    log.finishes(g[1], "distance", "crowd")
    log.finishes(g[2], "distance")
    assert log.scene.states()["g1"] == log.scene.states()["g2"] == "completed"
    query = select(IncidentMilestone.name).where(IncidentMilestone.incident_id == log.scene.incident.id)
    assert set(log.session.scalars(query)) == {"received", "dispatched", "arrived"}
