"""The empty roster: a sheet for each kind with lists to choose from, and one that explains."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from geo.responders.rules import LABELS
from geo.rosters.columns import COLUMNS, Column

ROWS = 2000
_HEAD = PatternFill("solid", fgColor="1F3A5F")
_NEEDED = PatternFill("solid", fgColor="8C2F1B")
_WHITE = Font(bold=True, color="FFFFFF")
_RULES = (
    "1. 每类力量一个工作表，第一行为列名，请勿改动；带 * 的列必填。",
    "2. 不用的工作表留空即可；“备注”“序号”列可自行添加，系统不读取。",
    "3. 导入要么全部成功，要么全部不导入；有误时系统逐行说明原因。",
    "4. 联盟单位和岗位须先在系统中登记，名称须完全一致。",
    "5. 同一手机号、工号只能出现一次；同一类别内名称不得重复。",
    "6. 导入后系统为每人建立账号（无密码），由单位管理员或派出所发放一次性开通码。",
    "7. 坐标必须注明坐标系：从高德、腾讯地图取得的选 GCJ-02，百度地图选 BD-09，GPS 设备选 WGS-84。",
)


def write_template(target: Path | BinaryIO) -> None:
    """Write it as .xlsx."""
    book = Workbook()
    book.remove(book.active)
    for kind, columns in COLUMNS.items():
        _write_sheet(book.create_sheet(LABELS[kind]), columns)
    _write_help(book.create_sheet("填写说明"))
    book.save(target)


def _write_sheet(sheet: Any, columns: tuple[Column, ...]) -> None:
    for i, column in enumerate(columns, start=1):
        cell = sheet.cell(row=1, column=i, value=column.heading + ("*" if column.required else ""))
        cell.font, cell.fill = _WHITE, _NEEDED if column.required else _HEAD
        cell.alignment = Alignment(horizontal="center")
        letter = get_column_letter(i)
        sheet.column_dimensions[letter].width = column.width
        # as text, so that a spreadsheet keeps 031234 and 13800000001 as they are typed
        sheet.column_dimensions[letter].number_format = "@"
        if column.choices:
            choice = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            choice.showErrorMessage = True
            choice.errorTitle, choice.error = "请从列表中选择", "可填：" + "、".join(column.choices)
            choice.add(f"{letter}2:{letter}{ROWS + 1}")
            sheet.add_data_validation(choice)
        if column.name in ("phone", "badge_no"):
            for row in range(2, 202):
                sheet.cell(row=row, column=i).number_format = "@"
    sheet.freeze_panes = "A2"


def _write_help(sheet: Any) -> None:
    for rule in _RULES:
        sheet.append([rule])
    sheet.append([])
    sheet.append(["工作表", "列", "必填", "说明", "示例"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = _WHITE, _HEAD
    for kind, columns in COLUMNS.items():
        for column in columns:
            note = column.note or ("可填：" + "、".join(column.choices) if column.choices else "")
            sheet.append([LABELS[kind], column.heading, "是" if column.required else "", note, column.example])
    for letter, width in zip("ABCDE", (14, 14, 8, 90, 30), strict=True):
        sheet.column_dimensions[letter].width = width
