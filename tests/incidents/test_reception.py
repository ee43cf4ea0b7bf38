"""Taking a call: number, place, station, scenario, caller."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.access.table import Permission, grant
from dispatch.incidents import errors, repository
from dispatch.incidents.caller import Caller, hide_in
from dispatch.incidents.reception import NoPosition, receive, receive_panic
from dispatch.scenarios.repository import get_scenario
from geo.crs import Position
from geo.responders.model import Post
from kit.actor import SYSTEM, Role
from kit.errors import NotFound
from kit.ids import new_id
from kit.record import RecordEntry
from kit.tenancy import Station
from tests.incidents.calls import AT_TOWN, call_in, draw, metres_east, new_call
from tests.support.people import LAT, LON, START, east, guard, make_district, make_station, point, staff

BY_MACHINE = grant(SYSTEM, Permission.INCIDENT_CREATE)


def test_a_call_follows_the_scenario_of_its_type_and_passes_its_first_milestone(session: Session) -> None:
    incident = call_in(session, make_station(session))
    assert get_scenario(session, incident.scenario_id).key == "lost_person"
    milestones = repository.list_milestones(session, incident.id)
    assert [(m.name, m.at, m.how, m.round) for m in milestones] == [("received", START, "measured", 0)]


def test_a_time_that_the_source_states_is_not_passed_off_as_measured(session: Session) -> None:
    earlier = START - timedelta(minutes=3)
    incident = call_in(session, make_station(session), received_at=earlier)
    milestone = repository.list_milestones(session, incident.id)[0]
    assert (milestone.at, milestone.how) == (earlier, "stated")


def test_numbers_of_a_day_rise_from_one_in_each_district(session: Session) -> None:
    here, there = make_station(session), make_station(session)
    numbers = [call_in(session, here).number for _ in range(3)]
    assert numbers[0] == "D20261124-0001"
    assert numbers == sorted(set(numbers))
    assert call_in(session, there).number == "D20261124-0001"


def test_the_day_of_a_number_is_the_day_on_the_wall(session: Session) -> None:
    late = START.replace(hour=16, minute=30)
    assert call_in(session, make_station(session), at=late).number.startswith("D20261125-")


def test_a_number_is_given_once_in_a_district(session: Session) -> None:
    station = make_station(session)
    call_in(session, station, number="JJ20261124000001")
    with pytest.raises(errors.NumberTaken):
        call_in(session, station, number="JJ20261124000001")


def test_a_type_that_the_catalogue_does_not_have_is_refused(session: Session) -> None:
    with pytest.raises(errors.TypeUnknown):
        call_in(session, make_station(session), type="ghost")


def test_the_place_decides_whose_incident_it_is(session: Session) -> None:
    district = make_district(session)
    west, east_ = make_station(session, district), make_station(session, district)
    draw(session, west, -1000, 0)
    draw(session, east_, 0, 1000)
    for metres, owner in ((-500, west), (500, east_)):
        new = new_call(west, station_id=None, district_id=district.id, position=metres_east(metres))
        assert receive(session, new=new, grant=BY_MACHINE, at=START).station_id == owner.id


def test_a_place_outside_every_area_is_refused(session: Session) -> None:
    station = make_station(session)
    draw(session, station, -1000, 1000)
    new = new_call(station, station_id=None, district_id=station.district_id, position=metres_east(5000))
    with pytest.raises(errors.OutsideEveryArea):
        receive(session, new=new, grant=BY_MACHINE, at=START)


def test_a_dispatcher_is_told_when_the_place_is_a_neighbours_and_may_take_it_all_the_same(session: Session) -> None:
    district = make_district(session)
    own, other = make_station(session, district), make_station(session, district)
    draw(session, own, -1000, 0)
    draw(session, other, 0, 1000)
    right = grant(staff(session, Role.DISPATCHER, own).actor, Permission.INCIDENT_CREATE)
    with pytest.raises(errors.BelongsToOtherStation) as refused:
        receive(session, new=new_call(own, station_id=None, position=metres_east(500)), grant=right, at=START)
    assert refused.value.extra["station"] == other.name
    taken = receive(session, new=new_call(own, position=metres_east(500)), grant=right, at=START)
    assert taken.station_id == own.id


def test_no_one_opens_an_incident_at_another_station(session: Session) -> None:
    district = make_district(session)
    own, other = make_station(session, district), make_station(session, district)
    right = grant(staff(session, Role.DISPATCHER, own).actor, Permission.INCIDENT_CREATE)
    with pytest.raises(NotFound):
        receive(session, new=new_call(other), grant=right, at=START)


def test_on_the_border_the_lowest_id_takes_it_and_the_command_room_is_alarmed(session: Session) -> None:
    district = make_district(session)
    stations = sorted((make_station(session, district) for _ in range(2)), key=lambda s: s.id)
    for station in stations:
        draw(session, station, -500, 500)
    new = new_call(stations[1], station_id=None, district_id=district.id)
    incident = receive(session, new=new, grant=BY_MACHINE, at=START)
    assert incident.station_id == stations[0].id
    kinds = session.execute(text("SELECT kind FROM alarms WHERE incident_id = :id"), {"id": incident.id}).scalars()
    assert list(kinds) == ["boundary"]


def place(session: Session, station: Station, name: str, metres: float, address: str = "") -> None:
    session.execute(
        text(
            "INSERT INTO places (id, district_id, name, address, category, position, words) VALUES"
            " (gen_random_uuid(), :district, :name, :address, 'poi', ST_GeogFromText(:point), :words)"
        ),
        {
            "district": station.district_id,
            "name": name,
            "address": address,
            "point": metres_east(metres).ewkt,
            "words": f"{name}\n{address}".strip(),
        },
    )


def test_an_address_becomes_a_point(session: Session) -> None:
    station = make_station(session)
    place(session, station, "吴泾公园", 120)
    incident = call_in(session, station, position=None, address="吴泾公园")
    assert Position.of(incident.position) == metres_east(120)
    assert incident.place_id is not None


def test_an_ambiguous_address_offers_the_candidates(session: Session) -> None:
    station = make_station(session)
    place(session, station, "龙吴路5500号", 0)
    place(session, station, "龙吴路5510号", 90)
    with pytest.raises(errors.AddressAmbiguous) as refused:
        call_in(session, station, position=None, address="龙吴路55")
    assert {c["name"] for c in refused.value.extra["candidates"]} == {"龙吴路5500号", "龙吴路5510号"}


def test_an_unknown_address_is_refused_and_so_is_no_place_at_all(session: Session) -> None:
    station = make_station(session)
    with pytest.raises(errors.AddressUnknown):
        call_in(session, station, position=None, address="乌有路 1 号")
    with pytest.raises(errors.PlaceMissing):
        call_in(session, station, position=None, address=None)


def test_a_point_becomes_a_readable_place(session: Session) -> None:
    station = make_station(session)
    assert call_in(session, station, address=None).address == f"东经{LON:.5f}，北纬{LAT:.5f}"
    place(session, station, "吴泾公园", 0)
    assert call_in(session, station, address=None).address == "吴泾公园"


def test_the_callers_number_is_hidden_in_the_summary_however_it_is_grouped() -> None:
    caller = Caller(phone="+8613800000001")
    for written in ("13800000001", "138 0000 0001", "138-0000-0001", "+86 13800000001"):
        assert hide_in(f"报警人电话{written}，速联系", caller) == "报警人电话［号码已隐去］，速联系"
    assert hide_in("车牌 913800000001234", caller) == "车牌 913800000001234"


def test_the_callers_name_is_hidden_where_it_is_written_out() -> None:
    caller = Caller(name="欧阳 建国", phone="+862164500000")
    assert hide_in("欧阳建国（64500000）称，欧阳 建国的店被砸", caller) == (
        "［姓名已隐去］（［号码已隐去］）称，［姓名已隐去］的店被砸"
    )
    assert hide_in("MR. KING, dans le hall", Caller(name="Mr. King")) == "［姓名已隐去］, dans le hall"
    # a surname alone is nobody
    assert hide_in("王某报警", Caller(name="王")) == "王某报警"


def test_a_guard_who_presses_panic_opens_one_incident_where_he_stands(session: Session) -> None:
    station = make_station(session)
    login = guard(session, station, lon=east(50))
    right = grant(login.actor, Permission.PANIC)
    incident = receive_panic(session, grant=right, at=START)
    assert (incident.source, incident.level, incident.station_id) == ("panic", 1, station.id)
    assert Position.of(incident.position).lon == pytest.approx(east(50))
    assert get_scenario(session, incident.scenario_id).spec["stand_off_m"] > 0
    again = receive_panic(session, grant=right, at=START + timedelta(seconds=3), position=AT_TOWN)
    assert again.id == incident.id
    kinds = session.execute(text("SELECT kind FROM alarms WHERE incident_id = :id"), {"id": incident.id}).scalars()
    assert list(kinds) == ["sos"]


def test_a_panic_of_an_unlocated_guard_leads_to_his_post_and_says_that_he_may_be_elsewhere(session: Session) -> None:
    station = make_station(session)
    login = guard(session, station)
    his = login.helper
    gate = Post(
        id=new_id(), district_id=his.district_id, station_id=his.station_id, organization_id=his.organization_id,
        name="东门", position=point(east(300)),
    )  # fmt: skip
    session.add(gate)
    session.flush()
    his.post_id = gate.id
    incident = receive_panic(session, grant=grant(login.actor, Permission.PANIC), at=START)
    assert Position.of(incident.position).lon == pytest.approx(east(300))
    assert "可能不在该处" in incident.summary


def test_a_panic_without_position_or_post_says_to_call_110(session: Session) -> None:
    login = guard(session, make_station(session))
    with pytest.raises(NoPosition):
        receive_panic(session, grant=grant(login.actor, Permission.PANIC), at=START)


def test_a_call_leaves_exactly_one_line_in_the_record(session: Session) -> None:
    incident = call_in(session, make_station(session))
    session.commit()
    lines = session.query(RecordEntry).filter(RecordEntry.subject_id == incident.id).all()
    assert [line.action for line in lines] == ["incident.received"]
