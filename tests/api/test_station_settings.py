"""A station sets its own targets, over the wire."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from kit.actor import Role
from kit.record import RecordEntry
from tests.api.conftest import Server
from tests.support.closing import make_scene
from tests.support.matrix import Place, Town, build_town, expected
from tests.support.people import staff

Send = Callable[..., httpx.Response]
BODY = {"zone": "suburb", "targets": {"review_s": 3600}}
MATCH = {"If-Match": '"1"'}


@pytest.fixture
def town(committing: Session) -> Town:
    town = build_town(committing)
    committing.commit()
    return town


def url(town: Town, place: Place = Place.OWN) -> str:
    return f"/api/v1/stations/{town.stations[place].id}/settings"


def test_before_anybody_decides_the_defaults_of_a_city_hold(server: Server, town: Town) -> None:
    with server.client(town.people[Role.LEADER]) as client:
        answer = client.get(url(town))
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.json()["zone"] == "city"
    assert answer.json()["targets"]["arrive_s"] is None
    assert answer.json()["targets_in_force"]["arrive_s"] == 300


def test_a_leader_changes_the_targets_and_the_record_says_from_what_to_what(
    server: Server, committing: Session, town: Town, send: Send
) -> None:
    with server.client(town.people[Role.LEADER]) as client:
        changed = send(client, "put", url(town), json=BODY, headers=MATCH)
        assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
        in_force = changed.json()["targets_in_force"]
        assert (in_force["arrive_s"], in_force["review_s"], in_force["sign_s"]) == (600, 3600, 60)
        assert client.get(url(town)).json() == changed.json()
        # what was read can be sent back
        again = {name: changed.json()[name] for name in ("zone", "targets")}
        assert send(client, "put", url(town), json=again, headers={"If-Match": '"2"'}).status_code == 200
    query = select(RecordEntry.detail).where(RecordEntry.action == "station.settings_changed")
    first = committing.scalars(
        query.where(RecordEntry.subject_id == town.stations[Place.OWN].id).order_by(RecordEntry.id)
    ).first()
    assert first == {"before": {}, "after": BODY, "duty_phone_changed": False}


def test_a_changed_target_counts_at_once(server: Server, committing: Session, send: Send) -> None:
    scene = make_scene(committing, state="handled")
    leader = staff(committing, Role.LEADER, scene.station)
    committing.commit()
    server.clock.advance(minutes=40)
    with server.client(leader) as client:
        before = client.get("/api/v1/closures").json()["items"][0]
        body = {"zone": "city", "targets": {"feedback_s": 600}}
        place = f"/api/v1/stations/{scene.station.id}/settings"
        assert send(client, "put", place, json=body, headers=MATCH).status_code == 200
        after = client.get("/api/v1/closures").json()["items"][0]
    assert (before["overdue"], after["overdue"]) == (False, True)


def test_a_leader_decides_how_his_helpers_are_spared(server: Server, town: Town, send: Send) -> None:
    with server.client(town.people[Role.LEADER]) as client:
        assert client.get(url(town)).json()["matching_in_force"] == {
            "rest_s": 300, "alerts_per_hour": 6, "alerts_per_shift": 24, "proven_s": 900, "post_rule": "forbid",
        }  # fmt: skip
        stated = {"rest_s": 0, "alerts_per_hour": 3, "post_rule": "price"}
        changed = send(client, "put", url(town), json={**BODY, "matching": stated}, headers=MATCH).json()
        assert (changed["matching"]["alerts_per_hour"], changed["matching"]["proven_s"]) == (3, None)
        assert changed["matching_in_force"]["alerts_per_shift"] == 24
        # a screen that knows nothing of it leaves it as it is
        kept = send(client, "put", url(town), json=BODY, headers={"If-Match": '"2"'}).json()
        assert kept["matching"] == changed["matching"]


def test_two_editors_do_not_overwrite_each_other(server: Server, town: Town, send: Send) -> None:
    with server.client(town.people[Role.LEADER]) as client:
        assert send(client, "put", url(town), json=BODY).status_code == 428
        assert send(client, "put", url(town), json=BODY, headers=MATCH).status_code == 200
        assert send(client, "put", url(town), json=BODY, headers=MATCH).status_code == 412


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"zone": "village"},
        {"zone": "city", "targets": {"sign_s": 0}},
        {"zone": "city", "targets": {"sign_s": "60"}},
        {"zone": "city", "targets": {"sign_s": True}},
        {"zone": "city", "targets": {"review_s": 2_592_001}},
        {"zone": "city", "targets": {"lunch_s": 60}},
        {"zone": "city", "track_days": 1},
        {"zone": "city", "matching": {"rest_s": -1}},
        {"zone": "city", "matching": {"post_rule": "empty"}},
        {"zone": "city", "matching": {"lunch": 1}},
    ],
)
def test_a_setting_that_means_nothing_is_refused(server: Server, town: Town, send: Send, body: object) -> None:
    with server.client(town.people[Role.LEADER]) as client:
        assert send(client, "put", url(town), json=body, headers=MATCH).status_code == 422


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_who_may_read_and_change_them(server: Server, town: Town, send: Send, role: Role) -> None:
    with server.client(town.people[role]) as client:
        for place in town.stations:
            if place is Place.COMPANY:
                continue
            wanted = expected(Permission.STATION_SETTINGS, role, place)
            assert client.get(url(town, place)).status_code == wanted, place
            assert send(client, "put", url(town, place), json=BODY, headers=MATCH).status_code == wanted, place
