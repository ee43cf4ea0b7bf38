"""Files of calls and their words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.incidents.catalogue import find_kind
from dispatch.incidents.model import Incident
from dispatch.intake.calls import Call, ColumnsRefused, RowFault, ZoneUnknown, find_zone, read_calls, read_rows
from dispatch.intake.classify import MappingRefused, classify, read_mapping
from dispatch.intake.files import FileRefused, Imported, import_calls
from tests.incidents.calls import draw
from tests.support.people import START, make_station

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "calls-montgomery-pa.csv"
COLUMNS = ("lat", "lon", "type", "time", "township", "address")


def write(folder: Path, *lines: str) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(path: Path, zone: str = "Asia/Shanghai") -> list[Call | RowFault]:
    return list(read_rows(path, columns=COLUMNS, zone=find_zone(zone)))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("EMS: FALL VICTIM", ("help", "illness", 2)),
        ("EMS: CARDIAC ARREST", ("help", "illness", 1)),
        ("Traffic: VEHICLE ACCIDENT -", ("traffic", "crash", 2)),
        ("Fire: VEHICLE ACCIDENT", ("traffic", "crash", 2)),
        ("Fire: GAS-ODOR/LEAK", ("fire", "gas_leak", 1)),
        ("Fire: PUMP DETAIL", ("fire", "other", 2)),
        ("打架斗殴", ("public_order", "fight", 2)),
        ("剑川路有人打架斗殴", ("public_order", "fight", 2)),
        ("help.lost_person", ("help", "lost_person", 2)),
        ("5006", ("help", "move_car", 4)),
        ("说不清的事", ("help", "other", 4)),
    ],
)
def test_other_systems_words_become_types_of_the_catalogue(words: str, expected: tuple[str, str, int]) -> None:
    assert classify(words) == expected
    assert find_kind(expected[0], expected[1]) is not None


def test_a_mapping_of_ones_own_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "mapping.csv"
    path.write_text("EMS: FALL VICTIM,help.lost_person,3\n走丢,5004\n", encoding="utf-8")
    mapping = read_mapping(path)
    assert classify("EMS: FALL VICTIM", mapping) == ("help", "lost_person", 3)
    assert classify("走丢", mapping) == ("help", "lost_person", 2)
    path.write_text("走丢,nothing\n", encoding="utf-8")
    with pytest.raises(MappingRefused):
        read_mapping(path)


def test_times_without_an_offset_are_of_the_zone_that_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "40.08,-75.38,EMS: FALL VICTIM,2016-07-15 12:01,UPPER MERION,DEKALB PIKE")
    (call,) = rows(path, "America/New_York")
    assert isinstance(call, Call)
    assert call.called_at.astimezone(UTC) == datetime(2016, 7, 15, 16, 1, tzinfo=UTC)
    assert call.address == "UPPER MERION DEKALB PIKE"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("x,121.46,help.find_pet,2026-11-24 08:00,吴泾,剑川路", "经纬度不是数字"),
        ("nan,121.46,help.find_pet,2026-11-24 08:00,吴泾,剑川路", "坐标须为有限数值"),
        ("121.46,31.04,help.find_pet,2026-11-24 08:00,吴泾,剑川路", "经度和纬度可能填反，请核对"),
        ("0,0,help.find_pet,2026-11-24 08:00,吴泾,剑川路", "坐标为 0，定位可能未成功，请重新定位"),
        ("31.04,121.46,help.find_pet,yesterday,吴泾,剑川路", "时间无法识别，应为 2026-11-24 08:30 这样的格式"),
        ("31.04,121.46,,2026-11-24 08:00,吴泾,剑川路", "类型为空"),
        ("31.04,121.46", "只有 2 列，少于列名所需"),
    ],
)
def test_a_faulty_row_is_named_with_its_reason(tmp_path: Path, line: str, message: str) -> None:
    (row,) = rows(write(tmp_path, line))
    assert isinstance(row, RowFault)
    assert (row.row, row.message) == (1, message)


def test_columns_that_calls_are_not_read_from_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b")
    for columns in (("lat", "lon"), (*COLUMNS, "colour"), ("lat", "lat", "lon", "type", "time")):
        with pytest.raises(ColumnsRefused):
            list(read_rows(path, columns=columns, zone=UTC))
    with pytest.raises(ZoneUnknown):
        find_zone("Moon/Base")


def test_a_file_is_taken_whole_and_once(session: Session, tmp_path: Path) -> None:
    station = make_station(session)
    path = write(
        tmp_path,
        "31.0467,121.4633,help.lost_person,2026-11-24 15:50,吴泾镇,剑川路龙吴路口",
        "31.0470,121.4640,EMS: FALL VICTIM,2025-01-01 08:00,吴泾镇,永德路",
        "31.0470,121.4640,EMS: FALL VICTIM,2025-01-01 08:00,吴泾镇,永德路",
    )
    assert import_calls(session, rows(path), at=START, station_id=station.id) == Imported(opened=1, filed=2, known=0)
    assert import_calls(session, rows(path), at=START, station_id=station.id) == Imported(opened=0, filed=0, known=3)
    states = select(Incident.state, func.count()).where(Incident.station_id == station.id).group_by(Incident.state)
    assert dict(session.execute(states).all()) == {"received": 1, "closed": 2}


def test_one_faulty_row_and_nothing_is_taken(session: Session, tmp_path: Path) -> None:
    station = make_station(session)
    good = "31.0467,121.4633,help.lost_person,2026-11-24 15:50,吴泾镇,剑川路"
    path = write(tmp_path, good, "31.04,121.46,,2026-11-24 15:50,吴泾镇,剑川路", good)
    with pytest.raises(FileRefused) as refused:
        import_calls(session, rows(path), at=START, station_id=station.id)
    assert [fault.message for fault in refused.value.faults] == ["第 2 行：类型为空"]


def test_each_call_belongs_to_the_station_in_whose_area_it_lies(session: Session, tmp_path: Path) -> None:
    station = make_station(session)
    draw(session, station, -1000, 1000)
    inside = "31.0467,121.4633,help.lost_person,2026-11-24 15:50,吴泾镇,剑川路"
    imported = import_calls(session, rows(write(tmp_path, inside)), at=START, district_id=station.district_id)
    assert imported.opened == 1
    path = write(tmp_path, inside, "31.2,121.4633,help.lost_person,2026-11-24 15:50,远处,某路")
    with pytest.raises(FileRefused) as refused:
        import_calls(session, rows(path), at=START, district_id=station.district_id)
    assert [fault.message for fault in refused.value.faults] == ["第 2 行：该位置不在任何派出所辖区内"]


@pytest.mark.skipif(not RECORDED.exists(), reason="recorded calls are not beside this checkout")
def test_every_recorded_call_is_read_and_classified() -> None:
    calls = list(read_calls(RECORDED, columns=COLUMNS, timezone="America/New_York"))
    assert len(calls) > 3000
    assert {find_kind(call.category, call.type) is not None for call in calls} == {True}
    unknown = sum(call.type == "other" for call in calls)
    assert unknown / len(calls) < 0.05
    assert len(list(read_calls(RECORDED, columns=COLUMNS, timezone="America/New_York", limit=200))) == 200
