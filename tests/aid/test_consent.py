"""Nothing is open before both leaders have said yes, and nothing stays open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dispatch.access.table import Permission as P
from dispatch.aid import ending, service
from dispatch.aid.errors import AidAlreadyOpen, AidNotOpen, NotANeighbour, NothingToSend, SamePerson
from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.escalation.model import Alarm
from dispatch.incidents.ending import cancel
from kit.actor import Role
from kit.errors import NotFound
from kit.states import TransitionRefused
from tests.support.aid import Neighbours, entries_of, make_neighbours
from tests.support.orders import told
from tests.support.people import START, Login, make_station, staff


@pytest.fixture
def scene(session: Session) -> Neighbours:
    return make_neighbours(session)


class TestRequest:
    def test_waits_for_both_leaders(self, scene: Neighbours) -> None:
        aid = scene.request()
        assert aid.state == AidState.REQUESTED
        assert (aid.approved_a_at, aid.approved_b_at, aid.starts_at) == (None, None, None)
        assert told(scene.session, scene.leader) == told(scene.session, scene.other_leader) == ["aid.requested"]
        assert told(scene.session, scene.other_dispatcher) == []

    def test_of_a_leader_is_his_yes(self, scene: Neighbours) -> None:
        aid = scene.request(by=scene.leader)
        assert (aid.approved_a_how, aid.approved_a_by, aid.approved_b_how) == (
            "leader",
            scene.leader.account.id,
            None,
        )
        assert told(scene.session, scene.leader) == []

    def test_is_made_once_for_a_station(self, scene: Neighbours) -> None:
        scene.request()
        with pytest.raises(AidAlreadyOpen):
            scene.request()

    def test_goes_to_another_station_of_the_district(self, scene: Neighbours) -> None:
        for station in (scene.station, make_station(scene.session)):
            with pytest.raises(NotANeighbour):
                scene.request(station_id=station.id)

    def test_says_who_is_wanted(self, scene: Neighbours) -> None:
        with pytest.raises(NothingToSend):
            scene.request(kinds=[])
        assert scene.request(tier="view").kinds == []

    def test_is_for_ones_own_incident_alone(self, scene: Neighbours) -> None:
        scene.opened()
        third = make_station(scene.session)
        with pytest.raises(NotFound):
            scene.request(by=scene.other_dispatcher, station_id=third.id)


class TestConsent:
    def test_of_both_opens_it_and_tells_both_rooms(self, scene: Neighbours) -> None:
        aid = scene.request()
        scene.approve(scene.other_leader, aid)
        assert aid.state == AidState.REQUESTED
        aid = scene.approve(scene.leader, aid, at=START + timedelta(seconds=40))
        assert aid.state == AidState.ACTIVE
        assert aid.starts_at == START + timedelta(seconds=40)
        assert aid.ends_at == aid.starts_at + timedelta(hours=2)
        for login in (scene.dispatcher, scene.leader, scene.other_dispatcher, scene.other_leader):
            assert told(scene.session, login) == ["aid.active"]

    def test_of_one_given_twice_is_one(self, scene: Neighbours) -> None:
        aid = scene.request()
        for _ in range(2):
            assert scene.approve(scene.leader, aid).state == AidState.REQUESTED

    def test_refused_by_either_ends_it(self, scene: Neighbours) -> None:
        for login in (scene.leader, scene.other_leader):
            aid = scene.request()
            aid = service.decline(
                scene.session, grant=scene.may(login, P.AID_DECIDE), aid_id=aid.id, reason="本所警力紧张", at=START
            )
            assert aid.state == AidState.DECLINED
            with pytest.raises(AidNotOpen):
                scene.approve(scene.leader, aid)
        assert "aid.declined" in told(scene.session, scene.dispatcher)

    def test_that_comes_too_late_counts_no_more_and_an_alarm_says_so(self, scene: Neighbours) -> None:
        aid = scene.request()
        late = START + service.CONSENT_WITHIN
        with pytest.raises(AidNotOpen):
            scene.approve(scene.leader, aid, at=late)
        assert ending.tick(scene.session, late) == 1
        assert ending.tick(scene.session, late) == 0
        assert aid.state == AidState.LAPSED
        alarm = scene.session.scalars(select(Alarm).where(Alarm.station_id == scene.station.id)).one()
        assert (alarm.kind, alarm.detail["aid_id"]) == ("aid_lapsed", str(aid.id))

    def test_of_the_district_takes_two_persons(self, scene: Neighbours) -> None:
        first, second = (staff(scene.session, Role.DISTRICT_ADMIN, scene.station) for _ in range(2))
        aid = scene.request(by=scene.leader)

        def force(login: Login) -> Aid:
            may = scene.may(login, P.AID_FORCE)
            return service.force(scene.session, grant=may, aid_id=aid.id, reason="所长失联", at=START)

        assert force(first).state == AidState.REQUESTED
        with pytest.raises(SamePerson):
            force(first)
        aid = force(second)
        assert (aid.state, aid.approved_a_how, aid.approved_b_how) == (AidState.ACTIVE, "leader", "district")


class TestEnd:
    def test_comes_with_its_time(self, scene: Neighbours) -> None:
        aid = scene.opened(lasts_s=600)
        assert ending.tick(scene.session, START + timedelta(seconds=599)) == 0
        assert ending.tick(scene.session, START + timedelta(seconds=600)) == 1
        assert (aid.state, aid.end_reason) == (AidState.EXPIRED, "time_over")

    def test_comes_a_quarter_of_an_hour_after_the_incidents(self, scene: Neighbours) -> None:
        aid = scene.opened()
        end = START + timedelta(minutes=10)
        cancel(scene.session, grant=scene.may(scene.dispatcher, P.INCIDENT_EDIT), incident_id=scene.incident.id,
               reason="误报", at=end)  # fmt: skip
        scene.session.refresh(aid)
        assert (aid.state, aid.ends_at) == (AidState.ACTIVE, end + timedelta(minutes=15))
        assert ending.tick(scene.session, end + timedelta(minutes=15)) == 1
        assert (aid.state, aid.end_reason) == (AidState.FINISHED, "incident_over")

    def test_of_the_incident_takes_a_request_back(self, scene: Neighbours) -> None:
        aid = scene.request()
        cancel(scene.session, grant=scene.may(scene.dispatcher, P.INCIDENT_EDIT), incident_id=scene.incident.id,
               reason="误报", at=START)  # fmt: skip
        assert aid.state == AidState.WITHDRAWN

    def test_comes_at_once_by_either_leader(self, scene: Neighbours) -> None:
        for login in (scene.leader, scene.other_leader):
            aid = scene.opened()
            assert scene.revoke(aid, by=login).state == AidState.REVOKED
            assert scene.revoke(aid, by=login).state == AidState.REVOKED

    def test_comes_from_the_room_that_asked_and_not_from_the_other(self, scene: Neighbours) -> None:
        aid = scene.opened()
        values: dict[str, Any] = {"aid_id": aid.id, "reason": "已不需要", "at": START}
        with pytest.raises(NotFound):
            service.release(scene.session, grant=scene.may(scene.other_dispatcher, P.AID_RELEASE), **values)
        release = service.release(scene.session, grant=scene.may(scene.dispatcher, P.AID_RELEASE), **values)
        assert release.state == AidState.FINISHED
        with pytest.raises(TransitionRefused):
            scene.revoke(aid)


def test_every_step_stands_in_the_record_of_both_stations(scene: Neighbours) -> None:
    aid = scene.opened()
    scene.revoke(aid)
    steps = ["aid.requested", "aid.approved", "aid.activated", "aid.revoked"]
    both = [scene.station.id, scene.other.id]
    assert entries_of(scene.session, aid.id) == [(step, station) for step in steps for station in both]


@pytest.mark.parametrize(
    "change",
    [
        "starts_at = requested_at, ends_at = requested_at + interval '1 hour', state = 'active'",
        "approved_a_how = 'leader', approved_a_at = requested_at",
        "approved_b_how = 'pact', approved_b_at = requested_at",
        "approved_b_how = 'district', approved_b_at = requested_at",
        "helping_station_id = requesting_station_id",
        "state = 'revoked'",
    ],
)
def test_the_database_lets_nothing_be_open_without_both(scene: Neighbours, change: str) -> None:
    aid = scene.request()
    with pytest.raises(DBAPIError), scene.session.begin_nested():
        scene.session.execute(text(f"UPDATE aids SET {change} WHERE id = :id"), {"id": aid.id})
