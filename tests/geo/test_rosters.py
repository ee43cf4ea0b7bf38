"""A roster is read whole or its faults are told whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from geo.crs import Gcj02
from geo.responders.rules import LABELS, Kind
from geo.rosters.cells import CellRefused, read_hours
from geo.rosters.columns import COLUMNS
from geo.rosters.faults import RosterRefused, RosterUnreadable
from geo.rosters.parse import RosterRow, parse
from geo.rosters.sheets import Sheet, read_sheets
from geo.rosters.template import write_template

GUARD = ["姓名", "手机号", "联盟单位", "工号", "岗位", "技能"]
HOUSE = ["名称", "联盟单位", "负责人", "手机号", "地址", "经度", "纬度", "坐标系", "开放时间", "配备"]
PATROL = ["名称", "联盟单位", "带队民警", "警号", "巡逻方式", "人数", "是否辅警"]
SHOP = ["永德路便利店", "便利公司", "李秀英", "13800000002", "永德路88号", "121.4678", "31.0447", "GCJ-02（高德）",
        "周一至周五 08:00-20:00；周末 全天", "AED、灭火器"]  # fmt: skip


def _sheet(headings: list[str], *rows: list[str], title: str = "") -> Sheet:
    return Sheet(title, tuple((n, tuple(row)) for n, row in enumerate([headings, *rows], start=1)))


def _faults(*sheets: Sheet, kind: Kind | None = None) -> list[tuple[int, str, str]]:
    with pytest.raises(RosterRefused) as refused:
        parse(sheets, kind=kind)
    return [(fault.row, fault.column, fault.reason) for fault in refused.value.row_faults]


def test_a_guard_is_read_with_his_number_in_one_form() -> None:
    (row,) = parse([_sheet(GUARD, ["王建国", "１３８ 0000 0001", "吴泾保安", "wj-01", "东门", "急救、消防"])])
    assert row == RosterRow(
        sheet="",
        row=2,
        kind=Kind.GUARD,
        name="王建国",
        organization="吴泾保安",
        phone="+8613800000001",
        badge_no="WJ-01",
        post="东门",
        skills=("first_aid", "fire_fighting"),
    )


def test_a_safe_house_is_known_by_its_headings_and_stored_in_wgs84() -> None:
    (row,) = parse([_sheet(HOUSE, SHOP)])
    assert (row.kind, row.contact, row.capabilities) == (Kind.SAFE_HOUSE, "李秀英", ("aed", "extinguisher"))
    assert row.position == Gcj02(121.4678, 31.0447).to_wgs84()
    assert row.hours is not None
    assert (row.hours["fri"], row.hours["sun"]) == ([["08:00", "20:00"]], [["00:00", "24:00"]])


def test_a_patrol_unit_is_known_by_its_headings() -> None:
    (row,) = parse([_sheet(PATROL, ["一号车", "吴泾派出所", "张伟", "031234", "车巡", "2人", "否"])])
    assert (row.kind, row.mobility, row.crew, row.auxiliary) == (Kind.PATROL_UNIT, "car", 2, False)
    assert row.badge_no == "031234"


def test_one_table_may_hold_all_kinds_when_a_column_says_which() -> None:
    headings = ["类别", "姓名", "单位", "手机号", "负责人", "警号", "巡逻方式", "人数", "备注"]
    rows = parse(
        [
            _sheet(
                headings,
                ["保安员", "王建国", "保安公司", "13800000001", "", "", "", "", "新来"],
                ["巡逻警力", "二号组", "派出所", "", "张伟", "031234", "步巡", "3", ""],
            )
        ]
    )
    assert [(row.kind, row.name, row.contact) for row in rows] == [
        (Kind.GUARD, "王建国", None),
        (Kind.PATROL_UNIT, "二号组", "张伟"),
    ]


def test_every_fault_is_told_with_row_column_and_reason() -> None:
    faults = _faults(
        _sheet(
            GUARD,
            ["", "12345", "保安公司", "", "", ""],
            ["李\u202e四", "13800000001", "保安公司", "x", "", "开飞机"],
            ["王建国", "1.38E+10", "", "", "", ""],
        )
    )
    assert [(row, column) for row, column, _ in faults] == [
        (2, "姓名"),
        (2, "手机号"),
        (3, "姓名"),
        (3, "工号"),
        (3, "技能"),
        (4, "手机号"),
        (4, "联盟单位"),
    ]
    reasons = {(row, column): reason for row, column, reason in faults}
    assert reasons[2, "姓名"] == "必填"
    assert reasons[3, "姓名"] == "含有不允许的字符"
    assert "急救" in reasons[3, "技能"]
    assert "文本格式" in reasons[4, "手机号"]
    assert not any("开飞机" in reason or "12345" in reason for reason in reasons.values()), "values are not repeated"


@pytest.mark.parametrize(
    ("changes", "column", "part"),
    [
        ({"坐标系": ""}, "坐标系", "必填"),
        ({"坐标系": "EPSG:3857"}, "坐标系", "须注明坐标系"),
        ({"经度": "31.0447", "纬度": "121.4678"}, "经度", "填反"),
        ({"经度": "0", "纬度": "0"}, "经度", "坐标为 0"),
        ({"经度": "121°27'"}, "经度", "十进制"),
        ({"经度": "181"}, "经度", "-180 到 180"),
        ({"开放时间": "早八晚十"}, "开放时间", "应如"),
        ({"手机号": "13800000002; DROP"}, "手机号", "格式"),
    ],
)
def test_a_faulty_safe_house_is_refused_with_the_reason(changes: dict[str, str], column: str, part: str) -> None:
    row = [changes.get(heading, value) for heading, value in zip(HOUSE, SHOP, strict=True)]
    ((number, told, reason),) = _faults(_sheet(HOUSE, row))
    assert (number, told) == (2, column)
    assert part in reason


def test_a_phone_or_badge_that_comes_twice_names_the_first_row() -> None:
    faults = _faults(
        _sheet(
            GUARD,
            ["王建国", "13800000001", "甲", "A1", "", ""],
            ["李卫东", "+86 138-0000-0001", "甲", "a1", "", ""],
            ["王建国", "13800000003", "甲", "", "", ""],
        )
    )
    assert faults == [
        (3, "工号", "与第 2 行重复"),
        (3, "手机号", "与第 2 行重复"),
    ]


def test_two_guards_may_share_a_name_two_safe_houses_may_not() -> None:
    namesakes = _sheet(GUARD, ["张伟", "13800000001", "甲"], ["张伟", "13800000002", "甲"])
    assert [row.name for row in parse([namesakes])] == ["张伟", "张伟"]
    other = [("13800000008" if heading == "手机号" else value) for heading, value in zip(HOUSE, SHOP, strict=True)]
    ((row, column, reason),) = _faults(_sheet(HOUSE, SHOP, other))
    assert (row, column) == (3, "名称")
    assert reason == "与第 2 行重复；同名的请加注区分，如“便利店平安屋（东门）”"


def test_a_missing_column_is_told_once_and_an_unknown_one_by_name() -> None:
    faults = _faults(_sheet(["姓名", "联盟单位", "身份证号"], ["甲", "乙", "1"], ["丙", "乙", "2"]), kind=Kind.GUARD)
    assert faults == [(1, "手机号", "缺少此列"), (1, "身份证号", "不认识此列，请使用模板中的列名")]


def test_what_is_not_for_a_kind_is_told() -> None:
    headings = ["类别", "姓名", "单位", "手机号", "人数"]
    assert _faults(_sheet(headings, ["保安员", "王", "甲", "13800000001", "3"])) == [(2, "人数", "保安员不填此项")]
    assert _faults(_sheet(headings, ["消防员", "王", "甲", "13800000001", ""])) == [
        (2, "类别", "可填：保安员、平安屋、巡逻警力")
    ]


def test_an_empty_roster_is_unreadable() -> None:
    with pytest.raises(RosterUnreadable):
        parse([_sheet(GUARD)])
    with pytest.raises(RosterUnreadable):
        parse([])


def _fill(path: Path, rows: dict[str, list[Any]]) -> None:
    write_template(path)
    book = load_workbook(path)
    for title, values in rows.items():
        for i, value in enumerate(values, start=1):
            book[title].cell(row=2, column=i, value=value)
    book.save(path)


def test_the_template_filled_in_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "花名册.xlsx"
    _fill(
        path,
        {
            "保安员": ["王建国", 13800000001, "保安公司", "WJ1", None, "剑川3", "急救"],
            "平安屋": ["便利店", "便利公司", "李秀英", "13800000002", "永德路88号", 121.4678, 31.0447,
                     "BD-09（百度）", "全天", "AED"],
            "巡逻警力": ["一号车", "派出所", "张伟", "031234", None, "车巡", 2, "否"],
        },
    )  # fmt: skip
    rows = parse(read_sheets(path))
    assert [(row.sheet, row.row, row.name) for row in rows] == [
        ("保安员", 2, "王建国"),
        ("平安屋", 2, "便利店"),
        ("巡逻警力", 2, "一号车"),
    ]
    assert rows[0].phone == "+8613800000001", "a number cell"


def test_the_template_has_every_heading_its_lists_and_an_explanation(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path)
    book = load_workbook(path)
    assert book.sheetnames == ["保安员", "平安屋", "巡逻警力", "填写说明"]
    for kind, columns in COLUMNS.items():
        sheet = book[LABELS[kind]]
        assert [c.value for c in sheet[1]] == [c.heading + "*" * c.required for c in columns]
        listed = {str(v.sqref)[0]: v.formula1 for v in sheet.data_validations.dataValidation}
        assert len(listed) == len([c for c in columns if c.choices])
    text = "\n".join(str(cell.value) for row in book["填写说明"] for cell in row if cell.value)
    assert all(column.heading in text for columns in COLUMNS.values() for column in columns)


def test_the_examples_of_the_explanation_are_themselves_readable(tmp_path: Path) -> None:
    for kind, columns in COLUMNS.items():
        (row,) = parse([_sheet([c.heading for c in columns], [c.example for c in columns])], kind=kind)
        assert row.kind is kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_as_spreadsheets_write_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "花名册.csv"
    lines = [delimiter.join(GUARD), "", delimiter.join(["王建国", "13800000001", '"保安,公司"', "", "", ""])]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    (row,) = parse(read_sheets(path))
    assert (row.row, row.name, row.organization) == (3, "王建国", "保安,公司")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", b"\xff\xfe\x00\x00\x81", b"a\0b,c"],
)
def test_what_is_no_roster_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(RosterUnreadable):
        parse(read_sheets(path))


def test_an_archive_that_unfolds_too_far_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xlsx"
    book = Workbook()
    book.save(path)
    monkeypatch.setattr("geo.rosters.sheets.MAX_UNFOLDED_BYTES", 100)
    with pytest.raises(RosterUnreadable, match="too large"):
        read_sheets(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RosterUnreadable, match="no file"):
        read_sheets(tmp_path / "absent.xlsx")


@pytest.mark.parametrize(
    ("text", "day", "times"),
    [
        ("08:00-22:00", "sun", [["08:00", "22:00"]]),
        ("每天 9：00至12：00，13：00～18：00", "wed", [["09:00", "12:00"], ["13:00", "18:00"]]),
        ("工作日 08:00-20:00；周末 10:00-18:00", "sat", [["10:00", "18:00"]]),
        ("周五至周一 18:00-次日02:00", "mon", [["18:00", "02:00"]]),
        ("周一、周三 08:00-20:00", "wed", [["08:00", "20:00"]]),
        ("全天", "thu", [["00:00", "24:00"]]),
    ],
)
def test_hours_as_people_write_them(text: str, day: str, times: list[list[str]]) -> None:
    assert read_hours(text)[day] == times


@pytest.mark.parametrize("text", ["八点到十点", "周一", "25:00-26:00", "08:00", "08:00-08:00", "周八 08:00-09:00"])
def test_hours_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        read_hours(text)
