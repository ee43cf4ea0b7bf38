"""Duty log of one evening: an old man is found, the form comes back once, a guard objects, the leader closes.

16:00 Beijing time is START.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.record import RecordEntry
from notifications.outbox.model import Message
from tests.api.conftest import Server
from tests.support.closing import Scene, make_scene
from tests.support.people import Login

SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True}


class Log:
    """Who does what; the clock moves only in the lines of the story."""

    def __init__(self, server: Server, send: Callable[..., httpx.Response], scene: Scene) -> None:
        self.server, self.send, self.scene = server, send, scene
        self.incident = f"/api/v1/incidents/{scene.incident.id}"

    def at(self, minutes: float) -> None:
        self.server.clock.advance(minutes=minutes)

    def read(self, who: Login, url: str) -> Any:
        with self.server.client(who) as client:
            answer = client.get(url)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(
        self, who: Login, method: str, url: str, *, expect: int = 201, version: int | None = None, **body: Any
    ) -> Any:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        with self.server.client(who) as client:
            answer = self.send(client, method, url, json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def state(self) -> str:
        return str(self.read(self.scene.leader, f"{self.incident}/closure")["closure"]["state"])


def test_story_of_a_returned_form(
    server: Server,
    committing: Session,
    send: Callable[..., httpx.Response],
) -> None:
    scene = make_scene(committing)
    committing.commit()
    log = Log(server, send, scene)
    officer, leader, (wang, li) = scene.officer, scene.leader, scene.guards

    # 16:20  the old man is with his family; the officer writes three lines in the car and rates both guards
    log.at(20)
    log.do(officer, "put", f"{log.incident}/feedback-form", expect=200, result_code="found", text="老人已找到。")
    log.do(
        officer,
        "post",
        f"{log.incident}/ratings",
        ratings=[
            {"order_id": str(scene.orders[0].id), **SEEN, "score": 5, "tags": ["fast"]},
            {"order_id": str(scene.orders[1].id), "outcome": "not_seen"},
        ],
    )
    assert log.state() == "feedback"

    # 17:00  the leader reads it: where was he found, and who took him over? back it goes
    log.at(40)
    assert "missing" in {
        fault["code"]
        for fault in log.do(leader, "post", f"{log.incident}/review", expect=422, decision="returned")["errors"]
    }
    log.do(leader, "post", f"{log.incident}/review", decision="returned", reason="请写明找到地点和接收人。")
    assert log.state() == "handled"
    assert kinds(committing, officer) == ["review.returned"]

    # 17:10  the officer sees why, tries to send it without having read the last version, then does it right
    log.at(10)
    sheet = log.read(officer, f"{log.incident}/feedback-form")
    assert sheet["editable"] and sheet["reviews"][-1]["reason"] == "请写明找到地点和接收人。"
    better: dict[str, Any] = {
        "result_code": "found",
        "text": "在剑川路北门由保安员找到，17:05 由其子接回。",
        "people_helped": 1,
    }
    log.do(officer, "put", f"{log.incident}/feedback-form", expect=428, **better)
    form = log.do(officer, "put", f"{log.incident}/feedback-form", expect=200, version=1, **better)
    assert form["version"] == 2 and log.state() == "feedback"

    # the first submission stays the milestone: a return does not make the officer look faster or slower
    marks = {m["name"]: m["at"] for m in log.read(leader, f"{log.incident}/closure")["milestones"]}
    assert marks["feedback"] == "2026-11-24T08:20:00Z"

    # 17:30  Li was there, at the back gate, and says so; meanwhile the leader closes the incident
    log.at(20)
    (rating,) = log.read(li, "/api/v1/me/ratings")["items"]
    assert rating["outcome"] == "not_seen" and rating["score"] is None
    appeal = log.do(li, "post", f"/api/v1/ratings/{rating['id']}/appeal", text="我守在后门，有照片。")
    log.do(leader, "post", f"{log.incident}/review", decision="approved")
    assert log.state() == "closed"
    log.do(officer, "put", f"{log.incident}/feedback-form", expect=404, version=2, **better)

    # 18:00  the photo shows him; the leader puts it right
    log.at(30)
    log.do(
        leader,
        "post",
        f"/api/v1/appeals/{appeal['id']}/settlement",
        outcome="corrected",
        reply="照片核实，予以更正。",
        corrected={**SEEN, "score": 4},
    )
    assert log.read(li, "/api/v1/me/ratings")["standing"]["n"] == 1
    assert log.read(wang, "/api/v1/me/ratings")["items"][0]["score"] == 5
    assert kinds(committing, li) == ["rating.made", "appeal.settled"]

    # and every step is in the record, once
    assert actions(committing, scene) == [
        "feedback_form.submitted",
        "incident.handled",
        "order.completed",
        "incident.feedback_given",
        "rating.made",
        "order.rated",
        "rating.made",
        "order.rated",
        "review.made",
        "incident.feedback_returned",
        "feedback_form.resubmitted",
        "incident.feedback_given",
        "appeal.made",
        "review.made",
        "incident.closed",
        "appeal.settled",
        "rating.corrected",
    ]


def kinds(session: Session, login: Login) -> list[str]:
    query = select(Message.kind).where(Message.account_id == login.account.id).order_by(Message.created_at)
    return list(session.scalars(query))


def actions(session: Session, scene: Scene) -> list[str]:
    session.commit()
    query = select(RecordEntry.action).where(RecordEntry.station_id == scene.station.id).order_by(RecordEntry.id)
    return list(session.scalars(query))
