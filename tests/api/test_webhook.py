"""Signed calls from a 110 system."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident
from dispatch.intake.webhook import create_source, sign
from kit.actor import Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.api.conftest import Server
from tests.support.people import LAT, LON, START, make_station, staff

POLICE = {
    "JJDBH": "JJ202611240001", "JQLBDM": "50", "JQLXDM": "5004", "JQXLDM": "儿童", "JQJB": "二级",
    "BJNR": "七岁男童走失，报警人13977776666", "SFDZ": "剑川路龙吴路口", "XZB": str(LON), "YZB": str(LAT),
    "coordinateType": "WGS-84", "BJSJ": "2026-11-24 15:59:30", "BJRXM": "王某", "BJDH": "13977776666", "SFBM": "0",
}  # fmt: skip


class Source:
    """A 110 system that is let in, and a client that signs as it does."""

    def __init__(self, server: Server, session: Session) -> None:
        self.server, self.session = server, session
        self.station: Station = make_station(session)
        self.name = f"s{new_id().hex[:12]}"
        _, self.secret = create_source(session, name=self.name, district_id=self.station.district_id, at=START)
        session.commit()

    def message(self, **changes: Any) -> dict[str, Any]:
        merged = {**POLICE, "GXDWDM": self.station.code, **changes}
        return {name: value for name, value in merged.items() if value is not None}

    def push(
        self, body: Any, *, at: datetime = START, secret: str | None = None, name: str | None = None,
        tampered: bytes = b"", timestamp: str | None = None,
    ) -> httpx.Response:  # fmt: skip
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = timestamp or str(int(at.timestamp()))
        headers = {
            "X-Pingan-Timestamp": stamp,
            "X-Pingan-Signature": sign(secret or self.secret, stamp, raw),
            "Content-Type": "application/json",
        }
        with self.server.client() as client:
            return client.post(f"/api/v1/webhooks/110/{name or self.name}", content=raw + tampered, headers=headers)

    def incident(self) -> Incident:
        self.session.expire_all()
        return self.session.query(Incident).filter(Incident.station_id == self.station.id).one()


@pytest.fixture
def source(server: Server, committing: Session) -> Source:
    return Source(server, committing)


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"].rpartition("/")[2])


def test_a_call_in_police_field_names_becomes_an_incident(source: Source) -> None:
    answer = source.push(source.message())
    assert (answer.status_code, answer.json()["created"], answer.json()["unmapped"]) == (201, True, [])
    incident = source.incident()
    assert (incident.number, incident.source, incident.type, incident.subtype, incident.level) == (
        "JJ202611240001", "webhook", "lost_person", "child", 2,
    )  # fmt: skip
    assert incident.received_at == START - timedelta(seconds=30)
    assert incident.caller_phone_mask == "139****6666"
    assert incident.summary == "七岁男童走失，报警人［号码已隐去］"
    assert "13977776666" not in answer.text


def test_english_names_say_the_same(source: Source) -> None:
    answer = source.push({
        "number": "JJ202611240002", "category": "help", "type": "lost_person", "level": 2, "summary": "男童走失",
        "address": "剑川路", "lon": LON, "lat": LAT, "crs": "gcj02", "station_code": source.station.code,
        "received_at": "2026-11-24T07:59:30Z",
    })  # fmt: skip
    assert answer.status_code == 201
    assert source.incident().type == "lost_person"


def test_the_same_call_again_is_the_same_incident(source: Source) -> None:
    first = source.push(source.message())
    again = source.push(source.message(), at=START + timedelta(seconds=60))
    assert (again.status_code, again.json()["incident_id"]) == (200, first.json()["incident_id"])
    assert (again.json()["updated"], source.incident().version) == ([], 1)


def test_two_deliveries_of_one_moment_open_one_incident(source: Source) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: source.push(source.message()), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["incident_id"] for answer in answers}) == 1


def test_other_content_under_the_number_updates_the_open_incident(source: Source) -> None:
    source.push(source.message())
    answer = source.push(source.message(SFDZ="永德路 88 号", JQJB="1"))
    assert (answer.status_code, answer.json()["updated"]) == (200, ["address", "level"])
    incident = source.incident()
    assert (incident.address, incident.level, incident.version) == ("永德路 88 号", 1, 2)
    actions = source.session.execute(
        text("SELECT action FROM record_entries WHERE subject_id = :id ORDER BY id"), {"id": incident.id}
    ).scalars()
    assert list(actions) == ["incident.received", "incident.updated_by_source"]


def test_a_mere_repetition_does_not_undo_what_the_room_has_put_right(
    source: Source, send: Callable[..., httpx.Response]
) -> None:
    incident_id = source.push(source.message()).json()["incident_id"]
    desk = staff(source.session, Role.DISPATCHER, source.station)
    source.session.commit()
    with source.server.client(desk) as client:
        url = f"/api/v1/incidents/{incident_id}"
        send(client, "patch", url, json={"address": "剑川路 951 弄东门"}, headers={"If-Match": '"1"'})
        source.push(source.message())
        source.push(source.message(JQJB="1"))
        assert source.incident().address == "剑川路 951 弄东门"
        send(client, "post", f"{url}/cancel", json={"reason": "误报警情"})
    answer = source.push(source.message(JQJB="3"))
    assert (answer.status_code, answer.json()["state"], answer.json()["updated"]) == (200, "cancelled", [])


def test_what_is_not_signed_by_a_known_source_is_refused_in_one_way(source: Source) -> None:
    wrong = [
        source.push(source.message(), secret="guess"),
        source.push(source.message(), name="nobody-at-all"),
        source.push(source.message(), tampered=b" "),
        source.push(b"[[[", secret="guess"),
        source.push(source.message(), timestamp="now"),
    ]
    with source.server.client() as client:
        wrong.append(client.post(f"/api/v1/webhooks/110/{source.name}", json=source.message()))
    assert {(a.status_code, slug(a), a.json()["detail"]) for a in wrong} == {
        (401, "invalid-signature", "The message is not signed by a known source.")
    }
    assert source.session.query(Incident).filter(Incident.station_id == source.station.id).count() == 0


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_old_signature_is_refused(source: Source, seconds: int) -> None:
    answer = source.push(source.message(), at=START + timedelta(seconds=seconds))
    assert (answer.status_code, slug(answer)) == (401, "timestamp-outside-window")
    assert "server_time" in answer.json()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"JJDBH": None}, "missing"),
        ({"BJNR": None}, "missing"),
        ({"role": "admin"}, "unknown-member"),
        ({"number": "JJ1234"}, "unknown-member"),
        ({"coordinateType": None}, "crs-required"),
        ({"coordinateType": "epsg:3857"}, "crs-not-allowed"),
        ({"YZB": None}, "coordinate-incomplete"),
        ({"XZB": "31.04", "YZB": "121.46"}, "coordinate-swapped"),
        ({"XZB": "abc"}, "not-a-number"),
        ({"BJSJ": "yesterday"}, "timestamp-format"),
        ({"JQJB": "9"}, "out-of-range"),
        ({"BJNR": "字" * 2001}, "too-long"),
    ],
)
def test_a_message_that_breaks_the_schema_is_refused_by_member(
    source: Source, changes: dict[str, Any], code: str
) -> None:
    answer = source.push(source.message(**changes))
    assert (answer.status_code, slug(answer)) == (422, "message-refused")
    assert code in {error["code"] for error in answer.json()["errors"]}
    assert "13977776666" not in answer.text


def test_signed_nonsense_is_not_json(source: Source) -> None:
    assert slug(source.push(b'{"JJDBH": NaN}')) == "invalid-json"
    assert slug(source.push(b'{"JJDBH": "a", "JJDBH": "b"}')) == "duplicate-member"


def test_codes_that_we_do_not_know_do_not_lose_the_call(source: Source) -> None:
    answer = source.push(source.message(JQLBDM="99", JQLXDM="9999", JQXLDM="x"))
    assert (answer.status_code, answer.json()["unmapped"]) == (201, ["category", "type", "subtype"])
    assert (source.incident().category, source.incident().type) == ("help", "other")


def test_an_odd_number_of_the_caller_does_not_lose_the_call(source: Source) -> None:
    assert source.push(source.message(BJDH="6666")).status_code == 201
    assert source.incident().caller_phone_mask == "****"


def test_an_unknown_station_is_said(source: Source) -> None:
    assert slug(source.push(source.message(GXDWDM="nowhere"))) == "station-unknown"
    assert slug(source.push(source.message(GXDWDM=None))) == "outside-every-area"


def test_the_secret_is_sealed_and_one_name_is_one_source(source: Source) -> None:
    (box,) = source.session.execute(
        text("SELECT secret_box FROM webhook_sources WHERE name = :name"), {"name": source.name}
    ).one()
    assert source.secret.encode() not in bytes(box)
