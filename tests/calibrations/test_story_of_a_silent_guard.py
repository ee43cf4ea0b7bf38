"""One shift: the guard at the gate never looks at his phone, the one across the street always comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch.calibrations import service as calibrations
from dispatch.escalation import service as escalation
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.queries import show
from dispatch.matching.service import recompute
from dispatch.orders import service as orders
from dispatch.orders.receipts import acknowledge
from geo.responders.model import ResponderIndex
from tests.support.orders import Scene, a_need, a_spec, make_incident, make_scene
from tests.support.people import START, Login


class Shift:
    """What happens at the station, hour by hour."""

    def __init__(self, session: Session) -> None:
        self.session = session
        spec = [a_need("patrol_unit"), a_need(alert_factor=2.0, target_chance=0.6)]
        self.scene: Scene = make_scene(session, *spec, step_m=40)
        self.scenario_id = self.scene.incident.scenario_id
        self.gate, self.street = self.scene.guards

    def a_call(self, at: datetime) -> None:
        """The command room sends for a new call; everybody stands where he stood."""
        session = self.session
        incident = make_incident(session, self.scene.station, a_spec(), at=at)
        incident.scenario_id = self.scenario_id
        session.execute(
            update(ResponderIndex)
            .where(ResponderIndex.station_id == self.scene.station.id, ResponderIndex.position.is_not(None))
            .values(captured_at=at, received_at=at)
        )
        self.scene.incident = incident
        orders.dispatch(session, grant=self.scene.room, incident_id=incident.id, at=at)

    def asked(self) -> list[Login]:
        """The guards who were asked for the present call, in the order of the list."""
        return [login for login in self.scene.guards if self._order_of(login) is not None]

    def it_goes_as_ever(self, at: datetime) -> None:
        """The gate is silent until it is replaced; the street comes; then all is over."""
        session, scene = self.session, self.scene
        for seconds in (5, 10, 20):
            if self._order_of(self.street) is not None:
                self._has_it(self.street, at + timedelta(seconds=seconds))
            escalation.tick(session, at + timedelta(seconds=seconds))
        order = self._order_of(self.street)
        assert order is not None
        orders.accept(session, grant=scene.grant(self.street), order_id=order.id, at=at + timedelta(seconds=25))
        orders.depart(session, grant=scene.grant(self.street), order_id=order.id, at=at + timedelta(seconds=55))
        orders.complete(session, grant=scene.grant(self.street), order_id=order.id, at=at + timedelta(seconds=300))
        orders.end_all(session, scene.incident.id, at=at + timedelta(seconds=310))

    def recommendation(self) -> Recommendation:
        query = select(Recommendation).join(Need, Need.id == Recommendation.need_id)
        query = query.where(Need.incident_id == self.scene.incident.id, Need.kind == "guard")
        return self.session.scalars(query.order_by(Recommendation.made_at, Recommendation.id)).all()[0]

    def _order_of(self, login: Login) -> Any:
        return next((o for o in self.scene.orders(login) if o.incident_id == self.scene.incident.id), None)

    def _has_it(self, login: Login, at: datetime) -> None:
        order = self._order_of(login)
        acknowledge(self.session, subject_id=order.id, actor=login.actor, step="received", at=at)


@pytest.fixture
def shift(session: Session) -> Shift:
    return Shift(session)


def test_a_guard_who_never_answers_is_asked_after_the_one_who_comes(shift: Shift, session: Session) -> None:
    # 16:00 nothing is known: both are asked, the nearer one first in the list
    shift.a_call(START)
    assert shift.asked() == [shift.gate, shift.street]
    first = show(session, [shift.recommendation()])[0]
    assert first["chosen"][0]["responder_id"] == shift.gate.helper.id
    assert "签收可能 50 %（暂无记录，按本所平均）" in first["chosen"][0]["why"]
    shift.it_goes_as_ever(START)
    # 16:40 to 20:00 it goes the same way each time
    for number in range(1, 6):
        at = START + timedelta(minutes=40 * number)
        shift.a_call(at)
        shift.it_goes_as_ever(at)
    # 20:30 the worker learns from it
    calibrations.refresh(session, shift.scene.station.id, at=START + timedelta(hours=4, minutes=30))
    # 21:00 the one across the street is asked, alone; the gate waits behind him
    shift.a_call(START + timedelta(hours=5))
    assert shift.asked() == [shift.street]
    made = show(session, [shift.recommendation()])[0]
    assert [one["responder_id"] for one in made["reserves"]] == [shift.gate.helper.id]
    assert made["reserves"][0]["parts"]["silence_s"] > made["chosen"][0]["parts"]["silence_s"]
    assert "（近 6 次）" in made["chosen"][0]["why"]
    assert made["summary"].startswith("请求 1 人，1 人按时签收的把握")
    stored = shift.recommendation()
    assert stored.inputs["calibration"] == 1
    assert recompute(stored) == stored.result
