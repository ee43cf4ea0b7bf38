from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from tests.api.conftest import Server
from tests.support.people import LAT, LON, Login, east, guard, make_station, staff

Send = Callable[..., httpx.Response]


@pytest.fixture
def leader(committing: Session) -> Login:
    login = staff(committing, Role.LEADER, make_station(committing))
    committing.commit()
    return login


def place(name: str, metre: float = 0, **members: Any) -> dict[str, Any]:
    return {"name": name, "position": {"lon": east(metre), "lat": LAT, "crs": "wgs84"}, **members}


def test_a_place_is_added_found_and_named(server: Server, leader: Login, send: Send) -> None:
    with server.client(leader) as client:
        made = send(client, "post", "/api/v1/places", json=place("剑川路951号", address="闵行区", aliases=["影院"]))
        assert made.status_code == 201
        found = client.get("/api/v1/places", params={"q": "川路95"})
        assert [one["id"] for one in found.json()] == [made.json()["id"]]
        assert found.json()[0]["distance_m"] is None
        near = client.get("/api/v1/places/near", params={"lon": east(42), "lat": LAT, "crs": "wgs84"})
        assert near.json()["text"] == "剑川路951号 旁 40 米"
        assert near.json()["items"][0]["distance_m"] == pytest.approx(42, abs=0.5)


def test_the_nearer_comes_first(server: Server, leader: Login, send: Send) -> None:
    with server.client(leader) as client:
        for address, metre in (("远", 900), ("近", 90)):
            send(client, "post", "/api/v1/places", json=place("便利店", metre, address=address))
        query = {"q": "便利店", "near_lon": LON, "near_lat": LAT, "near_crs": "wgs84"}
        assert [one["address"] for one in client.get("/api/v1/places", params=query).json()] == ["近", "远"]  # type: ignore[arg-type]
        half = client.get("/api/v1/places", params={"q": "便利店", "near_lon": LON})
        assert half.json()["errors"][0]["pointer"] == "/query/near_lat"


def test_the_same_place_twice_is_refused(server: Server, leader: Login, send: Send) -> None:
    with server.client(leader) as client:
        assert send(client, "post", "/api/v1/places", json=place("甲")).status_code == 201
        again = send(client, "post", "/api/v1/places", json=place("甲"))
    assert (again.status_code, again.json()["title"]) == (409, "地点已存在")


def test_signs_of_sql_mean_themselves(server: Server, leader: Login, send: Send) -> None:
    with server.client(leader) as client:
        send(client, "post", "/api/v1/places", json=place("剑川路"))
        for words in ("' OR 1=1", "%%", "__", "\\\\"):
            assert client.get("/api/v1/places", params={"q": words}).json() == []


def test_another_district_finds_nothing(server: Server, leader: Login, committing: Session, send: Send) -> None:
    stranger = staff(committing, Role.DISPATCHER, make_station(committing))
    committing.commit()
    with server.client(leader) as client:
        send(client, "post", "/api/v1/places", json=place("剑川路"))
    with server.client(stranger) as client:
        assert client.get("/api/v1/places", params={"q": "剑川路"}).json() == []
        near = client.get("/api/v1/places/near", params={"lon": LON, "lat": LAT, "crs": "wgs84"})
        assert near.json() == {"text": None, "items": []}


def test_who_may_look_and_who_may_add(server: Server, leader: Login, committing: Session, send: Send) -> None:
    station = make_station(committing)
    login, dispatcher = guard(committing, station), staff(committing, Role.DISPATCHER, station)
    committing.commit()
    with server.client(login) as client:
        assert client.get("/api/v1/places", params={"q": "剑川路"}).status_code == 403
    with server.client(dispatcher) as client:
        assert client.get("/api/v1/places", params={"q": "剑川路"}).status_code == 200
        assert send(client, "post", "/api/v1/places", json=place("乙")).status_code == 403


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 201}, {"q": "甲", "limit": 10**9}, {"q": "a\u0000b"}])
def test_a_search_that_makes_no_sense_is_refused(server: Server, leader: Login, query: dict[str, Any]) -> None:
    with server.client(leader) as client:
        assert client.get("/api/v1/places", params=query).status_code == 422
