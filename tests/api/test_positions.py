"""Batches of fixes, the track, and who may read it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kit.actor import Role
from kit.ids import new_id
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.closing import make_incident, make_order
from tests.support.duty import make_duty
from tests.support.people import LAT, START, Login, east, guard, keeper, make_station, officer, staff

Send = Callable[..., httpx.Response]


def fix(second: float = 0, metre: float = 0, **members: Any) -> dict[str, Any]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"captured_at": at, "position": {"lon": east(metre), "lat": LAT, "crs": "wgs84"}, **members}


def post(server: Server, login: Login, *fixes: dict[str, Any], **members: Any) -> httpx.Response:
    with server.client(login) as client:
        return client.post("/api/v1/positions", json={"fixes": list(fixes), **members})


@pytest.fixture
def on_duty(committing: Session) -> Login:
    login = guard(committing, make_station(committing))
    assert login.responder is not None
    make_duty(committing, login.responder, start=START - timedelta(hours=1))
    committing.commit()
    return login


def stored(session: Session, login: Login) -> int:
    assert login.responder is not None
    count = text("SELECT count(*) FROM tracks WHERE responder_id = :id")
    return int(session.execute(count, {"id": login.responder.id}).scalar_one())


class TestSending:
    def test_stored_is_answered_when_it_is_stored(self, server: Server, on_duty: Login, committing: Session) -> None:
        answer = post(server, on_duty, fix(-20, seq=7), fix(-10, 5, seq=8), fix(-10, 5, seq=9))
        assert answer.status_code == 200
        items = answer.json()["items"]
        assert [(i["seq"], i["outcome"]) for i in items] == [(7, "stored"), (8, "stored"), (9, "duplicate")]
        assert stored(committing, on_duty) == 2

    def test_the_datum_may_be_said_once_for_all(self, server: Server, on_duty: Login, committing: Session) -> None:
        bare = fix(-5)
        del bare["position"]["crs"]
        assert post(server, on_duty, bare).json()["type"].endswith("/crs-required")
        assert post(server, on_duty, bare, crs="gcj02").status_code == 200
        shown = committing.execute(
            text("SELECT ST_X(position::geometry) FROM responder_index WHERE responder_id = :id"),
            {"id": on_duty.responder.id if on_duty.responder else None},
        ).scalar_one()
        assert 0.003 < abs(shown - east(0)) < 0.006, "what a Chinese map shows is some hundred metres off"

    def test_off_duty_nothing_is_kept(self, server: Server, committing: Session) -> None:
        login = guard(committing, make_station(committing), on_duty=False)
        committing.commit()
        answer = post(server, login, fix(-10), fix(-5))
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("/off-duty")
        assert str(east(0))[:7] not in answer.text
        assert stored(committing, login) == 0

    def test_off_duty_nothing_is_logged(
        self, server: Server, committing: Session, caplog: pytest.LogCaptureFixture
    ) -> None:
        login = guard(committing, make_station(committing), on_duty=False)
        committing.commit()
        with caplog.at_level(logging.DEBUG):
            post(server, login, fix(-10, 77))
        assert login.responder is not None
        assert str(login.responder.id) not in caplog.text
        assert str(east(77))[:9] not in caplog.text

    def test_each_fix_of_a_mixed_batch_is_answered(self, server: Server, on_duty: Login) -> None:
        answer = post(server, on_duty, fix(-7200), fix(-10), fix(-8, 300_000), fix(7200))
        assert [(i["outcome"], i["code"]) for i in answer.json()["items"]] == [
            ("refused", "off-duty"),
            ("stored", None),
            ("suspect", None),
            ("refused", "timestamp-in-future"),
        ]

    @pytest.mark.parametrize(("second", "code"), [(7200, "timestamp-in-future"), (-90_000, "timestamp-too-old")])
    def test_a_wrong_clock_is_told_with_the_servers_time(
        self, server: Server, on_duty: Login, second: float, code: str
    ) -> None:
        answer = post(server, on_duty, fix(second))
        assert answer.status_code == 422
        assert answer.json()["type"].endswith(f"/{code}")
        assert datetime.fromisoformat(answer.json()["server_time"]) == START

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ({"accuracy_m": -1.0}, "out-of-range"),
            ({"position": {"lon": LAT, "lat": 121.4, "crs": "wgs84"}}, "coordinate-swapped"),
            ({"position": {"lon": 0.0, "lat": 0.0, "crs": "wgs84"}}, "coordinate-implausible"),
            ({"position": {"lon": 181.0, "lat": 31.0, "crs": "wgs84"}}, "coordinate-out-of-range"),
            ({"captured_at": "2026-11-24T08:00:00"}, "timestamp-format"),
            ({"captured_at": "2026-11-24T24:00:00Z"}, None),
            ({"heading_deg": "12"}, "type"),
            ({"role": "admin"}, "unknown-member"),
        ],
    )
    def test_a_fix_that_makes_no_sense_is_refused_by_name(
        self, server: Server, on_duty: Login, fault: dict[str, Any], code: str | None
    ) -> None:
        answer = post(server, on_duty, {**fix(), **fault})
        assert answer.status_code == 422
        assert code is None or answer.json()["errors"][0]["code"] == code

    def test_more_than_five_hundred_are_too_many(self, server: Server, on_duty: Login) -> None:
        assert post(server, on_duty, *[fix(-n / 10) for n in range(501)]).json()["type"].endswith("/batch-too-large")
        assert post(server, on_duty, *[fix(-n / 10) for n in range(500)]).status_code == 200

    def test_only_those_who_move_send_positions(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        logins = [keeper(committing, station), staff(committing, Role.DISPATCHER, station)]
        committing.commit()
        assert [post(server, login, fix()).status_code for login in logins] == [403, 403]
        with server.client() as client:
            assert client.post("/api/v1/positions", json={"fixes": [fix()]}).status_code == 401


class TestTrack:
    def read(self, server: Server, reader: Login, whose: Login, **query: Any) -> httpx.Response:
        assert whose.responder is not None
        with server.client(reader) as client:
            return client.get(f"/api/v1/responders/{whose.responder.id}/track", params=query)

    def test_one_reads_ones_own(self, server: Server, on_duty: Login) -> None:
        post(server, on_duty, fix(-30), fix(-20, 10))
        items = self.read(server, on_duty, on_duty).json()["items"]
        assert [i["position"]["crs"] for i in items] == ["wgs84", "wgs84"]
        later = self.read(server, on_duty, on_duty, **{"from": (START - timedelta(seconds=25)).isoformat()})
        assert len(later.json()["items"]) == 1

    def test_ones_own_is_read_for_a_week_at_most(self, server: Server, on_duty: Login) -> None:
        answer = self.read(server, on_duty, on_duty, **{"from": "1970-01-01T00:00:00Z"})
        assert answer.json()["type"].endswith("/limit-exceeded")

    def test_nobody_elses_is_visible(self, server: Server, on_duty: Login, committing: Session) -> None:
        assert on_duty.account.station_id is not None
        colleague = guard(committing, make_station(committing))
        foreign = staff(committing, Role.LEADER, make_station(committing))
        car = officer(committing, make_station(committing))
        committing.commit()
        for reader in (colleague, foreign, car):
            answer = self.read(server, reader, on_duty, incident_id=new_id(), reason="x")
            assert answer.status_code == 404

    def test_a_leader_says_which_incident_and_why(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        login, leader = guard(committing, station), staff(committing, Role.LEADER, station)
        committing.commit()
        answer = self.read(server, leader, login)
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["/query/incident_id", "/query/reason"]
        entries = select(RecordEntry).where(RecordEntry.subject_id == (login.responder and login.responder.id))
        assert committing.execute(entries).first() is None

    def test_a_leader_sees_the_time_of_the_order_and_nothing_else(self, server: Server, committing: Session) -> None:
        station = make_station(committing)
        login, leader = guard(committing, station), staff(committing, Role.LEADER, station)
        assert login.responder is not None
        make_duty(committing, login.responder, start=START - timedelta(hours=2))
        incident = make_incident(committing, station)
        at = START - timedelta(minutes=60)
        make_order(committing, incident, login, offered_at=at, ended_at=at + timedelta(minutes=10))
        committing.commit()
        minutes = (-61, -60, -55, -50, -20)
        assert post(server, login, *[fix(60 * m) for m in minutes]).status_code == 200
        answer = self.read(server, leader, login, incident_id=incident.id, reason="核对处置过程")
        seen = [datetime.fromisoformat(i["captured_at"]) for i in answer.json()["items"]]
        assert seen == [START + timedelta(minutes=m) for m in (-60, -55)]
        entry = committing.execute(
            select(RecordEntry).where(RecordEntry.subject_id == login.responder.id, RecordEntry.action == "track.read")
        ).scalar_one()
        assert (entry.reason, entry.detail) == ("核对处置过程", {"incident_id": str(incident.id)})
        assert entry.actor_account_id == leader.account.id

    def test_a_leader_sees_no_track_of_one_who_was_not_on_that_incident(
        self, server: Server, committing: Session
    ) -> None:
        station = make_station(committing)
        login, leader = guard(committing, station), staff(committing, Role.LEADER, station)
        incident = make_incident(committing, station)
        committing.commit()
        assert self.read(server, leader, login, incident_id=incident.id, reason="x").status_code == 404
        assert self.read(server, leader, login, incident_id=new_id(), reason="x").status_code == 404
