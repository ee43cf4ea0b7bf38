"""Roads over HTTP: with a network, and without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import geo.roads.isochrones
import geo.roads.routes
from geo.roads.store import RoadStore
from kit.actor import Role
from tests.api.conftest import Server
from tests.geo.streets import at, grid
from tests.geo.test_roads_import import take
from tests.support.people import START, Login, east, guard, make_station, officer, staff


def between(start: tuple[float, float], end: tuple[float, float], **more: Any) -> dict[str, Any]:
    query: dict[str, Any] = dict(more)
    for name, place in (("from", at(*start)), ("to", at(*end))):
        query |= {f"{name}_lon": place.lon, f"{name}_lat": place.lat, f"{name}_crs": "wgs84"}
    return query


def point(east_m: float, north_m: float, **more: Any) -> dict[str, Any]:
    place = at(east_m, north_m)
    return {"lon": place.lon, "lat": place.lat, "crs": "wgs84", **more}


@pytest.fixture
def people(committing: Session) -> dict[str, Login]:
    station = make_station(committing)
    found = {
        "dispatcher": staff(committing, Role.DISPATCHER, station),
        "officer": officer(committing, station),
        "guard": guard(committing, station, lon=east(0)),
        "manager": staff(committing, Role.COMPANY_MANAGER, station),
    }
    committing.commit()
    return found


@pytest.fixture
def town(committing: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Eleven streets each way, far from where other tests put their people; gone after the test."""
    store = RoadStore(tmp_path)
    for module in (geo.roads.routes.find_route, geo.roads.isochrones.list_areas):
        monkeypatch.setitem(module.__kwdefaults__, "store", store)  # type: ignore[arg-type]
    take(committing, grid(11), tmp_path)
    committing.commit()
    yield
    committing.execute(text("DELETE FROM road_networks"))
    committing.commit()


@pytest.mark.usefixtures("town")
class TestWithRoads:
    def test_a_route_follows_them(self, server: Server, people: dict[str, Login]) -> None:
        with server.client(people["guard"]) as client:
            answer = client.get("/api/v1/routes", params=between((50, 0), (300, 250)))
        found = answer.json()
        assert (answer.status_code, found["basis"]) == (200, "road")
        assert found["metres"] == pytest.approx(500, rel=1e-3)
        assert found["seconds"] == pytest.approx(500 / 1.4, rel=1e-3)
        assert found["geometry"]["type"] == "LineString"
        assert found["streets"][0] == "第0路"

    def test_a_driver_is_slower_at_eight_than_at_night(self, server: Server, people: dict[str, Login]) -> None:
        query = between((0, 0), (900, 900), mobility="car")
        with server.client(people["dispatcher"]) as client:
            times = [client.get("/api/v1/routes", params=query).json()["seconds"]]
            server.clock._now = START.replace(hour=19)
            times.append(client.get("/api/v1/routes", params=query).json()["seconds"])
        assert times[0] > times[1] * 1.3

    def test_a_point_is_named_by_its_street(self, server: Server, people: dict[str, Login]) -> None:
        with server.client(people["officer"]) as client:
            found = client.get("/api/v1/roads/near", params=point(350, 212)).json()
        assert (found[0]["name"], found[0]["kind"]) == ("第2路", "residential")
        assert found[0]["distance_m"] == pytest.approx(12, abs=0.5)
        assert {street["name"] for street in found[1:]} == {"第3街", "第4街"}

    def test_an_area_says_who_is_there_in_three_five_and_eight_minutes(
        self, server: Server, people: dict[str, Login]
    ) -> None:
        with server.client(people["dispatcher"]) as client:
            answer = client.get("/api/v1/isochrones", params=point(500, 500, minutes=[3, 5, 8]))
        features = answer.json()["features"]
        assert [feature["properties"]["minutes"] for feature in features] == [3, 5, 8]
        assert {feature["properties"]["basis"] for feature in features} == {"road"}
        assert all(feature["geometry"]["coordinates"] for feature in features)

    def test_whose_roads_they_are_is_told(self, server: Server, people: dict[str, Login]) -> None:
        with server.client(people["officer"]) as client:
            network = client.get("/api/v1/roads").json()["network"]
        assert (network["attribution"], network["ways"]) == ("© OpenStreetMap contributors", 22)


