"""Alarms over HTTP: one named person takes each up."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from sqlalchemy.orm import Session

from dispatch.escalation.alarms import raise_alarm
from kit.actor import Role
from tests.api.conftest import Server
from tests.support.orders import make_scene
from tests.support.people import make_station, staff

Send = Callable[..., httpx.Response]


def test_a_named_dispatcher_takes_an_alarm_up_and_a_second_one_is_told_so(
    server: Server, send: Send, committing: Session
) -> None:
    scene = make_scene(committing, guards=0)
    colleague = staff(committing, Role.DISPATCHER, scene.station)
    neighbour = staff(committing, Role.DISPATCHER, make_station(committing))
    committing.commit()
    with server.client(scene.dispatcher) as room, server.client(colleague) as desk, server.client(neighbour) as far:
        assert send(room, "post", f"/api/v1/incidents/{scene.incident.id}/dispatch", json={}).status_code == 201
        (alarm,) = room.get("/api/v1/alarms", params={"open": "true"}).json()["items"]
        assert (alarm["kind"], alarm["label"]) == ("helpers_short", "协助力量不足，请人工调度")
        url = f"/api/v1/alarms/{alarm['id']}/acknowledge"
        assert far.get("/api/v1/alarms").json()["items"] == []
        assert send(far, "post", url).status_code == 404
        taken = send(room, "post", url)
        assert taken.json()["acknowledged_by"] == str(scene.dispatcher.account.id)
        assert send(room, "post", url).status_code == 200
        refused = send(desk, "post", url)
        assert (refused.status_code, refused.json()["title"]) == (409, "该告警已有人认领")
        assert room.get("/api/v1/alarms", params={"open": "true"}).json()["items"] == []
        assert len(room.get("/api/v1/alarms").json()["items"]) == 1


def test_a_guard_reads_no_alarms(server: Server, committing: Session) -> None:
    scene = make_scene(committing, guards=1)
    committing.commit()
    with server.client(scene.guards[0]) as phone:
        assert phone.get("/api/v1/alarms").status_code == 403


def test_who_ends_an_incident_takes_its_alarms_with_it_but_no_call_for_help(
    server: Server, send: Send, committing: Session
) -> None:
    scene = make_scene(committing, guards=0)
    url = f"/api/v1/incidents/{scene.incident.id}"
    committing.commit()
    with server.client(scene.dispatcher) as room:
        send(room, "post", f"{url}/dispatch", json={})
        committing.expire_all()
        raise_alarm(
            committing, station_id=scene.station.id, incident_id=scene.incident.id, kind="sos", at=server.clock.now()
        )
        committing.commit()
        before = room.get("/api/v1/alarms", params={"open": "true"}).json()["items"]
        assert {alarm["kind"] for alarm in before} == {"helpers_short", "sos"}
        assert send(room, "post", f"{url}/cancel", json={"reason": "报警人称已自行解决"}).status_code == 200
        (left,) = room.get("/api/v1/alarms", params={"open": "true"}).json()["items"]
        assert left["kind"] == "sos"
        shown = room.get("/api/v1/live/snapshot").json()["streams"]["station"]["entities"]["alarm"]
        assert list(shown) == [left["id"]]
        settled = [alarm for alarm in room.get("/api/v1/alarms").json()["items"] if alarm["kind"] != "sos"]
    assert [alarm["acknowledged_by"] for alarm in settled] == [str(scene.dispatcher.account.id)]
