"""Changing, merging, ending and reopening incidents."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents import caller as callers
from dispatch.incidents import editing, ending, errors, repository
from dispatch.incidents.caller import Caller
from dispatch.incidents.editing import Edit
from dispatch.incidents.model import Incident
from dispatch.incidents.service import fire
from dispatch.scenarios.repository import get_scenario
from geo.crs import Position
from kit.actor import SYSTEM, Grant, Role
from kit.errors import NotFound, StaleVersion
from kit.record import RecordEntry
from kit.states import TransitionRefused
from kit.tenancy import Station
from tests.incidents.calls import call_in, metres_east
from tests.support.closing import make_order
from tests.support.people import START, make_station, officer, staff

LATER = START + timedelta(minutes=10)
PHONE = "+8613811112222"


@pytest.fixture
def station(session: Session) -> Station:
    return make_station(session)


@pytest.fixture
def room(session: Session, station: Station) -> Iterator[Grant]:
    yield grant(staff(session, Role.DISPATCHER, station).actor, Permission.INCIDENT_EDIT)


@pytest.fixture
def leader(session: Session, station: Station) -> Iterator[Grant]:
    yield grant(staff(session, Role.LEADER, station).actor, Permission.INCIDENT_REOPEN)


def entries(session: Session, incident: Incident, action: str) -> list[RecordEntry]:
    session.commit()
    query = session.query(RecordEntry).filter(RecordEntry.subject_id == incident.id, RecordEntry.action == action)
    return query.order_by(RecordEntry.id).all()


def actions(session: Session, incident: Incident) -> list[str]:
    session.commit()
    query = session.query(RecordEntry).filter(RecordEntry.subject_id == incident.id).order_by(RecordEntry.id)
    return [entry.action for entry in query]


class TestFire:
    def test_every_step_writes_its_milestone_its_record_and_a_new_version(self, session: Session, station: Station,
                                                                          leader: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        for minute, event in enumerate(("dispatch", "arrive", "handle", "give_feedback"), start=1):
            incident = fire(session, incident, event, by=SYSTEM, at=START + timedelta(minutes=minute))
        incident = fire(session, incident, "close", by=leader.actor, at=LATER)
        assert (incident.state, incident.version, incident.ended_at) == ("closed", 6, LATER)
        names = [m.name for m in repository.list_milestones(session, incident.id)]
        assert names == ["received", "dispatched", "arrived", "handled", "feedback", "closed"]
        assert actions(session, incident)[1:] == [
            "incident.dispatched", "incident.arrived", "incident.handled", "incident.feedback_given", "incident.closed",
        ]  # fmt: skip

    def test_a_step_that_the_table_does_not_have_changes_nothing(self, session: Session, station: Station) -> None:
        incident = call_in(session, station)
        with pytest.raises(TransitionRefused) as refused:
            fire(session, incident, "give_feedback", by=SYSTEM, at=LATER)
        assert refused.value.extra["state"] == "received"
        assert (incident.state, incident.version) == ("received", 1)
        assert actions(session, incident) == ["incident.received"]

    def test_a_milestone_is_written_once_in_a_round(self, session: Session, station: Station, leader: Grant) -> None:
        incident = call_in(session, station)
        first = START + timedelta(minutes=5)
        fire(session, incident, "handle", by=SYSTEM, at=first)
        fire(session, incident, "give_feedback", by=SYSTEM, at=first)
        fire(session, incident, "return_feedback", by=leader.actor, at=LATER)
        fire(session, incident, "give_feedback", by=SYSTEM, at=LATER)
        assert {m.at for m in repository.list_milestones(session, incident.id) if m.name == "feedback"} == {first}

    def test_the_caller_of_a_step_need_not_hold_the_newest_copy(self, session: Session, station: Station) -> None:
        incident = call_in(session, station)
        session.execute(text("UPDATE incidents SET version = 9 WHERE id = :id"), {"id": incident.id})
        assert fire(session, incident, "dispatch", by=SYSTEM, at=LATER).version == 10


class TestEdit:
    def test_a_stale_editor_loses_and_is_told_the_version(self, session: Session, station: Station,
                                                          room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        edit: dict[str, Any] = {"grant": room, "incident_id": incident.id, "at": LATER}
        editing.edit(session, version=1, changes=Edit(address="永德路 88 号"), **edit)
        with pytest.raises(StaleVersion) as refused:
            editing.edit(session, version=1, changes=Edit(address="龙吴路 1 号"), **edit)
        assert refused.value.extra["version"] == 2
        assert incident.address == "永德路 88 号"

    def test_another_type_brings_its_scenario_along(self, session: Session, station: Station, room: Grant) -> None:
        incident = call_in(session, station, subtype="child")
        editing.edit(session, grant=room, incident_id=incident.id, version=1,
                     changes=Edit(category="help", type="illness"), at=LATER)  # fmt: skip
        assert get_scenario(session, incident.scenario_id).key == "illness"
        assert incident.subtype is None

    def test_a_scenario_may_be_chosen_by_hand(self, session: Session, station: Station, room: Grant) -> None:
        incident = call_in(session, station)
        editing.edit(session, grant=room, incident_id=incident.id, version=1, changes=Edit(scenario_key="fight"),
                     at=LATER)  # fmt: skip
        assert get_scenario(session, incident.scenario_id).key == "fight"

    def test_an_edit_that_changes_nothing_leaves_no_trace(self, session: Session, station: Station,
                                                          room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        same = Edit(address=incident.address, level=incident.level, position=Position.of(incident.position))
        editing.edit(session, grant=room, incident_id=incident.id, version=1, changes=same, at=LATER)
        assert incident.version == 1
        assert actions(session, incident) == ["incident.received"]

    def test_a_new_position_is_the_one_that_is_read_back(self, session: Session, station: Station,
                                                         room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        editing.edit(session, grant=room, incident_id=incident.id, version=1,
                     changes=Edit(position=metres_east(300)), at=LATER)  # fmt: skip
        assert Position.of(incident.position) == metres_east(300)

    def test_an_upgrade_is_recorded_with_both_levels_and_the_reason(self, session: Session, station: Station,
                                                                    room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        editing.set_level(session, grant=room, incident_id=incident.id, level=1, reason="天色将晚", at=LATER)
        (entry,) = entries(session, incident, "incident.upgraded")
        assert (entry.detail["level_before"], entry.detail["level"], entry.reason) == (2, 1, "天色将晚")

    def test_what_has_ended_is_not_edited(self, session: Session, station: Station, room: Grant) -> None:
        incident = call_in(session, station)
        ending.cancel(session, grant=room, incident_id=incident.id, reason="误报警情", at=LATER)
        with pytest.raises(editing.AlreadyEnded):
            editing.set_level(session, grant=room, incident_id=incident.id, level=1, reason="补录级别", at=LATER)

    def test_a_neighbouring_stations_incident_is_not_there(self, session: Session, room: Grant) -> None:
        foreign = call_in(session, make_station(session))
        with pytest.raises(NotFound):
            editing.edit(session, grant=room, incident_id=foreign.id, version=1, changes=Edit(level=1), at=LATER)


class TestEnding:
    def test_a_merged_incident_points_to_the_one_that_goes_on(self, session: Session, station: Station,
                                                              room: Grant) -> None:  # fmt: skip
        first, second = call_in(session, station), call_in(session, station)
        ending.merge(session, grant=room, incident_id=second.id, into_id=first.id, reason=None, at=LATER)
        assert (second.state, second.merged_into_id, second.ended_at) == ("merged", first.id, LATER)
        assert first.state == "received"
        assert actions(session, first)[-1] == "incident.absorbed"

    def test_nothing_is_merged_into_itself_or_into_what_has_ended(self, session: Session, station: Station,
                                                                  room: Grant) -> None:  # fmt: skip
        first, second = call_in(session, station), call_in(session, station)
        merge: dict[str, Any] = {"grant": room, "reason": None, "at": LATER}
        with pytest.raises(errors.NotMergeable):
            ending.merge(session, incident_id=first.id, into_id=first.id, **merge)
        ending.cancel(session, grant=room, incident_id=first.id, reason="误报警情", at=LATER)
        with pytest.raises(errors.NotMergeable):
            ending.merge(session, incident_id=second.id, into_id=first.id, **merge)

    def test_an_incident_is_given_up_only_after_somebody_has_taken_the_alarm(self, session: Session, station: Station,
                                                                             room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        with pytest.raises(errors.AlarmFirst):
            ending.give_up(session, grant=room, incident_id=incident.id, reason="无人可派", at=LATER)
        session.execute(
            text(
                "INSERT INTO alarms (id, station_id, incident_id, kind, raised_at, acknowledged_at, acknowledged_by)"
                " VALUES (gen_random_uuid(), :station, :incident, 'police_short', :at, :at, :by)"
            ),
            {"station": station.id, "incident": incident.id, "at": LATER, "by": room.actor.account_id},
        )
        ending.give_up(session, grant=room, incident_id=incident.id, reason="无人可派", at=LATER)
        assert incident.state == "unstaffed"

    def test_a_reopened_incident_passes_its_milestones_anew(self, session: Session, station: Station, room: Grant,
                                                            leader: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        fire(session, incident, "dispatch", by=SYSTEM, at=START)
        ending.cancel(session, grant=room, incident_id=incident.id, reason="误报警情", at=START)
        ending.reopen(session, grant=leader, incident_id=incident.id, version=3, reason="报警人再次来电", at=LATER)
        assert (incident.state, incident.reopened, incident.ended_at) == ("received", 1, None)
        fire(session, incident, "dispatch", by=SYSTEM, at=LATER)
        passed = [(m.round, m.name) for m in repository.list_milestones(session, incident.id)]
        assert [each for each in passed if each[0] == 1] == [(1, "dispatched"), (1, "reopened")]

    def test_what_is_heard_over_the_radio_counts_as_stated(self, session: Session, station: Station,
                                                           room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station)
        ending.progress_by_hand(session, grant=room, incident_id=incident.id, event="arrive", reason="电台报告到场",
                                at=LATER)  # fmt: skip
        assert [m.how for m in repository.list_milestones(session, incident.id) if m.name == "arrived"] == ["stated"]


class TestReveal:
    def reveal(self, session: Session, incident: Incident, right: Grant, **values: Any) -> Caller:
        given = {"reason": "联系报警人核实位置", "at": LATER, **values}
        return callers.reveal(session, grant=right, incident_id=incident.id, **given)

    def test_each_reveal_stands_in_the_record_with_its_reason(self, session: Session, station: Station,
                                                              room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station, caller=Caller(name="王建国", phone=PHONE))
        for _ in range(2):
            assert self.reveal(session, incident, room) == Caller(name="王建国", phone=PHONE)
        written = entries(session, incident, "caller_phone.revealed")
        assert [entry.reason for entry in written] == ["联系报警人核实位置"] * 2
        assert all(PHONE not in str(vars(entry)) and "王建国" not in str(vars(entry)) for entry in written)

    def test_a_day_after_the_end_nobody_reads_it_any_more(self, session: Session, station: Station,
                                                          room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station, caller=Caller(phone=PHONE))
        ending.cancel(session, grant=room, incident_id=incident.id, reason="误报警情", at=LATER)
        assert self.reveal(session, incident, room, at=LATER + timedelta(hours=24)).phone == PHONE
        with pytest.raises(errors.RevealTooLate):
            self.reveal(session, incident, room, at=LATER + timedelta(hours=24, seconds=1))

    def test_a_confidential_caller_is_revealed_to_the_leader_alone(self, session: Session, station: Station,
                                                                   room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station, caller=Caller(phone=PHONE), confidential_caller=True)
        assigned = officer(session, station)
        make_order(session, incident, assigned, state="en_route")
        for right in (room, grant(assigned.actor, Permission.CALLER_REVEAL)):
            with pytest.raises(errors.CallerConfidential):
                self.reveal(session, incident, right)
        assert entries(session, incident, "caller_phone.revealed") == []
        chief = grant(staff(session, Role.LEADER, station).actor, Permission.CALLER_REVEAL)
        assert self.reveal(session, incident, chief).phone == PHONE
        (entry,) = entries(session, incident, "caller_phone.revealed")
        assert entry.detail["confidential"] is True

    def test_secrecy_is_promised_by_anybody_and_lifted_by_the_leader(self, session: Session, station: Station,
                                                                     room: Grant) -> None:  # fmt: skip
        incident = call_in(session, station, caller=Caller(phone=PHONE))

        def promise(by: Grant, version: int, secret: bool) -> None:
            editing.edit(session, grant=by, incident_id=incident.id, version=version,
                         changes=Edit(confidential_caller=secret), at=LATER)  # fmt: skip

        promise(room, 1, True)
        with pytest.raises(errors.CallerConfidential):
            promise(room, 2, False)
        promise(grant(staff(session, Role.LEADER, station).actor, Permission.INCIDENT_EDIT), 2, False)
        assert incident.confidential_caller is False

    def test_an_officer_who_is_not_assigned_finds_nothing(self, session: Session, station: Station) -> None:
        incident = call_in(session, station, caller=Caller(phone=PHONE))
        right = grant(staff(session, Role.OFFICER, station).actor, Permission.CALLER_REVEAL)
        with pytest.raises(NotFound):
            self.reveal(session, incident, right)

    def test_where_no_caller_is_known_there_is_none_to_reveal(self, session: Session, station: Station,
                                                              room: Grant) -> None:  # fmt: skip
        with pytest.raises(errors.NoCaller):
            self.reveal(session, call_in(session, station), room)


def test_of_two_who_cancel_and_merge_at_once_one_wins(committed_database: Engine) -> None:
    with Session(committed_database, expire_on_commit=False) as session:
        station = make_station(session)
        first, second = call_in(session, station), call_in(session, station)
        right = grant(staff(session, Role.DISPATCHER, station).actor, Permission.INCIDENT_EDIT)
        session.commit()
    barrier, outcomes = threading.Barrier(2), []

    def act(work: object) -> None:
        with Session(committed_database) as own:
            barrier.wait()
            try:
                work(own)  # type: ignore[operator]
                own.commit()
                outcomes.append("done")
            except TransitionRefused:
                own.rollback()
                outcomes.append("refused")

    threads = [
        threading.Thread(target=act, args=(work,))
        for work in (
            lambda s: ending.cancel(s, grant=right, incident_id=second.id, reason="误报警情", at=LATER),
            lambda s: ending.merge(s, grant=right, incident_id=second.id, into_id=first.id, reason=None, at=LATER),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]


def test_numbers_given_out_side_by_side_are_all_different(committed_database: Engine) -> None:
    with Session(committed_database) as session:
        station = make_station(session)
        session.commit()
        station_id = station.id
    numbers: list[str] = []

    def take() -> None:
        with Session(committed_database) as own:
            owner = own.get_one(Station, station_id)
            numbers.extend(call_in(own, owner).number for _ in range(5))
            own.commit()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 40
