"""Dispatch, accept, decline, arrive, complete: the rules, one by one, on the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.escalation.model import Alarm
from dispatch.incidents.model import Incident
from dispatch.matching.model import Recommendation
from dispatch.matching.service import plan_of, recompute
from dispatch.orders import service
from dispatch.orders.errors import (
    ChecklistIncomplete,
    CommandNotDeclinable,
    IncidentNotWorkable,
    MovedOn,
    OfferExpired,
    OrderCancelled,
    OrderTaken,
    PhotoRequired,
    ReasonRequired,
    ResponderTaken,
    ResponderUnfit,
)
from dispatch.orders.progress import DeclineReason, WithdrawReason
from dispatch.orders.receipts import take_receipt
from dispatch.orders.states import OrderState
from geo.crs import Position
from geo.distance import metres_between
from geo.responders.model import ResponderIndex
from kit.errors import NotFound
from kit.record import RecordEntry
from kit.states import TransitionRefused
from notifications.outbox.model import Message
from tests.support.orders import a_need, make_incident, make_scene, milestones, told
from tests.support.people import LAT, START, east, guard, make_station

POLICE = a_need("patrol_unit")


def later(seconds: float):  # type: ignore[no-untyped-def]
    return START + timedelta(seconds=seconds)


def engaged(session: Session, login) -> bool:  # type: ignore[no-untyped-def]
    query = select(ResponderIndex.engaged).where(ResponderIndex.responder_id == login.responder.id)
    return bool(session.scalar(query))


def message_of(session: Session, login) -> Message:  # type: ignore[no-untyped-def]
    query = select(Message).where(Message.account_id == login.account.id, Message.recalled_at.is_(None))
    return session.scalars(query.order_by(Message.created_at.desc())).first()


def test_police_are_commanded_and_the_nearest_guards_asked_at_once(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=1, alert_factor=2.0), guards=3)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert scene.states() == {"p0": "offered", "g0": "offered", "g1": "offered"}
    assert scene.order(scene.police[0]).mode == "command"
    assert told(session, scene.police[0]) == ["order.commanded"]
    assert told(session, scene.guards[0]) == ["order.offered"]
    assert told(session, scene.guards[2]) == []
    assert engaged(session, scene.guards[0]) and not engaged(session, scene.guards[2])
    assert session.get(Incident, scene.incident.id).state == "dispatched"


def test_dispatching_twice_asks_nobody_twice(session: Session) -> None:
    scene = make_scene(session, guards=3)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=later(1)) == []


def test_a_recommendation_is_made_again_from_what_was_stored(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=2, alert_factor=1.5), guards=5)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    stored = session.scalars(select(Recommendation).where(Recommendation.incident_id == scene.incident.id)).all()
    assert len(stored) == 2
    assert all(recompute(r) == r.result for r in stored)


def test_the_first_to_accept_gets_the_place_and_the_rest_are_stood_down_at_once(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=1, alert_factor=3.0), guards=3)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    winner, *others = scene.guards
    order = service.accept(session, grant=scene.grant(winner), order_id=scene.order(winner).id, at=later(5))
    assert order.state == "accepted"
    assert scene.states() == {"p0": "offered", "g0": "accepted", "g1": "stood_down", "g2": "stood_down"}
    assert scene.needs().state == "filled"
    assert told(session, others[0]) == ["order.stood_down"]
    assert not engaged(session, others[0])


def test_a_second_accept_loses_and_is_told_why(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=1, alert_factor=2.0))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    first, second = scene.guards
    service.accept(session, grant=scene.grant(first), order_id=scene.order(first).id, at=later(3))
    with pytest.raises(OrderTaken) as refused:
        service.accept(session, grant=scene.grant(second), order_id=scene.order(second).id, at=later(4))
    assert refused.value.extra["state"] == "stood_down"


def test_accepting_twice_gives_the_same_answer(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    grant, order_id = scene.grant(scene.guards[0]), scene.order(scene.guards[0]).id
    first = service.accept(session, grant=grant, order_id=order_id, at=later(3)).version
    again = service.accept(session, grant=grant, order_id=order_id, at=later(4))
    assert (again.state, again.version) == ("accepted", first)


def test_somebody_elses_order_is_not_there(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    with pytest.raises(NotFound):
        service.accept(session, grant=scene.grant(scene.guards[1]), order_id=scene.order(scene.guards[0]).id, at=START)


def test_what_was_passed_over_is_written_as_inferred(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    order = scene.order(scene.guards[0])
    service.accept(session, grant=scene.grant(scene.guards[0]), order_id=order.id, at=later(7))
    assert milestones(session, order.id) == {
        "offered": (START, "measured"),
        "received": (later(7), "inferred"),
        "shown": (later(7), "inferred"),
        "accepted": (later(7), "measured"),
    }


def test_receipts_move_the_order_in_any_order_and_only_once(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    him = scene.guards[0]
    message = message_of(session, him)
    take_receipt(session, actor=him.actor, message_id=message.id, step="shown", at=later(2))
    take_receipt(session, actor=him.actor, message_id=message.id, step="received", at=later(3))
    take_receipt(session, actor=him.actor, message_id=message.id, step="shown", at=later(4))
    assert scene.order(him).state == "shown"
    assert milestones(session, scene.order(him).id)["received"] == (later(2), "inferred")
    with pytest.raises(NotFound):
        take_receipt(session, actor=scene.guards[1].actor, message_id=message.id, step="shown", at=later(4))


def test_a_stand_down_is_acknowledged_by_the_device(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(alert_factor=2.0))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    first, second = scene.guards
    service.accept(session, grant=scene.grant(first), order_id=scene.order(first).id, at=later(3))
    take_receipt(session, actor=second.actor, message_id=message_of(session, second).id, step="received", at=later(4))
    assert milestones(session, scene.order(second).id)["stand_down_received"] == (later(4), "measured")


def test_who_declines_is_replaced_in_the_same_transaction(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    near, far = scene.guards
    order = scene.order(near)
    service.decline(session, grant=scene.grant(near), order_id=order.id, reason=DeclineReason.POST, at=later(4))
    assert scene.states() == {"p0": "offered", "g0": "declined", "g1": "offered"}
    assert scene.order(far).replaces_id == order.id
    assert not engaged(session, near)


def test_a_command_cannot_be_declined(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    car = scene.police[0]
    with pytest.raises(CommandNotDeclinable):
        service.decline(
            session, grant=scene.grant(car), order_id=scene.order(car).id, reason=DeclineReason.BUSY, at=START
        )


def test_nobody_left_widens_once_and_then_alarms(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=2, radius_m=120), guards=3, step_m=100)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    # 100 m is near enough, 200 m after widening, 300 m never
    assert scene.states() == {"p0": "offered", "g0": "offered", "g1": "offered"}
    assert scene.needs().widened
    him = scene.guards[0]
    service.decline(
        session, grant=scene.grant(him), order_id=scene.order(him).id, reason=DeclineReason.BUSY, at=later(5)
    )
    (alarm,) = session.scalars(select(Alarm).where(Alarm.incident_id == scene.incident.id))
    assert (alarm.kind, alarm.detail["short_of"]) == ("helpers_short", 1)
    assert {"AllAsked", "OutsideRadius"} <= {r["reason"] for r in alarm.detail["reasons"]}
    assert told(session, scene.dispatcher) == ["alarm.raised"]
    assert scene.needs().state == "short"


def test_a_withdrawal_gives_the_place_to_the_next(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    near, far = scene.guards
    order_id = scene.order(near).id
    service.accept(session, grant=scene.grant(near), order_id=order_id, at=later(3))
    service.withdraw(session, grant=scene.grant(near), order_id=order_id, reason=WithdrawReason.RECALLED, at=later(30))
    assert scene.states() == {"p0": "offered", "g0": "failed", "g1": "offered"}
    assert (scene.needs().accepted, scene.needs().state) == (0, "open")


def test_police_arrival_is_the_incidents_and_a_helpers_is_not(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    for login in (scene.guards[0], scene.police[0]):
        service.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=later(3))
    him, car = scene.guards[0], scene.police[0]
    service.arrive(session, grant=scene.grant(him), order_id=scene.order(him).id, at=later(60))
    assert session.get(Incident, scene.incident.id).state == "dispatched"
    service.arrive(session, grant=scene.grant(car), order_id=scene.order(car).id, at=later(90))
    assert session.get(Incident, scene.incident.id).state == "arrived"
    assert milestones(session, scene.order(him).id)["en_route"] == (later(60), "inferred")


def test_an_officer_who_confirms_an_arrival_is_there_himself(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    for login in (scene.guards[0], scene.police[0]):
        service.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=later(3))
    confirming = scene.grant(scene.police[0], Permission.ORDER_CONFIRM)
    order = service.confirm_arrival(session, grant=confirming, order_id=scene.order(scene.guards[0]).id, at=later(80))
    assert order.state == "arrived"
    assert session.get(Incident, scene.incident.id).state == "arrived"


def test_completion_waits_for_the_photo_and_the_required_ticks(session: Session) -> None:
    items = [{"key": "seen", "text": "已查看现场", "required": True}]
    scene = make_scene(session, photo_required=True, checklist=items)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    him = scene.guards[0]
    grant, order = scene.grant(him), scene.order(him)
    service.accept(session, grant=grant, order_id=order.id, at=later(3))
    with pytest.raises(PhotoRequired):
        service.complete(session, grant=grant, order_id=order.id, at=later(90), done=["seen"])
    order.photo_required = False
    session.flush()
    with pytest.raises(ChecklistIncomplete) as refused:
        service.complete(session, grant=grant, order_id=order.id, at=later(90))
    assert refused.value.extra["missing"] == ["seen"]
    done = service.complete(session, grant=grant, order_id=order.id, at=later(90), done=["seen"])
    assert done.state == "completed"
    assert not engaged(session, him)
    assert scene.needs().accepted == 1


def test_a_helper_of_a_dangerous_incident_stops_short_of_it_on_his_own_line(session: Session) -> None:
    scene = make_scene(session, allowed_verbs=["keep_distance"], stand_off_m=50)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    target = Position.of(scene.order(scene.guards[0]).target)
    assert metres_between(target, Position(east(0), LAT)) == pytest.approx(50, abs=0.1)
    assert metres_between(target, Position(east(100), LAT)) == pytest.approx(50, abs=0.5)
    police = scene.order(scene.police[0])
    assert metres_between(Position.of(police.target), Position(east(0), LAT)) < 0.01


def test_who_got_another_order_meanwhile_is_passed_over_without_an_error(session: Session) -> None:
    scene = make_scene(session, guards=2)
    other = make_incident(session, scene.station, {**_spec_of(session, scene)})
    service.dispatch(session, grant=scene.room, incident_id=other.id, at=START)
    # the index says that he is free, as it did when somebody else looked a moment ago
    index = session.get(ResponderIndex, scene.guards[0].responder.id, populate_existing=True)
    index.engaged = False
    session.flush()
    orders = service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert [o.responder_id for o in orders if o.mode == "offer"] == [scene.guards[1].responder.id]


def _spec_of(session: Session, scene):  # type: ignore[no-untyped-def]
    from dispatch.scenarios.model import Scenario

    return session.get(Scenario, scene.incident.scenario_id).spec


class TestByHand:
    def test_a_dispatchers_own_choice_needs_a_reason_and_is_recorded(self, session: Session) -> None:
        scene = make_scene(session, guards=2)
        far = scene.guards[1].responder.id
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
        entry = session.scalars(select(RecordEntry).where(RecordEntry.action == "recommendation.overruled")).one()
        assert entry.reason == "熟悉该小区"

    def test_the_advised_one_is_chosen_by_hand_without_a_reason(self, session: Session) -> None:
        scene = make_scene(session)
        near = scene.guards[0].responder.id
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
                responder_ids=[resting.responder.id],
            )  # fmt: skip
        assert refused.value.extra["reason"] == "off_duty"

    def test_who_is_engaged_cannot_be_had_twice(self, session: Session) -> None:
        scene = make_scene(session)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        with pytest.raises(ResponderTaken):
            service.dispatch(
                session, grant=scene.room, incident_id=scene.incident.id, at=START, reason="再派",
                responder_ids=[scene.guards[0].responder.id],
            )  # fmt: skip

    def test_another_stations_guard_is_not_there(self, session: Session) -> None:
        scene = make_scene(session)
        foreign = guard(session, make_station(session), lon=east(10))
        with pytest.raises(NotFound):
            service.dispatch(
                session, grant=scene.room, incident_id=scene.incident.id, at=START, reason="就近",
                responder_ids=[foreign.responder.id],
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
            session, grant=scene.control, order_id=order_id, responder_id=third.responder.id, reason="更近",
            at=later(5),
        )  # fmt: skip
        assert (new.state, new.replaces_id, new.responder_id) == ("offered", order_id, third.responder.id)
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


def test_an_expired_offer_is_refused_as_expired(session: Session) -> None:
    from dispatch.escalation.service import tick

    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    him = scene.guards[0]
    order_id = scene.order(him).id
    tick(session, later(31))
    with pytest.raises(OfferExpired):
        service.accept(session, grant=scene.grant(him), order_id=order_id, at=later(32))
    with pytest.raises(TransitionRefused):
        service.depart(session, grant=scene.grant(him), order_id=order_id, at=later(32))


def test_the_plan_says_why_the_others_were_left_out(session: Session) -> None:
    scene = make_scene(session, guards=1)
    silent = guard(session, scene.station, lon=east(120), at=START - timedelta(minutes=5))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    stored = session.scalars(select(Recommendation).where(Recommendation.need_id == scene.needs().id)).one()
    reasons = {e.responder_id: str(e.reason) for e in plan_of(stored).excluded}
    assert reasons[silent.responder.id] == "stale_position"
