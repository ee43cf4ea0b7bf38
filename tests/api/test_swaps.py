"""Proposed swaps and joint plans over HTTP: the station's own command room decides, and nobody else sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from dispatch.contention import service as contention
from dispatch.orders import service as orders
from dispatch.swaps import service as swaps
from geo.responders.model import ResponderIndex
from kit.actor import Role
from tests.api.conftest import Server, serving
from tests.support.database import Clone
from tests.support.orders import Scene, a_need, a_spec, make_incident, make_scene
from tests.support.people import START, east, make_station, point, staff

Send = Callable[..., httpx.Response]
LATER = START + timedelta(seconds=260)
POLICE = a_need("patrol_unit")


@pytest.fixture
def running_server(committed_database: Engine, committed_clone: Clone) -> Iterator[Server]:
    """A server on a database of its own: a look at those on their way takes five at a turn, of whatever station."""
    with serving(committed_database, committed_clone) as server:
        yield server


def propose(session: Session) -> Scene:
    """The one who accepted stands 900 m away and does not move; the other has come near."""
    scene = make_scene(session, POLICE, a_need(radius_m=2000), guards=2, step_m=500)
    orders.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
    goes, other = scene.guards
    orders.accept(session, grant=scene.grant(goes), order_id=scene.order(goes).id, at=START)
    for login, metres in ((goes, 900), (other, 80)):
        assert login.responder is not None
        session.execute(
            update(ResponderIndex)
            .where(ResponderIndex.responder_id == login.responder.id)
            .values(position=point(east(metres)), captured_at=LATER, received_at=LATER)
        )
    assert swaps.tick(session, LATER) == 1
    session.commit()
    return scene


def test_the_room_accepts_with_one_tap_and_the_neighbours_see_nothing(
    server: Server, send: Send, committing: Session
) -> None:
    scene = propose(committing)
    neighbour = staff(committing, Role.DISPATCHER, make_station(committing))
    committing.commit()
    server.clock.advance(seconds=262)
    with server.client(scene.dispatcher) as room, server.client(neighbour) as far, server.client(scene.guards[0]) as he:
        (swap,) = room.get("/api/v1/swaps", params={"open": "true"}).json()["items"]
        assert swap["to_responder"]["id"] == str(scene.guards[1].helper.id)
        assert "换人后约" in swap["why"]
        shown = room.get("/api/v1/live/snapshot").json()["streams"]["station"]["entities"]["swap"]
        assert list(shown) == [swap["id"]]
        url = f"/api/v1/swaps/{swap['id']}"
        assert far.get("/api/v1/swaps").json()["items"] == []
        assert far.get("/api/v1/live/snapshot").json()["streams"]["station"]["entities"].get("swap", {}) == {}
        assert send(far, "post", f"{url}/accept").status_code == 404
        assert send(he, "post", f"{url}/accept").status_code == 403
        taken = send(room, "post", f"{url}/accept")
        assert (taken.status_code, taken.json()["state"]) == (200, "accepted"), taken.text
        states = {o["id"]: o["state"] for o in room.get("/api/v1/orders").json()["items"]}
        assert states[swap["order_id"]] == "stood_down"
        assert states[taken.json()["new_order_id"]] == "offered"
        refused = send(room, "post", f"{url}/dismiss")
        assert (refused.status_code, refused.json()["title"]) == (409, "换人建议已失效")


def test_the_room_dismisses_with_one_tap_and_he_goes_on(server: Server, send: Send, committing: Session) -> None:
    scene = propose(committing)
    with server.client(scene.dispatcher) as room:
        (swap,) = room.get("/api/v1/swaps", params={"open": "true"}).json()["items"]
        dismissed = send(room, "post", f"/api/v1/swaps/{swap['id']}/dismiss").json()
        assert (dismissed["state"], dismissed["decided_by"]) == ("dismissed", str(scene.dispatcher.account.id))
        assert room.get("/api/v1/swaps", params={"open": "true"}).json()["items"] == []
    assert scene.order(scene.guards[0]).state == "accepted"


def test_the_room_reads_which_offers_moved_between_its_calls(server: Server, committing: Session) -> None:
    scene = make_scene(committing, POLICE, a_need(alert_factor=2.0), guards=2, police=2, step_m=200)
    fall = make_incident(committing, scene.station, a_spec(POLICE, a_need()))
    fall.position = point(east(320))
    for incident in (scene.incident, fall):
        orders.dispatch(committing, grant=scene.room, incident_id=incident.id, at=START)
    assert contention.tick(committing, START + timedelta(seconds=2)) == 1
    committing.commit()
    with server.client(scene.dispatcher) as room:
        (plan,) = room.get(f"/api/v1/incidents/{fall.id}/joint-plans").json()["items"]
    (move,) = plan["moves"]
    assert (move["from_incident_id"], move["to_incident_id"]) == (str(scene.incident.id), str(fall.id))
    assert (plan["unserved_before"], plan["unserved"]) == (1, 0)
