"""Dispatch, accept, decline, arrive, complete: the rules, one by one, on the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

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
    OfferExpired,
    OrderTaken,
    PhotoRequired,
)
from dispatch.orders.progress import DeclineReason, WithdrawReason
from dispatch.orders.receipts import take_receipt
from geo.crs import Position
from geo.distance import metres_between
from geo.responders.model import ResponderIndex
from kit.errors import NotFound
from notifications.outbox.model import Message
from tests.support.orders import a_need, make_incident, make_scene, milestones, told
from tests.support.people import LAT, START, Login, east, guard

POLICE = a_need("patrol_unit")


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def engaged(session: Session, login: Login) -> bool:
    query = select(ResponderIndex.engaged).where(ResponderIndex.responder_id == login.helper.id)
    return bool(session.scalar(query))


def message_of(session: Session, login: Login) -> Message:
    query = select(Message).where(Message.account_id == login.account.id, Message.recalled_at.is_(None))
    return session.scalars(query.order_by(Message.created_at.desc())).first()  # type: ignore[return-value]


def test_police_are_commanded_and_the_nearest_guards_asked_at_once(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=1, alert_factor=2.0), guards=3)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert scene.states() == {"p0": "offered", "g0": "offered", "g1": "offered"}
    assert scene.order(scene.police[0]).mode == "command"
    assert told(session, scene.police[0]) == ["order.commanded"]
    assert told(session, scene.guards[0]) == ["order.offered"]
    assert told(session, scene.guards[2]) == []
    assert engaged(session, scene.guards[0]) and not engaged(session, scene.guards[2])
    assert session.get(Incident, scene.incident.id).state == "dispatched"  # type: ignore[union-attr]


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
    near = scene.guards[0]
    order_id = scene.order(near).id
    service.accept(session, grant=scene.grant(near), order_id=order_id, at=later(3))
    service.withdraw(session, grant=scene.grant(near), order_id=order_id, reason=WithdrawReason.RECALLED, at=later(30))
    assert scene.states() == {"p0": "offered", "g0": "failed", "g1": "offered"}
    assert (scene.needs().accepted, scene.needs().state) == (0, "open")


def test_who_has_done_his_part_is_not_asked_for_the_place_that_is_still_empty(session: Session) -> None:
    scene = make_scene(session, POLICE, a_need(needed=2), guards=1)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    (he,) = scene.guards
    order_id = scene.order(he).id
    service.accept(session, grant=scene.grant(he), order_id=order_id, at=later(3))
    service.arrive(session, grant=scene.grant(he), order_id=order_id, at=later(90))
    service.complete(session, grant=scene.grant(he), order_id=order_id, at=later(300))
    assert service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=later(310)) == []
    assert [order.state for order in scene.orders(he)] == ["completed"]


def test_police_arrival_is_the_incidents_and_a_helpers_is_not(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    for login in (scene.guards[0], scene.police[0]):
        service.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=later(3))
    him, car = scene.guards[0], scene.police[0]
    service.arrive(session, grant=scene.grant(him), order_id=scene.order(him).id, at=later(60))
    assert session.get(Incident, scene.incident.id).state == "dispatched"  # type: ignore[union-attr]
    service.arrive(session, grant=scene.grant(car), order_id=scene.order(car).id, at=later(90))
    assert session.get(Incident, scene.incident.id).state == "arrived"  # type: ignore[union-attr]
    assert milestones(session, scene.order(him).id)["en_route"] == (later(60), "inferred")


def test_an_officer_who_confirms_an_arrival_is_there_himself(session: Session) -> None:
    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    for login in (scene.guards[0], scene.police[0]):
        service.accept(session, grant=scene.grant(login), order_id=scene.order(login).id, at=later(3))
    confirming = scene.grant(scene.police[0], Permission.ORDER_CONFIRM)
    order = service.confirm_arrival(session, grant=confirming, order_id=scene.order(scene.guards[0]).id, at=later(80))
    assert order.state == "arrived"
    assert session.get(Incident, scene.incident.id).state == "arrived"  # type: ignore[union-attr]


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
    index = session.get(ResponderIndex, scene.guards[0].helper.id, populate_existing=True)
    index.engaged = False  # type: ignore[union-attr]
    session.flush()
    orders = service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    assert [o.responder_id for o in orders if o.mode == "offer"] == [scene.guards[1].helper.id]


def _spec_of(session: Session, scene: Any) -> Any:
    from dispatch.scenarios.model import Scenario

    return session.get(Scenario, scene.incident.scenario_id).spec  # type: ignore[union-attr]


def test_an_expired_offer_is_refused_as_expired(session: Session) -> None:
    from dispatch.escalation.service import tick

    scene = make_scene(session)
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    him = scene.guards[0]
    order_id = scene.order(him).id
    tick(session, later(31))
    with pytest.raises(OfferExpired):
        service.accept(session, grant=scene.grant(him), order_id=order_id, at=later(32))
    with pytest.raises(OfferExpired):
        service.depart(session, grant=scene.grant(him), order_id=order_id, at=later(32))


def test_the_plan_says_why_the_others_were_left_out(session: Session) -> None:
    scene = make_scene(session, guards=1)
    silent = guard(session, scene.station, lon=east(120), at=START - timedelta(minutes=5))
    service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    stored = session.scalars(select(Recommendation).where(Recommendation.need_id == scene.needs().id)).one()
    reasons = {e.responder_id: str(e.reason) for e in plan_of(stored).excluded}
    assert reasons[silent.helper.id] == "stale_position"
