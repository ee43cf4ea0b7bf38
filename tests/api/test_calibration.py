"""What a station has learned, over the wire."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.calibrations import service
from dispatch.orders import service as orders
from kit.actor import Role
from tests.api.conftest import Server
from tests.support.matrix import Place, Town, build_town, expected
from tests.support.orders import a_need, make_scene
from tests.support.people import START, staff

URL = "/api/v1/calibration"


@pytest.fixture
def town(committing: Session) -> Town:
    town = build_town(committing)
    committing.commit()
    return town


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_who_may_look_at_what_the_machine_expects_of_people(server: Server, town: Town, role: Role) -> None:
    with server.client(town.people[role]) as client:
        assert client.get(URL).status_code == expected(Permission.RECOMMEND, role, Place.OWN)


def test_before_anything_was_learned_the_priors_and_their_sources_are_shown(server: Server, town: Town) -> None:
    with server.client(town.people[Role.LEADER]) as client:
        shown = client.get(URL).json()
    assert (shown["version"], shown["responders"], shown["reliability"]["n"]) == (None, [], 0)
    guards = next(kind for kind in shown["kinds"] if kind["kind"] == "guard")
    assert guards["station"]["chance"] == guards["prior"]["accept"] == 0.5
    assert "17–47" in guards["prior"]["source"]


def test_a_leader_sees_each_of_his_guards_with_how_often_he_was_asked(server: Server, committing: Session) -> None:
    scene = make_scene(committing, a_need("patrol_unit"), a_need())
    leader = staff(committing, Role.LEADER, scene.station)
    him = scene.guards[0]
    orders.dispatch(committing, grant=scene.room, incident_id=scene.incident.id, at=START)
    orders.accept(committing, grant=scene.grant(him), order_id=scene.order(him).id, at=START)
    service.refresh(committing, scene.station.id, at=START)
    committing.commit()
    with server.client(leader) as client:
        shown = client.get(URL).json()
    assert shown["version"] == 1
    (one,) = [person for person in shown["responders"] if person["kind"] == "guard"]
    assert him.responder is not None
    assert (one["name"], one["asked"], one["accepted"]) == (him.responder.name, 1, 1)
