"""The map over HTTP: private, short-lived, by role."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import ACCESS, Permission
from geo.crs import Position
from kit.actor import Role
from tests.api.conftest import Server
from tests.geo.test_tiles import tile_at
from tests.support.matrix import ROLES, Town, build_town
from tests.support.mvt import read_tile
from tests.support.people import LAT, LON, east, point
from tests.support.work import Spot, Work, build_work, sees


@pytest.fixture
def town(server: Server, committing: Session) -> Town:
    return build_town(committing)


@pytest.fixture
def work(town: Town, committing: Session) -> dict[Spot, Work]:
    made = build_work(committing, town)
    keeper = town.people[Role.KEEPER].responder
    assert keeper is not None
    keeper.position = point(east(30))
    committing.commit()
    return made


def url(zoom: int = 14) -> str:
    tile = tile_at(Position(LON + 0.0005, LAT), zoom)
    return f"/api/v1/tiles/{tile.z}/{tile.x}/{tile.y}.mvt"


def ids(content: bytes, layer: str) -> set[Any]:
    return {feature.properties["id"] for feature in read_tile(content).get(layer, [])}


@pytest.mark.parametrize("role", ROLES)
def test_a_tile_holds_the_areas_that_its_reader_may_list(
    server: Server, town: Town, work: dict[Spot, Work], role: Role
) -> None:
    with server.client(town.people[role]) as client:
        answer = client.get(url(), params={"layers": ["areas", "safe_houses"]})
        assert answer.status_code == 200
        shown = ids(answer.content, "areas")
        houses = ids(answer.content, "safe_houses")
        assert role in ACCESS[Permission.AREA_READ]
        for spot, one in work.items():
            assert (str(one.area.id) in shown) is sees(Permission.AREA_READ, role, spot)
    # an officer finds the safe-houses of his station on the map, and lists nobody but himself
    lister = Role.DISPATCHER if role is Role.OFFICER else role
    with server.client(town.people[lister]) as client:
        listed = client.get("/api/v1/responders", params={"kind": "safe_house", "limit": 200})
    if listed.status_code == 200:
        assert bool(houses) is (role is not Role.GUARD)
        assert houses == {item["id"] for item in listed.json()["items"]}
    else:
        assert houses == set()


def test_an_unchanged_tile_is_not_sent_twice(server: Server, town: Town, work: dict[Spot, Work]) -> None:
    with server.client(town.people[Role.DISPATCHER]) as client:
        first = client.get(url())
        again = client.get(url(), headers={"If-None-Match": first.headers["etag"]})
        nowhere = client.get("/api/v1/tiles/14/0/0.mvt")
    assert first.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "private" in first.headers["cache-control"] and first.headers["vary"] == "Authorization"
    assert (again.status_code, again.content) == (304, b"")
    assert (nowhere.status_code, nowhere.content) == (204, b"")


@pytest.mark.parametrize("path", ["7/0/0", "30/0/0", "14/16384/0", "14/-1/0", "x/0/0", "14/0/9999999999999999999"])
def test_a_tile_that_there_is_not_is_a_clear_refusal(
    server: Server, town: Town, committing: Session, path: str
) -> None:
    committing.commit()
    with server.client(town.people[Role.DISPATCHER]) as client:
        answer = client.get(f"/api/v1/tiles/{path}.mvt")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_nobody_sees_a_map_without_a_login(server: Server) -> None:
    with server.client() as client:
        assert client.get(url()).status_code == 401
