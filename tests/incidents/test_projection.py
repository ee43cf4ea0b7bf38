"""Who sees an incident on his screen, and what of it."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents import editing, ending, projection, repository
from dispatch.incidents.caller import Caller
from dispatch.incidents.editing import Edit
from dispatch.incidents.model import Incident
from dispatch.incidents.service import fire
from kit.actor import SYSTEM, Role
from kit.errors import NotFound
from kit.feed import account_audience, station_audience
from kit.tenancy import Station
from tests.incidents.calls import call_in, give_order
from tests.support.people import START, Login, guard, keeper, make_station, officer, staff

PHONE = "+8613811112222"
MASK = "138****2222"


@pytest.fixture
def station(session: Session) -> Station:
    return make_station(session)


def seen(session: Session, incident: Incident) -> dict[str, dict[str, object] | None]:
    return {p.audience: p.value for p in projection.project(session, [incident.id])}


def audience_of(login: Login) -> str:
    return account_audience(login.account.id)


def test_the_station_sees_an_incident_until_it_ends(session: Session, station: Station) -> None:
    incident = call_in(session, station)
    room = station_audience(station.id)
    value = seen(session, incident)[room]
    assert value is not None
    assert value["position"] == {"lon": 121.4633, "lat": 31.0467, "crs": "wgs84"}
    assert value["milestones"] == {"received": "2026-11-24T08:00:00Z"}
    json.dumps(value)
    right = grant(staff(session, Role.DISPATCHER, station).actor, Permission.INCIDENT_EDIT)
    ending.cancel(session, grant=right, incident_id=incident.id, reason="误报警情", at=START)
    assert seen(session, incident) == {room: None}


def test_a_guard_sees_place_and_task_while_his_order_is_open_and_nothing_of_the_caller(
    session: Session, station: Station
) -> None:
    incident = call_in(session, station, caller=Caller(name="王建国", phone=PHONE))
    login = guard(session, station)
    order = give_order(session, incident, login)
    value = seen(session, incident)[audience_of(login)]
    assert value is not None
    assert {"address", "position", "summary", "state_label"} <= value.keys()
    assert not any("caller" in name for name in value)
    assert MASK not in json.dumps(value)
    order.state, order.ended_at = "stood_down", START
    session.flush()
    assert seen(session, incident)[audience_of(login)] is None


def test_a_keeper_reads_the_description_only_where_he_is_asked_to_look(session: Session, station: Station) -> None:
    login = keeper(session, station)
    child = call_in(session, station)
    order = give_order(session, child, login)
    shown = seen(session, child)[audience_of(login)]
    assert shown is not None and shown["summary"] is not None
    order.state, order.ended_at = "cancelled", START
    quarrel = call_in(session, station, category="dispute", type="consumer", summary="两人因退款争吵")
    give_order(session, quarrel, login)
    shown = seen(session, quarrel)[audience_of(login)]
    assert shown is not None and shown["summary"] is None


def test_an_officer_sees_the_incident_until_it_ends_though_his_part_is_done(session: Session, station: Station) -> None:
    incident = call_in(session, station, caller=Caller(phone=PHONE))
    login = officer(session, station)
    give_order(session, incident, login, state="completed")
    value = seen(session, incident)[audience_of(login)]
    assert value is not None and value["caller_phone_mask"] == MASK


def test_of_a_confidential_caller_not_even_the_mask_is_shown_to_the_room(session: Session, station: Station) -> None:
    incident = call_in(session, station, caller=Caller(phone=PHONE), confidential_caller=True)
    login = officer(session, station)
    give_order(session, incident, login)
    for value in seen(session, incident).values():
        assert value is not None
        assert value["caller_phone_mask"] is None
        assert MASK not in json.dumps(value)


def test_a_snapshot_and_the_events_after_it_are_a_fresh_snapshot(session: Session, station: Station) -> None:
    """Whatever is done to an incident, who replays the events holds what who asks anew is given."""
    login, police = guard(session, station), officer(session, station)
    audiences = [station_audience(station.id), audience_of(login), audience_of(police)]
    right = grant(staff(session, Role.DISPATCHER, station).actor, Permission.INCIDENT_EDIT)
    screens: dict[str, dict[uuid.UUID, object]] = {audience: {} for audience in audiences}
    incident = call_in(session, station)
    other = call_in(session, station)
    give_order(session, incident, login)
    give_order(session, incident, police)

    def ids() -> list[uuid.UUID]:
        return [incident.id, other.id]

    steps = [
        lambda: None,
        lambda: editing.set_level(
            session, grant=right, incident_id=incident.id, level=1, reason="天色将晚", at=START),
        lambda: editing.add_note(session, grant=right, incident_id=incident.id, text="已联系家属", at=START),
        lambda: fire(session, incident, "dispatch", by=SYSTEM, at=START + timedelta(seconds=5)),
        lambda: editing.edit(session, grant=right, incident_id=incident.id, version=incident.version,
                             changes=Edit(address="永德路 88 号"), at=START),
        lambda: ending.merge(
            session, grant=right, incident_id=other.id, into_id=incident.id, reason=None, at=START),
        lambda: ending.cancel(session, grant=right, incident_id=incident.id, reason="误报警情", at=START),
    ]  # fmt: skip
    for step in steps:
        step()  # type: ignore[no-untyped-call]
        for event in projection.project(session, ids()):
            if event.value is None:
                screens[event.audience].pop(event.entity_id, None)
            else:
                screens[event.audience][event.entity_id] = event.value
        for audience in audiences:
            shown = projection.list_shown(session, audience)
            fresh = {p.entity_id: p.value for p in projection.project(session, shown) if p.audience == audience}
            assert screens[audience] == fresh


def test_the_row_filter_and_the_screen_agree(session: Session, station: Station) -> None:
    incident = call_in(session, station)
    login, stranger = guard(session, station), guard(session, station)
    give_order(session, incident, login)
    assert repository.get_visible(session, incident.id, grant(login.actor, Permission.INCIDENT_READ)).id == incident.id
    assert projection.list_shown(session, audience_of(login)) == [incident.id]
    with pytest.raises(NotFound):
        repository.get_visible(session, incident.id, grant(stranger.actor, Permission.INCIDENT_READ))
    assert projection.list_shown(session, audience_of(stranger)) == []
