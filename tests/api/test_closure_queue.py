"""The leader's queue, over the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.tenancy import Station
from tests.api.conftest import Server
from tests.support.closing import Scene, make_scene
from tests.support.people import make_station

Send = Callable[..., httpx.Response]
FORM = {"result_code": "found", "text": "老人已找到，家属接回。"}
SEEN = {"outcome": "seen", "arrived": True, "helped": True, "followed_instruction": True, "safe": True, "score": 5}


@pytest.fixture
def station(committing: Session) -> Station:
    station = make_station(committing)
    committing.commit()
    return station


def scenes(session: Session, station: Station, n: int, **values: Any) -> list[Scene]:
    made = [make_scene(session, station=station, state="handled", **values) for _ in range(n)]
    session.commit()
    return made


def hand_in(server: Server, send: Send, scene: Scene) -> None:
    with server.client(scene.officer) as client:
        url = f"/api/v1/incidents/{scene.incident.id}/feedback-form"
        assert send(client, "put", url, json=FORM).status_code == 200


def rate_all(server: Server, send: Send, scene: Scene) -> None:
    lines = [{"order_id": str(order.id), **SEEN} for order in scene.orders]
    with server.client(scene.officer) as client:
        url = f"/api/v1/incidents/{scene.incident.id}/ratings"
        assert send(client, "post", url, json={"ratings": lines}).status_code == 201


def queue(client: httpx.Client, **params: Any) -> list[dict]:  # type: ignore[type-arg]
    answer = client.get("/api/v1/closures", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_what_is_overdue_stands_first_whatever_it_waits_for(
    server: Server, committing: Session, station: Station, send: Send
) -> None:
    handed_in, late, rated = scenes(committing, station, 3)
    server.clock.advance(minutes=30)
    for scene in (handed_in, rated):
        hand_in(server, send, scene)
    rate_all(server, send, rated)
    server.clock.advance(hours=4)
    with server.client(late.leader) as client:
        items = queue(client)
        assert [item["incident_id"] for item in items] == [str(s.incident.id) for s in (late, handed_in, rated)]
        assert [item["overdue"] for item in items] == [True, False, False]
        (flag,) = [f for f in items[0]["flags"] if f["done_at"] is None]
        assert (flag["stage"], flag["name"], flag["due"]) == ("feedback", "反馈", "2026-11-24T12:00:30Z")
        assert [i["ratings_missing"] for i in items] == [2, 2, 0]
        assert len(queue(client, overdue=True)) == 1 and len(queue(client, overdue=False)) == 2
        assert len(queue(client, ratings_missing=True)) == 2
        assert len(queue(client, state="feedback")) == 2 and queue(client, state="closed") == []
        server.clock.advance(hours=20)
        assert [i["overdue"] for i in queue(client)] == [True, True, False]
        server.clock.advance(hours=30)
        assert [i["overdue"] for i in queue(client)] == [True, True, True]


def test_pages_fit_together(server: Server, committing: Session, station: Station) -> None:
    made = scenes(committing, station, 5, guards=0)
    with server.client(made[0].leader) as client:
        seen, cursor = [], None
        for _ in range(3):
            page = client.get("/api/v1/closures", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [item["incident_id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert cursor is None
        assert seen == [item["incident_id"] for item in queue(client)] and len(set(seen)) == 5


def test_closed_ones_come_newest_first_page_by_page(
    server: Server, committing: Session, station: Station, send: Send
) -> None:
    made = scenes(committing, station, 3, guards=0)
    with server.client(made[0].leader) as client:
        for scene in made:
            server.clock.advance(minutes=10)
            hand_in(server, send, scene)
            url = f"/api/v1/incidents/{scene.incident.id}/review"
            assert send(client, "post", url, json={"decision": "approved"}).status_code == 201
        first = client.get("/api/v1/closures", params={"state": "closed", "limit": 2}).json()
        params = {"state": "closed", "limit": 2, "cursor": first["next_cursor"]}
        second = client.get("/api/v1/closures", params=params).json()
    found = [item["incident_id"] for item in first["items"] + second["items"]]
    assert found == [str(scene.incident.id) for scene in reversed(made)]


def test_the_order_of_the_queue_agrees_with_the_flags(
    server: Server, committing: Session, station: Station, send: Send
) -> None:
    made = scenes(committing, station, 4, guards=1)
    for n, scene in enumerate(made):
        server.clock.advance(hours=n)
        if n % 2:
            hand_in(server, send, scene)
    with server.client(made[0].leader) as client:
        for _ in range(8):
            server.clock.advance(hours=7)
            items = queue(client)
            assert [i["overdue"] for i in items] == sorted((i["overdue"] for i in items), reverse=True)
            for item in items:
                assert item["overdue"] == (item["due_at"] < server.clock.now().isoformat())


def test_another_station_sees_none_of_it(server: Server, committing: Session, station: Station) -> None:
    (mine,) = scenes(committing, station, 1)
    (other,) = scenes(committing, make_station(committing), 1)
    with server.client(other.leader) as client:
        assert [i["incident_id"] for i in queue(client)] == [str(other.incident.id)]
        assert client.get(f"/api/v1/incidents/{mine.incident.id}/closure").status_code == 404
    for login in (mine.officer, mine.guards[0]):
        with server.client(login) as client:
            assert client.get("/api/v1/closures").status_code == 403


def test_a_suburban_station_has_its_own_targets(server: Server, committing: Session, station: Station) -> None:
    station = committing.merge(station)
    station.settings = {"zone": "suburb", "targets": {"sign_s": 10}}
    (scene,) = scenes(committing, station, 1)
    with server.client(scene.leader) as client:
        (item,) = queue(client)
    # offered after 30 s, signed after 50 s: 10 s more than this station allows
    assert [(f["stage"], f["late_s"]) for f in item["flags"]] == [("sign", 10.0)]


def test_one_closure_shows_its_course_and_how_it_is_known(
    server: Server, committing: Session, station: Station, send: Send
) -> None:
    (scene,) = scenes(committing, station, 1)
    server.clock.advance(minutes=30)
    hand_in(server, send, scene)
    rate_all(server, send, scene)
    with server.client(scene.leader) as client:
        detail = client.get(f"/api/v1/incidents/{scene.incident.id}/closure").json()
    assert [m["name"] for m in detail["milestones"]] == ["received", "dispatched", "arrived", "handled", "feedback"]
    intervals = {(i["name"], i["order_id"]): i for i in detail["intervals"]}
    assert intervals["dispatching", None]["seconds"] == 30.0 and intervals["dispatching", None]["measured"]
    assert intervals["total", None]["seconds"] is None
    assert intervals["signing", str(scene.police_order.id)]["band"] == "0–30 秒"
    assert detail["form"]["result_code"] == "found" and len(detail["ratings"]) == 2
    whole = detail["closure"]["completeness"]
    # two guards and, by handing in the form, the officer did not tap every step
    assert (whole["measured"], whole["inferred"], whole["missing"]) == (23, 3, 0)
    assert whole["score"] == 0.885


def test_a_batch_of_approvals_says_of_each_what_became_of_it(
    server: Server, committing: Session, station: Station, send: Send
) -> None:
    ready, unrated = scenes(committing, station, 2)
    for scene in (ready, unrated):
        hand_in(server, send, scene)
    rate_all(server, send, ready)
    ids = [str(ready.incident.id), str(unrated.incident.id)]
    with server.client(ready.leader) as client:
        alone = send(client, "post", f"/api/v1/incidents/{ids[1]}/review", json={"decision": "approved"})
        assert alone.status_code == 409
        assert set(alone.json()["order_ids"]) == {str(o.id) for o in unrated.orders}
        done = send(client, "post", "/api/v1/closures/approvals", json={"incident_ids": ids}).json()["items"]
        by_id = {item["incident_id"]: item for item in done}
        assert by_id[ids[0]]["review"]["decision"] == "approved" and by_id[ids[0]]["problem"] is None
        assert (by_id[ids[1]]["problem"], by_id[ids[1]]["review"]) == ("ratings-missing", None)
        assert [i["incident_id"] for i in queue(client, state="closed")] == [ids[0]]
        assert len(queue(client)) == 1
    with server.client(ready.dispatcher) as client:
        refused = send(client, "post", f"/api/v1/incidents/{ids[1]}/review", json={"decision": "approved"})
    assert refused.status_code == 403


def test_due_times_count_from_the_last_submission(
    server: Server, committing: Session, station: Station, send: Send
) -> None:
    (scene,) = scenes(committing, station, 1, guards=0)
    server.clock.advance(hours=1)
    hand_in(server, send, scene)
    with server.client(scene.leader) as client:
        server.clock.advance(hours=1)
        url = f"/api/v1/incidents/{scene.incident.id}/review"
        assert send(client, "post", url, json={"decision": "returned", "reason": "请补充"}).status_code == 201
        returned_at = server.clock.now()
        assert queue(client)[0]["due_at"] == _iso(returned_at + timedelta(hours=4))
    server.clock.advance(hours=1)
    with server.client(scene.officer) as client:
        form = f"/api/v1/incidents/{scene.incident.id}/feedback-form"
        assert send(client, "put", form, json=FORM, headers={"If-Match": '"1"'}).status_code == 200
    with server.client(scene.leader) as client:
        assert queue(client)[0]["due_at"] == _iso(server.clock.now() + timedelta(hours=48))


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
