"""The talk about an incident, as its people live it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import ACCESS, Permission, grant
from dispatch.chats import repository, service
from dispatch.chats.model import ChatLine, Readers
from dispatch.incidents.caller import Caller, seal
from dispatch.live.snapshot import read_entities
from dispatch.orders.firing import fire
from kit.actor import Role
from kit.feed import account_audience, station_audience
from kit.record import RecordEntry
from notifications.outbox.model import Message
from tests.api.conftest import Server
from tests.support.closing import Scene, after, make_order, make_scene
from tests.support.matrix import ROLES, Town, assert_absent_and_hidden_look_alike, build_town
from tests.support.people import START, Login, guard
from tests.support.work import Spot, Work, build_work

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(server: Server, committing: Session) -> Scene:
    made = make_scene(committing, guards=2, still_there=2)
    committing.commit()
    return made


def chat(scene: Scene, rest: str = "") -> str:
    return f"/api/v1/incidents/{scene.incident.id}/chat{rest}"


def shown(committing: Session, audience: str) -> set[str]:
    committing.rollback()
    session = Session(committing.get_bind())
    with session:
        return set(read_entities(session, audience)[1].get("chat_line", {}))


def test_story_of_a_warning_that_everybody_has_to_confirm(
    server: Server, committing: Session, scene: Scene, send: Send
) -> None:
    first, second = scene.guards

    # the room warns; it is told to each phone that works on it
    with server.client(scene.dispatcher) as room:
        warned = send(room, "post", chat(scene), json={"text": "嫌疑人可能持刀，保持距离", "urgent": True})
    assert warned.status_code == 201
    line = warned.json()
    names = {scene.officer.account.name, first.account.name, second.account.name}
    assert {one["name"] for one in line["waiting"]} == names and line["seen"] == []
    told = committing.scalars(select(Message).where(Message.kind == "chat.urgent")).all()
    assert {message.account_id for message in told} >= {login.account.id for login in (*scene.guards, scene.officer)}

    # the first guard confirms, twice by a shaky thumb; he reads of himself only
    with server.client(first) as phone:
        (read,) = phone.get(chat(scene)).json()["items"]
        assert [one["name"] for one in read["waiting"]] == [first.account.name]
        for _ in range(2):
            confirmed = send(phone, "post", chat(scene, f"/{line['id']}/confirmation"))
            assert confirmed.status_code == 200
        assert [one["name"] for one in confirmed.json()["seen"]] == [first.account.name]
    with server.client(scene.officer) as officer:
        (read,) = officer.get(chat(scene)).json()["items"]
    assert [one["name"] for one in read["seen"]] == [first.account.name]
    assert len(read["waiting"]) == 2

    # police among themselves
    server.clock.advance(minutes=1)
    with server.client(scene.officer) as officer:
        send(officer, "post", chat(scene), json={"text": "嫌疑人住 6 栋", "readers": "police"})
    with server.client(second) as phone:
        assert "6 栋" not in phone.get(chat(scene)).text
        refused = send(phone, "post", chat(scene), json={"text": "收到", "readers": "police"})
        assert refused.status_code == 403
        server.clock.advance(minutes=1)
        assert send(phone, "post", chat(scene), json={"text": "收到"}).status_code == 201

    # the second guard is stood down: he reads no more, and nobody waits for him any more
    committing.expire_all()
    fire(committing, scene.orders[1], "stand_down", by=scene.dispatcher.actor, at=after(20))
    committing.commit()
    with server.client(second) as phone:
        assert phone.get(chat(scene)).status_code == 404
        assert send(phone, "post", chat(scene), json={"text": "还在"}).status_code == 404
    with server.client(scene.dispatcher) as room:
        lines = room.get(chat(scene)).json()["items"]
    assert [one["text"] for one in lines] == ["收到", "嫌疑人住 6 栋", "嫌疑人可能持刀，保持距离"]
    assert [one["name"] for one in lines[-1]["waiting"]] == [scene.officer.account.name]
    assert shown(committing, account_audience(second.account.id)) == set()
    assert len(shown(committing, account_audience(first.account.id))) == 2
    assert len(shown(committing, station_audience(scene.station.id))) == 3

    # who said what stands in the record, not the words
    entries = committing.scalars(
        select(RecordEntry).where(RecordEntry.station_id == scene.station.id, RecordEntry.action.like("chat.%"))
    ).all()
    assert sorted(entry.action for entry in entries) == ["chat.confirmed"] + ["chat.written"] * 3
    assert not any("持刀" in str(entry.detail) for entry in entries)


def test_after_the_end_nobody_talks_any_more(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    incident = committing.merge(scene.incident)
    incident.ended_at, incident.state = after(30), "cancelled"
    committing.commit()
    with server.client(scene.dispatcher) as room:
        refused = send(room, "post", chat(scene), json={"text": "还有人吗"})
        assert room.get(chat(scene)).status_code == 200
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "chat-ended")


def test_the_number_of_the_caller_is_not_repeated_in_the_talk(session: Session) -> None:
    scene = make_scene(session)
    room = grant(scene.dispatcher.actor, Permission.CHAT_WRITE)
    seal(scene.incident, Caller(phone="+8613912345678"))
    line = service.write(
        session, grant=room, incident_id=scene.incident.id, text="报警人 139 1234 5678 在门口", urgent=False,
        readers=Readers.EVERYBODY, at=START,
    )  # fmt: skip
    assert "5678" not in line.text


def test_lines_are_forgotten_after_their_time(session: Session) -> None:
    scene = make_scene(session)
    room = grant(scene.dispatcher.actor, Permission.CHAT_WRITE)
    for days in (0, 10):
        service.write(
            session, grant=room, incident_id=scene.incident.id, text="收到", urgent=True,
            readers=Readers.EVERYBODY, at=START + timedelta(days=days),
        )  # fmt: skip
    assert repository.forget(session, START + timedelta(days=5)) >= 1
    left = session.scalars(select(ChatLine).where(ChatLine.incident_id == scene.incident.id)).all()
    assert [line.at for line in left] == [START + timedelta(days=10)]


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    for one in made.values():
        line = ChatLine(
            id=one.incident.id, incident_id=one.incident.id, station_id=one.station.id,
            account_id=one.helper.account.id, at=START, text="收到", urgent=False, readers="everybody",
        )  # fmt: skip
        committing.add(line)
    committing.commit()
    return made


@pytest.mark.parametrize("role", ROLES)
def test_each_reads_and_writes_what_is_his(
    server: Server, town: Town, work: dict[Spot, Work], send: Send, role: Role
) -> None:
    seen = {
        Role.GUARD: {Spot.MINE},
        Role.KEEPER: {Spot.MINE},
        Role.OFFICER: {Spot.MINE},
        Role.DISPATCHER: {Spot.MINE, Spot.OWN, Spot.COMPANY},
        Role.LEADER: {Spot.MINE, Spot.OWN, Spot.COMPANY},
    }
    with server.client(town.people[role]) as client:
        for spot, one in work.items():
            url = f"/api/v1/incidents/{one.incident.id}/chat"
            expected = 403 if role not in ACCESS[Permission.CHAT_READ] else 200 if spot in seen[role] else 404
            assert client.get(url).status_code == expected, spot
            written = send(client, "post", url, json={"text": "收到"}).status_code
            assert written == (201 if expected == 200 else expected), spot
            confirmed = send(client, "post", f"{url}/{one.incident.id}/confirmation").status_code
            assert confirmed == expected, spot
        if role in seen:
            hidden = work[Spot.SIBLING].incident.id
            assert_absent_and_hidden_look_alike(client, town.people[role], "/api/v1/incidents/{}/chat", hidden)


def test_somebody_who_was_only_asked_reads_nothing(server: Server, committing: Session, scene: Scene) -> None:
    newcomer: Login = guard(committing, scene.station)
    make_order(committing, scene.incident, newcomer, state="shown")
    committing.commit()
    with server.client(newcomer) as phone:
        answer: Any = phone.get(chat(scene))
    assert answer.status_code == 404
