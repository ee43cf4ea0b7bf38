"""Who is near his alert budget: told by the rule that dispatch asks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.budgets.queries import Budget, list_budgets
from dispatch.orders import service as orders
from kit.actor import Role
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import START, staff


def look(session: Session, scene: Scene, **rules: int) -> dict[str, Budget]:
    """By name, five minutes after one of the two guards was asked, with these rules of the station."""
    scene.station.settings = {"matching": rules}
    session.flush()
    leader = staff(session, Role.LEADER, scene.station)
    may = grant(leader.actor, Permission.RECOMMEND)
    policy, found = list_budgets(session, grant=may, at=START + timedelta(minutes=5))
    assert {name: getattr(policy, name) for name in rules} == rules
    return {one.name: one for one in found}


def test_each_guard_stands_as_often_as_he_was_asked(session: Session) -> None:
    scene = make_scene(session, a_need("patrol_unit"), a_need(alert_factor=1.0), guards=2)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    asked, other = scene.guards
    assert asked.responder and other.responder
    (name, idle) = asked.responder.name, other.responder.name
    assert {n: b.alerts_hour for n, b in look(session, scene).items()} == {name: 1, idle: 0}
    assert look(session, scene, alerts_per_hour=1)[name].standing == "spared"
    near = look(session, scene, alerts_per_hour=2)
    assert (near[name].standing, near[idle].standing, next(iter(near))) == ("near", "free", name)
    assert look(session, scene, alerts_per_hour=0, alerts_per_shift=0)[name].standing == "free"

    own, order_id = scene.grant(asked), scene.order(asked).id
    for step in (orders.accept, orders.depart, orders.arrive):
        step(session, grant=own, order_id=order_id, at=START)
    orders.complete(session, grant=own, order_id=order_id, at=START)
    resting = look(session, scene, rest_s=600)[name]
    assert (resting.standing, resting.rests_until) == ("resting", START + timedelta(seconds=600))
    assert look(session, scene, rest_s=60)[name].standing == "free"
