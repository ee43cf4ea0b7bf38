"""A station learns from its orders as they went, and from no others."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.calibrations import queries, repository, service
from dispatch.calibrations.model import Calibration
from dispatch.escalation import service as escalation
from dispatch.orders import service as orders
from kit.actor import Role
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import START, Login, make_station, staff


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.fixture
def scene(session: Session) -> Scene:
    """One guard wanted, of two; a patrol."""
    return make_scene(session, a_need("patrol_unit"), a_need())


def log(session: Session, scene: Scene) -> list[tuple[bool, float | None, float | None]]:
    """(accepted, seconds to accept, turnout) of the guards' orders."""
    rows = repository.list_log(session, scene.station.id, since=START - timedelta(days=1))
    return [(row.accepted, row.accept_s, row.turnout_s) for row in rows if row.kind == "guard"]


def send(session: Session, scene: Scene) -> None:
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)


def go(session: Session, scene: Scene, login: Login, *, accept_s: float = 8, depart_s: float = 38) -> None:
    grant_, order_id = scene.grant(login), scene.order(login).id
    orders.accept(session, grant=grant_, order_id=order_id, at=later(accept_s))
    orders.depart(session, grant=grant_, order_id=order_id, at=later(depart_s))


def test_who_goes_teaches_how_soon_he_says_yes_and_how_soon_he_leaves(scene: Scene, session: Session) -> None:
    send(session, scene)
    go(session, scene, scene.guards[0])
    assert log(session, scene) == [(True, 8.0, 30.0)]


def test_who_declines_or_is_silent_teaches_that_he_did_not_come(scene: Scene, session: Session) -> None:
    send(session, scene)
    first, second = scene.guards
    orders.decline(
        session, grant=scene.grant(first), order_id=scene.order(first).id, reason=orders.DeclineReason.BUSY, at=later(5)
    )
    for seconds in (15, 25, 35, 45):
        escalation.tick(session, later(seconds))
    assert scene.order(second).state == "expired"
    assert log(session, scene) == [(False, None, None), (False, None, None)]


def test_who_was_called_off_before_he_answered_teaches_nothing(scene: Scene, session: Session) -> None:
    send(session, scene)
    orders.stand_down(
        session, grant=scene.control, order_id=scene.order(scene.guards[0]).id, reason="已有人处置", at=later(3)
    )
    assert log(session, scene) == []


@pytest.mark.parametrize("flag", ["drill", "demo"])
def test_drills_and_demonstrations_teach_nothing(scene: Scene, session: Session, flag: str) -> None:
    setattr(scene.incident, flag, True)
    session.flush()
    send(session, scene)
    go(session, scene, scene.guards[0])
    assert log(session, scene) == []


def test_a_demo_station_learns_from_its_own_demonstrations(scene: Scene, session: Session) -> None:
    scene.station.demo = scene.incident.demo = True
    session.flush()
    send(session, scene)
    go(session, scene, scene.guards[0])
    assert len(log(session, scene)) == 1


def test_what_was_learned_is_one_row_that_is_made_anew_now_and_then(scene: Scene, session: Session) -> None:
    send(session, scene)
    go(session, scene, scene.guards[0])
    while service.refresh_due(session, later(60)):
        pass
    kept = repository.find(session, scene.station.id)
    assert kept is not None
    assert (kept.version, kept.log_rows) == (1, 1)
    assert service.refresh_due(session, later(61)) == 0
    service.refresh(session, scene.station.id, at=later(4000))
    again = repository.find(session, scene.station.id)
    assert again is not None
    assert again.version == 2


def test_dispatch_reads_of_it_only_the_people_it_looks_at(scene: Scene, session: Session) -> None:
    send(session, scene)
    go(session, scene, scene.guards[0])
    service.refresh(session, scene.station.id, at=later(60))
    him, other = (login.responder for login in scene.guards)
    assert him is not None and other is not None
    ground = repository.read_ground(session, scene.station.id, [other.id])
    assert ground.experience is not None
    assert ground.experience["responders"] == {}
    assert ground.experience["kinds"]["guard"]["all"]["asked"] == 1
    found = repository.read_ground(session, scene.station.id, [him.id]).experience
    assert found is not None
    assert found["responders"][str(him.id)]["accepted"] == 1


def test_the_leader_reads_what_was_learned_and_on_how_much_it_rests(scene: Scene, session: Session) -> None:
    leader = staff(session, Role.LEADER, scene.station)
    reading = grant(leader.actor, Permission.RECOMMEND)
    before = queries.show(session, grant=reading)
    assert (before["version"], before["log_rows"], before["responders"]) == (None, 0, [])
    assert before["kinds"][0]["station"]["chance"] == 0.5
    send(session, scene)
    go(session, scene, scene.guards[0])
    service.refresh(session, scene.station.id, at=later(60))
    after = queries.show(session, grant=reading)
    guards = next(kind for kind in after["kinds"] if kind["kind"] == "guard")
    assert (guards["station"]["asked"], guards["station"]["accepted"]) == (1, 1)
    assert guards["station"]["chance"] > 0.5
    assert guards["station"]["turnout_s"] < 102.0
    assert [one["name"] for one in guards["scenarios"]] == ["测试场景"]
    people = {one["kind"]: one for one in after["responders"]}
    assert (people["guard"]["asked"], people["guard"]["chance"] > 0.5) == (1, True)
    assert after["reliability"]["n"] == 1, "what he was expected to do was stored as he was asked"
    (left,) = after["reliability"]["times"]
    assert (left["kind"], left["until"], left["n"], left["observed_s"]) == ("guard", "departure", 1, 30.0)
    assert left["predicted_s"] == pytest.approx(102.0), "what is assumed of a guard by day"


def test_another_station_learns_nothing_of_it(scene: Scene, session: Session) -> None:
    send(session, scene)
    go(session, scene, scene.guards[0])
    neighbour = make_station(session)
    assert service.refresh(session, neighbour.id, at=later(60)) == 0
    kept = session.get(Calibration, neighbour.id)
    assert kept is not None
    assert kept.experience["responders"] == {}