class TestWithoutRoads:
    def test_all_is_told_as_a_straight_line(self, server: Server, people: dict[str, Login]) -> None:
        with server.client(people["dispatcher"]) as client:
            route = client.get("/api/v1/routes", params=between((0, 0), (0, 1000))).json()
            area = client.get("/api/v1/isochrones", params=point(0, 0, minutes=5)).json()["features"][0]
            assert client.get("/api/v1/roads/near", params=point(0, 0)).json() == []
            assert client.get("/api/v1/roads").json() == {"network": None}
        assert (route["basis"], len(route["geometry"]["coordinates"])) == ("straight_line", 2)
        assert route["metres"] == pytest.approx(1350, rel=1e-3)
        assert area["properties"] == {"minutes": 5, "basis": "straight_line"}

    def test_the_station_sees_where_its_free_people_get(
        self, server: Server, people: dict[str, Login], committing: Session
    ) -> None:
        query = {"kind": "guard", "minutes": 3}
        with server.client(people["dispatcher"]) as client:
            area = client.get("/api/v1/isochrones/responders", params=query).json()["features"][0]  # type: ignore[arg-type]
            (rings,) = area["geometry"]["coordinates"]
            assert min(lon for lon, _ in rings[0]) < east(0) < max(lon for lon, _ in rings[0])
            committing.execute(
                text("UPDATE responder_index SET engaged = true WHERE responder_id = :id"),
                {"id": people["guard"].responder and people["guard"].responder.id},
            )
            committing.commit()
            area = client.get("/api/v1/isochrones/responders", params=query).json()["features"][0]  # type: ignore[arg-type]
            assert area["geometry"]["coordinates"] == []


class TestDoor:
    @pytest.mark.parametrize("path", ["/api/v1/roads", "/api/v1/routes", "/api/v1/isochrones", "/api/v1/roads/near"])
    def test_roads_are_for_those_who_go_and_those_who_send(
        self, server: Server, people: dict[str, Login], path: str
    ) -> None:
        query = {**between((0, 0), (10, 10)), **point(0, 0), "minutes": 3}
        for who, status in (("dispatcher", 200), ("officer", 200), ("guard", 200), ("manager", 403)):
            with server.client(people[who]) as client:
                assert client.get(path, params=query).status_code == status, who

    def test_where_people_get_is_for_those_who_send(self, server: Server, people: dict[str, Login]) -> None:
        for who, status in (("dispatcher", 200), ("officer", 403), ("guard", 403), ("manager", 403)):
            with server.client(people[who]) as client:
                answer = client.get("/api/v1/isochrones/responders", params={"kind": "guard", "minutes": 3})
                assert answer.status_code == status, who

    @pytest.mark.parametrize(
        ("path", "query"),
        [
            ("/api/v1/routes", {**between((0, 0), (1, 1)), "to_crs": None}),
            ("/api/v1/routes", {**between((0, 0), (1, 1)), "from_lon": 31.3, "from_lat": 121.8}),
            ("/api/v1/routes", {**between((0, 0), (1, 1)), "mobility": "boat"}),
            ("/api/v1/isochrones", point(0, 0)),
            ("/api/v1/isochrones", point(0, 0, minutes=0)),
            ("/api/v1/isochrones", point(0, 0, minutes=[3, 31])),
            ("/api/v1/isochrones", point(0, 0, minutes=list(range(1, 8)))),
            ("/api/v1/roads/near", {"lon": 0, "lat": 0, "crs": "wgs84"}),
        ],
    )
    def test_a_question_that_makes_no_sense_is_refused(
        self, server: Server, people: dict[str, Login], path: str, query: dict[str, Any]
    ) -> None:
        with server.client(people["dispatcher"]) as client:
            given = {key: value for key, value in query.items() if value is not None}
            assert client.get(path, params=given).status_code == 422
