"""A night at 吴泾 with nobody to spare, told as the duty log would: 紫竹 helps, goes home, and nothing stays open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.aid import ending as aids
from dispatch.aid import service as aid_service
from dispatch.aid.states import AidState
from dispatch.escalation import service as escalation
from dispatch.escalation.model import Alarm
from dispatch.incidents import ending, queries
from dispatch.invariants import list_violations
from dispatch.orders import service as orders
from dispatch.orders.progress import DeclineReason
from geo.responders.model import ResponderIndex
from kit.clock import ManualClock
from kit.errors import NotFound
from tests.support.aid import Neighbours, entries_of, make_neighbours
from tests.support.orders import a_need, told
from tests.support.people import START, Login

#: 02:00 on the wall
NIGHT = START.replace(hour=18)


class DutyLog:
    """Who does what, at the time of the clock."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.clock = ManualClock(NIGHT)
        needs = (a_need("patrol_unit"), a_need(needed=2, radius_m=600, alert_factor=1.0))
        self.scene: Neighbours = make_neighbours(session, *needs, guards=1, other_guards=3, at=NIGHT)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def at(self, minutes: int, seconds: int = 0) -> None:
        """Let time pass; phones report and the worker ticks on the way."""
        until = NIGHT + timedelta(minutes=minutes, seconds=seconds)
        while self.now < until:
            self.clock.advance(seconds=min(5.0, (until - self.now).total_seconds()))
            for login in (*self.scene.guards, *self.scene.other_guards, *self.scene.police):
                assert login.responder is not None
                row = self.session.get_one(ResponderIndex, login.responder.id)
                row.captured_at = row.received_at = self.now
            self.session.flush()
            escalation.tick(self.session, self.now)
            aids.tick(self.session, self.now)

    def does(self, command: Any, login: Login, permission: P = P.ORDER_PROGRESS, **values: Any) -> Any:
        return command(self.session, grant=self.scene.may(login, permission, self.now), at=self.now, **values)

    def answers(self, login: Login, command: Any, **values: Any) -> None:
        self.does(command, login, order_id=self.scene.orders(login)[-1].id, **values)

    def reads_the_incident(self, login: Login) -> bool:
        may = self.scene.may(login, P.INCIDENT_READ, self.now)
        try:
            queries.get_detail(self.session, grant=may, incident_id=self.scene.incident.id)
        except NotFound:
            return False
        return True

    def alarms(self) -> list[Alarm]:
        query = select(Alarm).where(Alarm.incident_id == self.scene.incident.id).order_by(Alarm.raised_at)
        return list(self.session.scalars(query))


@pytest.fixture
def log(session: Session) -> DutyLog:
    return DutyLog(session)


def test_a_night_with_nobody_to_spare(log: DutyLog) -> None:
    scene = log.scene
    wujing, zizhu = scene.dispatcher, scene.other_dispatcher
    own = scene.guards[0]
    first, second, third = scene.other_guards

    # 02:00  A fight at 剑川路. 吴泾 has one car and one guard in the street; two guards are wanted.
    log.does(orders.dispatch, wujing, P.ORDER_OFFER, incident_id=scene.incident.id)
    log.answers(scene.police[0], orders.accept)
    log.answers(own, orders.accept)

    # The circle was made wider, and still one is missing. The alarm says that 紫竹 has three, and when they would come.
    (alarm,) = log.alarms()
    (neighbour,) = alarm.detail["neighbours"]
    assert (alarm.kind, neighbour["station"], neighbour["count"]) == ("helpers_short", scene.other.name, 3)
    assert not log.reads_the_incident(zizhu)

    # 02:01  The dispatcher takes it up and asks 紫竹 for one. Both leaders' telephones ring.
    log.at(1)
    aid = log.does(
        aid_service.request, wujing, P.AID_REQUEST, incident_id=scene.incident.id, station_id=scene.other.id,
        reason="夜间力量不足，请派一名保安员协助警戒", kinds=["guard"], max_people=2,
    )  # fmt: skip
    assert told(log.session, scene.leader) == told(log.session, scene.other_leader) == ["aid.requested"]
    assert not log.reads_the_incident(zizhu)

    # 02:01:20  Both say yes. Within a tick 紫竹's nearest guard is asked; its room reads what it is about.
    log.at(1, 20)
    log.does(aid_service.approve, scene.other_leader, P.AID_DECIDE, aid_id=aid.id)
    log.does(aid_service.approve, scene.leader, P.AID_DECIDE, aid_id=aid.id)
    log.at(1, 25)
    assert scene.order(first).state == "offered"
    assert log.reads_the_incident(zizhu)

    # 02:01:40  He may not leave his gate; the second is asked, and goes.
    log.at(1, 40)
    log.answers(first, orders.decline, reason=DeclineReason.POST)
    log.answers(second, orders.accept)
    assert [order.state for order in scene.orders(third)] == []
    assert scene.needs("guard").state == "filled"

    # 02:05  紫竹 has a call of its own: its leader ends the aid. The guard is on his way and finishes.
    log.at(5)
    log.does(aid_service.revoke, scene.other_leader, P.AID_DECIDE, aid_id=aid.id, reason="本所另有警情")
    assert not log.reads_the_incident(zizhu)
    assert scene.order(second).state == "accepted"

    # 02:15  吴泾 wants another one: of 紫竹 nobody is asked any more.
    log.at(15)
    log.does(orders.request_more, wujing, P.ORDER_OFFER, incident_id=scene.incident.id, kind="guard", count=1)
    assert scene.orders(third) == []

    # 02:20  The second request goes to nobody's ear: after three minutes it lapses, and an alarm says so.
    log.at(20)
    again = log.does(
        aid_service.request, wujing, P.AID_REQUEST, incident_id=scene.incident.id, station_id=scene.other.id,
        reason="仍缺一人", kinds=["guard"],
    )  # fmt: skip
    log.at(23, 5)
    assert again.state == AidState.LAPSED
    assert log.alarms()[-1].kind == "aid_lapsed"

    # 02:30  It is over. He goes home; the incident is called off.
    log.at(30)
    log.answers(second, orders.complete)
    log.answers(own, orders.complete)
    log.does(ending.cancel, wujing, P.INCIDENT_EDIT, incident_id=scene.incident.id, reason="双方已离开")

    # 02:50  Nothing is open any more, to anybody; what was done stands in the record of both.
    log.at(50)
    for login in (zizhu, scene.other_leader, second):
        assert not log.reads_the_incident(login)
    steps = ["aid.requested", "aid.approved", "aid.approved", "aid.activated"]
    lent = ["aid.order_offered", "aid.order_declined", "aid.order_offered", "aid.order_accepted"]
    at_zizhu = [action for action, station in entries_of(log.session, aid.id) if station == scene.other.id]
    assert at_zizhu == [*steps, *lent, "aid.revoked", "aid.order_completed"]
    at_wujing = [action for action, station in entries_of(log.session, aid.id) if station == scene.station.id]
    assert at_wujing == [*steps, "aid.revoked"]
    log.session.commit()
    assert list_violations(log.session) == []
