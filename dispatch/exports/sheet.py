"""A document as a workbook (xlsx): a sheet per section, who took it along on each."""

from __future__ import annotations

import io
import re

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from dispatch.exports.document import SYNTHETIC, Cell, Document, Section, Stamp

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_MAX_NAME, _MAX_WIDTH = 31, 48


def render(document: Document, stamp: Stamp) -> bytes:
    """The file. Text stays text: what begins like a formula is none."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for section in document.sections:
        sheet = book.create_sheet(_name(section.title, names))
        _write(sheet, document, section, stamp)
    book.properties.creator = stamp.watermark
    book.properties.title = document.title
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: WriteOnlyWorksheet, document: Document, section: Section, stamp: Stamp) -> None:
    for number, width in enumerate(_widths(section)):
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
    sheet.oddFooter.left.text = stamp.footer.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = False
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    marked = f"{SYNTHETIC}　" if document.synthetic else ""
    sheet.append([_cell(sheet, f"{document.title}　{section.title}", bold=True)])
    sheet.append([_cell(sheet, document.subtitle)])
    sheet.append([_cell(sheet, f"{marked}{stamp.footer}")])
    sheet.append([])
    for line in section.lines:
        sheet.append([_cell(sheet, line)])
    if section.columns:
        sheet.append([_cell(sheet, name, bold=True) for name in section.columns])
    for row in section.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        # a name that begins with "=" is a name
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > _MAX_WIDTH)
    cell.font = Font(bold=bold)
    return cell


def _widths(section: Section) -> list[float]:
    columns = [[name] for name in section.columns]
    for row in section.rows:
        for number, value in enumerate(row[: len(columns)]):
            columns[number].append("" if value is None else str(value))
    return [
        min(_MAX_WIDTH, 2 + max(sum(2 if ord(c) > 255 else 1 for c in text) for text in column)) for column in columns
    ]


def _name(title: str, taken: set[str]) -> str:
    plain = _NOT_IN_A_NAME.sub(" ", title).strip()[: _MAX_NAME - 3] or "表"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain} {number}", number + 1
    taken.add(name)
    return name
