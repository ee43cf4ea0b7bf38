"""接警即派: a call is taken and sent for in one request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from dispatch.scenarios.model import Scenario
from tests.api.conftest import Server
from tests.support.orders import Scene, make_scene
from tests.support.people import LAT, LON

Send = Callable[..., httpx.Response]


@pytest.fixture
def scene(committing: Session) -> Scene:
    """One patrol, two guards, and the room; an incident that nobody was sent to."""
    scene = make_scene(committing, guards=2, police=1)
    committing.commit()
    return scene


def call(session: Session, scene: Scene, **more: Any) -> dict[str, Any]:
    scenario = session.get_one(Scenario, scene.incident.scenario_id)
    return {
        "category": "public_order",
        "type": "fight",
        "summary": "两人在路口打架",
        "address": "剑川路路口",
        "position": {"lon": LON, "lat": LAT, "crs": "wgs84"},
        "station_id": str(scene.station.id),
        "scenario_key": scenario.key,
        "dispatch": True,
        **more,
    }


def orders_of(room: httpx.Client, created: dict[str, Any]) -> list[dict[str, Any]]:
    answer = room.get(f"/api/v1/incidents/{created['incident']['id']}/orders")
    orders: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return orders


def test_one_request_takes_the_call_sends_police_and_asks_helpers(
    server: Server, committing: Session, scene: Scene, send: Send
) -> None:
    with server.client(scene.dispatcher) as room:
        created = send(room, "post", "/api/v1/incidents", json=call(committing, scene)).json()
        orders = orders_of(room, created)
    assert sorted(order["mode"] for order in orders) == ["command", "offer"]
    assert sorted(order["id"] for order in orders) == sorted(created["order_ids"])
    assert created["incident"]["state"] == "dispatched"


def test_without_the_word_nobody_is_sent(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    with server.client(scene.dispatcher) as room:
        created = send(room, "post", "/api/v1/incidents", json=call(committing, scene, dispatch=False)).json()
        assert orders_of(room, created) == []
    assert (created["order_ids"], created["incident"]["state"]) == ([], "received")


def test_sent_twice_it_asks_once(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    with server.client(scene.dispatcher) as room:
        key = f"call-{datetime.now(UTC).timestamp()}"
        first = send(room, "post", "/api/v1/incidents", key=key, json=call(committing, scene)).json()
        again = send(room, "post", "/api/v1/incidents", key=key, json=call(committing, scene)).json()
        assert again == first
        assert len(orders_of(room, first)) == 2


def test_a_call_that_is_refused_sends_nobody(server: Server, committing: Session, scene: Scene, send: Send) -> None:
    with server.client(scene.dispatcher) as room:
        refused = send(room, "post", "/api/v1/incidents", json=call(committing, scene, type="no_such_type"))
        assert refused.status_code == 422
        assert room.get("/api/v1/orders").json()["items"] == []


def test_an_officer_takes_calls_and_leaves_the_sending_to_the_room(
    server: Server, committing: Session, scene: Scene, send: Send
) -> None:
    with server.client(scene.police[0]) as officer:
        refused = send(officer, "post", "/api/v1/incidents", json=call(committing, scene))
        assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (403, "not-allowed")
        assert send(officer, "post", "/api/v1/incidents", json=call(committing, scene, dispatch=False)).is_success
