"""Coverage over HTTP: each station its own ground."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kit.actor import Role
from tests.api.conftest import Server
from tests.support.orders import a_spec, make_incident
from tests.support.people import START, east, guard, make_station, point, staff


def test_the_room_sees_its_own_ground_as_a_map_with_shares_and_proposals(server: Server, committing: Session) -> None:
    station, other = make_station(committing), make_station(committing)
    helper = guard(committing, station, lon=east(0))
    for metres in (10, 10, 3000):
        make_incident(committing, station, a_spec(), at=START).position = point(east(metres))
    room, far = staff(committing, Role.DISPATCHER, station), staff(committing, Role.LEADER, other)
    committing.commit()
    with server.client(room) as client:
        seen = client.get("/api/v1/coverage", params={"minutes": 5}).json()
        assert seen["type"] == "FeatureCollection"
        assert seen["summary"]["reached_share"] == 0.6667
        assert (seen["summary"]["source"], seen["summary"]["starts"]) == ("present", 1)
        ring = seen["features"][0]["geometry"]["coordinates"][0]
        assert ring[0] == ring[-1] and len(ring) >= 6
        proposed = client.get("/api/v1/coverage/proposals", params={"minutes": 5, "count": 2}).json()
        (first,) = proposed["features"]
        assert (first["properties"]["rank"], first["properties"]["incidents"]) == (1, 1.0)
        assert first["properties"]["share_after"] == 1.0
        assert client.get("/api/v1/coverage", params={"hour": 24}).status_code == 422
        assert client.get("/api/v1/coverage", params={"hour": 3}).json()["summary"]["source"] == "history"
        hours = client.get("/api/v1/coverage/hours", params={"minutes": 5}).json()
        assert [summary["hour"] for summary in hours] == list(range(24))
        assert {summary["source"] for summary in hours} == {"history"}
    with server.client(far) as client:
        assert client.get("/api/v1/coverage").json()["features"] == []
    with server.client(helper) as client:
        assert client.get("/api/v1/coverage").status_code == 403
