"""The course of an incident, and the same played again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch.incidents.model import IncidentNote
from geo.duty.model import Duty
from geo.tracks.repository import make_day
from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.closing import Scene, after, make_scene
from tests.support.matrix import ROLES, Town, build_town
from tests.support.people import LAT, LON, START
from tests.support.work import Spot, Work, build_work

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(server: Server, committing: Session) -> Scene:
    made = make_scene(committing, guards=2, still_there=1)
    committing.add(
        IncidentNote(
            id=new_id(), incident_id=made.incident.id, account_id=made.dispatcher.account.id, at=after(2),
            text="已通知家属",
        )
    )  # fmt: skip
    committing.commit()
    return made


def whole(client: httpx.Client, scene: Scene, limit: int = 200) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"limit": limit, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/api/v1/incidents/{scene.incident.id}/timeline", params=params).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def test_the_timeline_reads_as_it_happened(server: Server, scene: Scene, send: Send) -> None:
    server.clock.advance(minutes=21)
    with server.client(scene.dispatcher) as room:
        send(room, "post", f"/api/v1/incidents/{scene.incident.id}/chat", json={"text": "收队前清点"})
        items = whole(room, scene)
        assert whole(room, scene, limit=3) == items, "in pages it is the same"
    assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    assert items[0]["kind"] == "incident" and items[0]["name"] == "received" and items[0]["how"] == "measured"
    mine = [item for item in items if item["order_id"] == str(scene.orders[1].id)]
    assert [item["name"] for item in mine] == [
        "offered", "received", "shown", "accepted", "en_route", "arrived", "completed",
    ]  # fmt: skip
    assert [item["how"] for item in mine if item["name"] == "en_route"] == ["inferred"]
    assert [item["text"] for item in items if item["kind"] in ("note", "chat")] == ["已通知家属", "收队前清点"]
    assert len({item["id"] for item in items}) == len(items)


def test_a_helper_reads_his_own_part_only(server: Server, scene: Scene) -> None:
    # the one who is still there
    with server.client(scene.guards[0]) as phone:
        items = whole(phone, scene)
    assert {item["order_id"] for item in items} == {None, str(scene.orders[0].id)}
    assert {item["kind"] for item in items} <= {"incident", "order", "chat", "report", "photo"}
    assert "已通知家属" not in str(items) and scene.guards[1].account.name not in str(items)
    with server.client(scene.guards[1]) as gone:
        assert gone.get(f"/api/v1/incidents/{scene.incident.id}/timeline").status_code == 404


def test_what_was_looked_at_is_there_for_the_leader_alone(
    server: Server, committing: Session, scene: Scene, send: Send
) -> None:
    track = f"/api/v1/responders/{scene.orders[0].responder_id}/track"
    with server.client(scene.leader) as leader:
        asked = {"incident_id": str(scene.incident.id), "reason": "核对到场时间"}
        assert leader.get(track, params=asked).status_code == 200
        mine = whole(leader, scene)
    with server.client(scene.dispatcher) as room:
        others = whole(room, scene)
    (look,) = [item for item in mine if item["kind"] == "record"]
    assert (look["name"], look["text"], look["who"]) == ("track.read", "核对到场时间", scene.leader.account.name)
    assert not [item for item in others if item["kind"] == "record"]


@pytest.fixture
def over(server: Server, committing: Session, scene: Scene) -> Scene:
    """The incident closed; the first guard was on duty from two minutes after the offer, with a fix a minute."""
    incident = committing.merge(scene.incident)
    incident.ended_at, incident.state = after(40), "cancelled"
    make_day(committing, START.date())
    responder = scene.guards[1].responder
    assert responder is not None
    for duty in committing.scalars(select(Duty).where(Duty.responder_id == responder.id)):
        duty.started_at = START - timedelta(hours=1)
    committing.flush()
    for minute in range(-10, 60):
        committing.execute(
            text(
                "INSERT INTO tracks (captured_at, responder_id, station_id, received_at, lon, lat, source)"
                " VALUES (:at, :id, :station, :at, :lon, :lat, 'phone')"
            ),
            {"at": after(minute), "id": responder.id, "station": scene.station.id, "lon": LON, "lat": LAT},
        )
    committing.commit()
    return scene


def test_a_replay_shows_where_he_was_while_his_order_lasted_and_not_a_minute_more(
    server: Server, committing: Session, over: Scene
) -> None:
    url = f"/api/v1/incidents/{over.incident.id}/replay"
    server.clock.advance(hours=1)
    with server.client(over.leader) as leader:
        assert leader.get(url).status_code == 422, "not without a reason"
        answer = leader.get(url, params={"reason": "复盘"})
        assert answer.status_code == 200
    shown = answer.json()
    part = next(p for p in shown["parts"] if p["order_id"] == str(over.orders[1].id))
    times = [fix["captured_at"] for fix in part["track"]]
    assert len(times) == 17, "from half a minute to eighteen minutes"
    assert min(times) >= part["offered_at"] and max(times) < part["ended_at"]
    assert [step["name"] for step in part["steps"]][-1] == "completed"
    assert not shown["truncated"] and not shown["positions_deleted"]
    entry = committing.scalars(select(RecordEntry).where(RecordEntry.action == "incident.replayed")).all()[-1]
    assert (entry.reason, entry.actor_account_id) == ("复盘", over.leader.account.id)
    server.clock.advance(hours=24 * 40)
    from tests.support.people import staff

    late = staff(committing, Role.LEADER, over.station, at=server.clock.now())
    committing.commit()
    with server.client(late) as leader:
        assert leader.get(url, params={"reason": "复盘"}).json()["positions_deleted"]


def test_what_goes_on_is_not_played_again(server: Server, scene: Scene) -> None:
    with server.client(scene.leader) as leader:
        refused = leader.get(f"/api/v1/incidents/{scene.incident.id}/replay", params={"reason": "复盘"})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "replay-not-yet")


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    committing.commit()
    return made


@pytest.mark.parametrize("role", ROLES)
def test_positions_of_the_past_are_the_leaders_of_the_station(
    server: Server, town: Town, work: dict[Spot, Work], role: Role
) -> None:
    own = (Spot.MINE, Spot.OWN, Spot.COMPANY)
    with server.client(town.people[role]) as client:
        for spot, one in work.items():
            url = f"/api/v1/incidents/{one.incident.id}"
            played = client.get(f"{url}/replay", params={"reason": "复盘"}).status_code
            assert played == (403 if role is not Role.LEADER else 409 if spot in own else 404), spot
            # whoever reads the incident reads its timeline
            assert client.get(f"{url}/timeline").status_code == client.get(url).status_code, spot
