"""Tracker apps as they really send."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.api.conftest import Server
from tests.support.duty import make_duty
from tests.support.people import LAT, LON, START, Login, guard, keeper, make_station

Send = Callable[..., httpx.Response]
_SHOWN = text(
    "SELECT ST_X(position::geometry) AS lon, captured_at, accuracy_m, speed_mps, heading_deg, battery_pct, source"
    " FROM responder_index WHERE responder_id = :id"
)


@pytest.fixture
def on_duty(committing: Session) -> Login:
    login = guard(committing, make_station(committing))
    assert login.responder is not None
    make_duty(committing, login.responder, start=START - timedelta(hours=1))
    committing.commit()
    return login


def issue(server: Server, login: Login) -> dict[str, Any]:
    with server.client(login) as client:
        answer = client.post("/api/v1/me/tracking-keys", json={"name": "我的手机"})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def shown(session: Session, login: Login) -> Any:
    assert login.responder is not None
    session.rollback()
    return session.execute(_SHOWN, {"id": login.responder.id}).one()


def osmand(key: str, **members: Any) -> dict[str, Any]:
    at = int(START.timestamp()) - 5
    return {"id": key, "lat": LAT, "lon": LON, "timestamp": at, **members}


class TestOsmAnd:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_query_becomes_the_last_position(
        self, server: Server, on_duty: Login, committing: Session, method: str
    ) -> None:
        query = osmand(issue(server, on_duty)["key"], accuracy=8, speed=10, bearing=359.9, batt=81.4, altitude=4)
        with server.client() as client:
            answer = client.request(method.upper(), "/ingest/osmand", params=query)
        assert answer.status_code == 200
        row = shown(committing, on_duty)
        assert (row.lon, row.captured_at) == (LON, START - timedelta(seconds=5))
        assert (row.accuracy_m, row.speed_mps, row.heading_deg, row.battery_pct) == (8, 5.1, 359.9, 81)
        assert row.source == "osmand"

    def test_a_form_milliseconds_and_the_other_names_are_read(
        self, server: Server, on_duty: Login, committing: Session
    ) -> None:
        form = {
            "deviceid": issue(server, on_duty)["key"],
            "location": f"{LAT},{LON}",
            "timestamp": str(int(START.timestamp() * 1000) - 1500),
            "heading": "12",
            "speed": "-1",
            "accuracy": "nonsense",
        }
        with server.client() as client:
            assert client.post("/ingest/osmand", data=form).status_code == 200
        row = shown(committing, on_duty)
        assert (row.captured_at, row.heading_deg) == (START - timedelta(seconds=1.5), 12)
        assert (row.speed_mps, row.accuracy_m) == (None, None)

    def test_the_json_of_newer_apps_is_read(self, server: Server, on_duty: Login, committing: Session) -> None:
        body = {
            "location": {
                "timestamp": (START - timedelta(seconds=3)).isoformat().replace("+00:00", "Z"),
                "coords": {"latitude": LAT, "longitude": LON, "accuracy": 5, "speed": 1.5, "heading": -1},
                "battery": {"level": 0.5, "is_charging": False},
                "is_moving": True,
            },
            "device_id": issue(server, on_duty)["key"],
        }
        with server.client() as client:
            assert client.post("/ingest/osmand", json=body).status_code == 200
        row = shown(committing, on_duty)
        assert (row.speed_mps, row.heading_deg, row.battery_pct) == (1.5, None, 50)

    @pytest.mark.parametrize(
        "members",
        [
            {"timestamp": "1970-01-02"},
            {"timestamp": int(START.timestamp()) + 7200},
            {"timestamp": "soon"},
            {"lat": ""},
            {"lat": 0, "lon": 0},
            {"lat": LON, "lon": LAT},
            {"lat": "nan"},
        ],
    )
    def test_what_cannot_be_kept_is_thanked_for_so_that_the_app_goes_on(
        self, server: Server, on_duty: Login, committing: Session, members: dict[str, Any]
    ) -> None:
        query = osmand(issue(server, on_duty)["key"], **members)
        with server.client() as client:
            assert client.get("/ingest/osmand", params=query).status_code == 200
        assert shown(committing, on_duty).captured_at is None

    def test_off_duty_an_app_is_thanked_and_nothing_is_kept_or_logged(
        self, server: Server, committing: Session, caplog: pytest.LogCaptureFixture
    ) -> None:
        login = guard(committing, make_station(committing), on_duty=False)
        committing.commit()
        key = issue(server, login)["key"]
        with server.client() as client, caplog.at_level(logging.DEBUG):
            assert client.get("/ingest/osmand", params=osmand(key)).status_code == 200
        assert shown(committing, login).captured_at is None
        assert login.responder is not None
        tracked = text("SELECT count(*) FROM tracks WHERE responder_id = :id")
        assert committing.execute(tracked, {"id": login.responder.id}).scalar_one() == 0
        ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
        assert not any(key in line or str(LON) in line for line in ours)

    def test_a_key_that_is_not_good_is_refused(self, server: Server) -> None:
        with server.client() as client:
            for key in ("", "x", "nobody-has-this-key", "x" * 300):
                answer = client.get("/ingest/osmand", params=osmand(key))
                assert answer.status_code == 401
                assert not key or key not in answer.text


class TestOwnTracks:
    def message(self, **members: Any) -> dict[str, Any]:
        at = int(START.timestamp()) - 4
        return {"_type": "location", "tid": "ab", "lat": LAT, "lon": LON, "tst": at, **members}

    def send(self, server: Server, key: str | None, **kwargs: Any) -> httpx.Response:
        headers = {}
        if key is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(f"guard:{key}".encode()).decode()
        with server.client() as client:
            return client.post("/ingest/owntracks", headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    def test_a_location_becomes_the_last_position(self, server: Server, on_duty: Login, committing: Session) -> None:
        key = issue(server, on_duty)["key"]
        answer = self.send(server, key, json=self.message(acc=13, vel=36, cog=90, batt=77, conn="m"))
        assert (answer.status_code, answer.json()) == (200, [])
        row = shown(committing, on_duty)
        assert (row.accuracy_m, row.speed_mps, row.heading_deg, row.battery_pct) == (13, 10, 90, 77)
        assert row.source == "owntracks"

    def test_the_key_may_stand_in_the_device_header(self, server: Server, on_duty: Login, committing: Session) -> None:
        key = issue(server, on_duty)["key"]
        assert self.send(server, None, json=self.message(), headers={"X-Limit-D": key}).status_code == 200
        assert shown(committing, on_duty).lon == LON

    def test_other_messages_and_none_at_all_are_thanked_for(self, server: Server, on_duty: Login) -> None:
        key = issue(server, on_duty)["key"]
        for content in (b'{"_type": "lwt", "tst": 1}', b"", b"[]", b'{"_type": "location"}'):
            answer = self.send(server, key, content=content, headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()) == (200, [])

    def test_what_is_no_json_is_refused(self, server: Server, on_duty: Login) -> None:
        key = issue(server, on_duty)["key"]
        assert self.send(server, key, content=b'{"lat": NaN}').status_code == 400
        assert self.send(server, key, content=b"x" * 20_000).status_code == 413

    def test_no_key_and_a_wrong_one_are_refused(self, server: Server) -> None:
        assert self.send(server, None, json=self.message()).status_code == 401
        assert self.send(server, "nobody-has-this-key", json=self.message()).status_code == 401


class TestKeys:
    def test_a_key_is_shown_once_and_kept_as_a_digest(
        self, server: Server, on_duty: Login, committing: Session
    ) -> None:
        made = issue(server, on_duty)
        with server.client(on_duty) as client:
            listed = client.get("/api/v1/me/tracking-keys")
        assert [row["id"] for row in listed.json()] == [made["id"]]
        assert made["key"] not in listed.text
        kept = committing.execute(text("SELECT to_jsonb(d)::text FROM devices d WHERE id = :id"), {"id": made["id"]})
        assert made["key"] not in kept.scalar_one()
        answers = committing.execute(
            text("SELECT count(*) FROM idempotency_keys WHERE body::text LIKE :key"), {"key": f"%{made['key']}%"}
        )
        assert answers.scalar_one() == 0

    def test_a_revoked_key_is_refused_at_once(self, server: Server, on_duty: Login, send: Send) -> None:
        made = issue(server, on_duty)
        with server.client(on_duty) as client:
            url = f"/api/v1/me/tracking-keys/{made['id']}"
            assert send(client, "delete", url).status_code == 204
            assert send(client, "delete", url).status_code == 404
            assert client.get("/ingest/osmand", params=osmand(made["key"])).status_code == 401

    def test_nobody_revokes_the_key_of_another(
        self, server: Server, on_duty: Login, committing: Session, send: Send
    ) -> None:
        made, other = issue(server, on_duty), guard(committing, make_station(committing))
        committing.commit()
        with server.client(other) as client:
            assert send(client, "delete", f"/api/v1/me/tracking-keys/{made['id']}").status_code == 404

    def test_an_account_has_five_at_most(self, server: Server, on_duty: Login) -> None:
        for _ in range(5):
            issue(server, on_duty)
        with server.client(on_duty) as client:
            answer = client.post("/api/v1/me/tracking-keys", json={"name": "第六个"})
        assert (answer.status_code, answer.json()["title"]) == (409, "定位应用数量已达上限")

    def test_a_keeper_is_not_located(self, server: Server, committing: Session) -> None:
        login = keeper(committing, make_station(committing))
        committing.commit()
        with server.client(login) as client:
            assert client.post("/api/v1/me/tracking-keys", json={"name": "x"}).status_code == 403
