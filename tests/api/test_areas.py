from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.api.conftest import Server
from tests.geo.test_areas import polygon, square
from tests.support.people import LAT, LON, Login, guard, make_station, staff

Send = Callable[..., httpx.Response]


@pytest.fixture
def leader(committing: Session) -> Login:
    login = staff(committing, Role.LEADER, make_station(committing))
    committing.commit()
    return login


def beat(**members: Any) -> dict[str, Any]:
    return {"kind": "beat", "name": f"巡区{new_id().hex[:6]}", "geometry": polygon(square()), **members}


def test_a_leader_draws_changes_and_erases_an_area(server: Server, leader: Login, send: Send) -> None:
    with server.client(leader) as client:
        made = send(client, "post", "/api/v1/areas", json=beat())
        assert (made.status_code, made.headers["etag"]) == (201, '"1"')
        url = f"/api/v1/areas/{made.json()['id']}"
        assert made.json()["geometry"]["type"] == "MultiPolygon"
        change = {"name": "新巡区", "geometry": polygon(square(size=0.02))}
        assert send(client, "put", url, json=change).status_code == 428
        changed = send(client, "put", url, json=change, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed.json()["version"]) == (200, 2)
        stale = send(client, "put", url, json=change, headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')
        assert send(client, "delete", url, headers={"If-Match": '"2"'}).status_code == 204
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (polygon([[121.0, 31.0], [121.2, 31.2], [121.2, 31.0], [121.0, 31.2], [121.0, 31.0]]), "polygon-invalid"),
        (polygon(square()[:-1]), "ring-not-closed"),
        ({"type": "Polygon", "coordinates": []}, "geometry-empty"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry-type-not-allowed"),
        (polygon(square()) | {"crs": {"type": "name"}}, "crs-not-allowed"),
        (polygon([[LON + n / 1e6, LAT] for n in range(5001)]), "geometry-too-complex"),
    ],
)
def test_a_faulty_outline_is_refused_by_name(
    server: Server, leader: Login, send: Send, geometry: dict[str, Any], code: str
) -> None:
    with server.client(leader) as client:
        answer = send(client, "post", "/api/v1/areas", json=beat(geometry=geometry))
    assert answer.status_code == 422
    assert answer.json()["type"].endswith(f"/{code}")
    assert answer.json()["errors"][0]["code"] == code


def test_an_outline_of_a_million_points_is_too_large(server: Server, leader: Login, send: Send) -> None:
    with server.client(leader) as client:
        answer = send(client, "post", "/api/v1/areas", json=beat(geometry=polygon([[LON, LAT]] * 120_000)))
    assert answer.status_code == 413


def test_a_tower_of_collections_is_refused(server: Server, leader: Login, send: Send) -> None:
    tower = '{"type":"GeometryCollection","geometries":[' * 1000 + "]}" * 1000
    body = '{"kind":"beat","name":"塔","geometry":' + tower + "}"
    with server.client(leader) as client:
        answer = send(
            client, "post", "/api/v1/areas", content=body.encode(), headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 400


def test_the_neighbouring_station_sees_nothing(server: Server, leader: Login, committing: Session, send: Send) -> None:
    stranger = staff(committing, Role.LEADER, make_station(committing))
    committing.commit()
    with server.client(leader) as client:
        url = f"/api/v1/areas/{send(client, 'post', '/api/v1/areas', json=beat()).json()['id']}"
    with server.client(stranger) as client:
        assert client.get("/api/v1/areas").json() == []
        assert client.get(url).status_code == 404
        assert send(client, "delete", url, headers={"If-Match": '"1"'}).status_code == 404
        other = beat(station_id=str(leader.account.station_id))
        assert send(client, "post", "/api/v1/areas", json=other).json()["type"].endswith("/station-missing")


def test_a_guard_reads_and_does_not_draw(server: Server, leader: Login, committing: Session, send: Send) -> None:
    login = guard(committing, make_station(committing))
    committing.commit()
    with server.client(login) as client:
        assert client.get("/api/v1/areas").status_code == 200
        assert send(client, "post", "/api/v1/areas", json=beat()).status_code == 403


def test_one_asks_whose_a_point_is(server: Server, leader: Login, committing: Session, send: Send) -> None:
    district = staff(committing, Role.DISTRICT_ADMIN, committing.get_one(Station, leader.account.station_id))
    committing.commit()
    station_id = str(leader.account.station_id)
    ours = beat(kind="jurisdiction", geometry=polygon(square(100.0, 30.0)), station_id=station_id)
    with server.client(district) as client:
        assert send(client, "post", "/api/v1/areas", json=ours).status_code == 201
    with server.client(leader) as client:
        refused = send(client, "post", "/api/v1/areas", json=ours | {"station_id": None})
        assert (refused.status_code, refused.json()["title"]) == (403, "派出所辖区由分局划定")
        answer = client.get("/api/v1/areas/owner", params={"lon": 100.005, "lat": 30.005, "crs": "wgs84"})
        assert answer.json() == {"station_id": str(leader.account.station_id), "tie": False}
        nowhere = client.get("/api/v1/areas/owner", params={"lon": 100.5, "lat": 30.5, "crs": "wgs84"})
        assert nowhere.json() == {"station_id": None, "tie": False}
        bare = client.get("/api/v1/areas/owner", params={"lon": 100.5, "lat": 30.5})
        assert bare.json()["errors"][0]["code"] == "crs-required"
        swapped = client.get("/api/v1/areas/owner", params={"lon": 31.0, "lat": 121.4, "crs": "wgs84"})
        assert swapped.json()["errors"][0]["code"] == "coordinate-swapped"
        assert "121.4" not in swapped.text
