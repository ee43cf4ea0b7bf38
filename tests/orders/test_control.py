"""What a dispatcher does by hand, and what others do with somebody's order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.orders import service
from dispatch.orders.errors import (
    IncidentNotWorkable,
    MovedOn,
    OrderCancelled,
    ReasonRequired,
    ResponderTaken,
    ResponderUnfit,
)
from dispatch.orders.states import OrderState
from kit.errors import NotFound
from kit.record import RecordEntry
from tests.support.orders import make_scene, milestones, told
from tests.support.people import START, east, guard, make_station


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class TestByHand:
    def test_a_dispatchers_own_choice_needs_a_reason_and_is_recorded(self, session: Session) -> None:
        scene = make_scene(session, guards=2)
        far = scene.guards[1].helper.id
        with pytest.raises(ReasonRequired):
            service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START, responder_ids=[far])
        service.dispatch(
            session,
            grant=scene.room,
            incident_id=scene.incident.id,
            at=START,
            responder_ids=[far],
            reason="熟悉该小区",
        )
        assert scene.states() == {"p0": "offered", "g1": "offered"}
        session.commit()
        entry = session.scalars(select(RecordEntry).where(RecordEntry.action == "recommendation.overruled")).one()
        assert entry.reason == "熟悉该小区"

    def test_the_advised_one_is_chosen_by_hand_without_a_reason(self, session: Session) -> None:
        scene = make_scene(session)
        near = scene.guards[0].helper.id
        service.dispatch(
            session, grant=scene.room, incident_id=scene.incident.id, at=START, responder_ids=[near], auto=False
        )
        assert scene.states() == {"g0": "offered"}

    def test_who_is_off_duty_cannot_be_sent_by_anybody(self, session: Session) -> None:
        scene = make_scene(session, guards=0)
        resting = guard(session, scene.station, lon=east(50), on_duty=False)
        with pytest.raises(ResponderUnfit) as refused:
            service.dispatch(
                session, grant=scene.room, incident_id=scene.incident.id, at=START, reason="就近",
                responder_ids=[resting.helper.id],
            )  # fmt: skip
        assert refused.value.extra["reason"] == "off_duty"

    def test_who_is_engaged_cannot_be_had_twice(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        with pytest.raises(ResponderTaken):
            service.dispatch(
                session, grant=scene.room, incident_id=scene.incident.id, at=START, reason="再派",
                responder_ids=[scene.guards[0].helper.id],
            )  # fmt: skip

    def test_another_stations_guard_is_not_there(self, session: Session) -> None:
        scene = make_scene(session)
        foreign = guard(session, make_station(session), lon=east(10))
        with pytest.raises(NotFound):
            service.dispatch(
                session, grant=scene.room, incident_id=scene.incident.id, at=START, reason="就近",
                responder_ids=[foreign.helper.id],
            )  # fmt: skip


class TestControl:
    def test_a_cancelled_order_is_replaced_and_its_accept_is_told_so(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        near = scene.guards[0]
        order_id = scene.order(near).id
        service.cancel(session, grant=scene.control, order_id=order_id, reason="误派", at=later(2))
        assert scene.states() == {"p0": "offered", "g0": "cancelled", "g1": "offered"}
        assert told(session, near) == ["order.cancelled"]
        with pytest.raises(OrderCancelled):
            service.accept(session, grant=scene.grant(near), order_id=order_id, at=later(3))

    def test_a_cancel_of_an_offer_loses_against_an_accept(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        near = scene.guards[0]
        order_id = scene.order(near).id
        service.accept(session, grant=scene.grant(near), order_id=order_id, at=later(2))
        with pytest.raises(MovedOn) as refused:
            service.cancel(
                session, grant=scene.control, order_id=order_id, reason="误派", at=later(2),
                seen_state=OrderState.OFFERED,
            )  # fmt: skip
        assert refused.value.extra["state"] == "accepted"
        assert scene.order(near).state == "accepted"

    def test_a_stood_down_place_is_not_filled_again(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        near = scene.guards[0]
        order_id = scene.order(near).id
        service.accept(session, grant=scene.grant(near), order_id=order_id, at=later(2))
        service.stand_down(session, grant=scene.control, order_id=order_id, reason="民警已控制", at=later(9))
        assert scene.states() == {"p0": "offered", "g0": "stood_down"}
        assert scene.needs().state == "closed"

    def test_a_task_is_given_to_another_one_or_not_at_all(self, session: Session) -> None:
        scene = make_scene(session, guards=3)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        first, _, third = scene.guards
        order_id = scene.order(first).id
        service.accept(session, grant=scene.grant(first), order_id=order_id, at=later(2))
        new = service.reassign(
            session, grant=scene.control, order_id=order_id, responder_id=third.helper.id, reason="更近",
            at=later(5),
        )  # fmt: skip
        assert (new.state, new.replaces_id, new.responder_id) == ("offered", order_id, third.helper.id)
        assert scene.order(first).state == "cancelled"

    def test_a_forced_accept_is_stated_and_says_nothing_of_the_phone(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        order_id = scene.order(scene.guards[0]).id
        order = service.force(session, grant=scene.control, order_id=order_id, reason="电话答复前往", at=later(6))
        assert (order.state, order.forced) == ("accepted", True)
        passed = milestones(session, order_id)
        assert passed["accepted"] == (later(6), "stated")
        assert "received" not in passed

    def test_the_officer_at_the_scene_asks_for_more(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        car, near = scene.police[0], scene.guards[0]
        for login in (car, near):
            service.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=later(2))
        service.request_more(
            session, grant=scene.grant(car, Permission.ORDER_OFFER), incident_id=scene.incident.id, kind="guard",
            count=1, at=later(60),
        )  # fmt: skip
        assert scene.states() == {"p0": "accepted", "g0": "accepted", "g1": "offered"}
        assert scene.needs().needed == 2

    def test_an_ended_incident_gets_nobody(self, session: Session) -> None:
        from dispatch.access.table import grant
        from dispatch.incidents.ending import cancel

        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        edit = grant(scene.dispatcher.actor, Permission.INCIDENT_EDIT)
        cancel(session, grant=edit, incident_id=scene.incident.id, reason="误报", at=later(3))
        assert scene.states() == {"p0": "cancelled", "g0": "cancelled"}
        with pytest.raises(IncidentNotWorkable):
            service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=later(4))
