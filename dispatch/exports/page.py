"""A document as pages (PDF): A4, Chinese, a watermark across each, who took it along below."""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from dispatch.exports.document import SYNTHETIC, Cell, Document, Section, Stamp
from kit.fonts import get_font

MEDIA_TYPE = "application/pdf"
_FAMILY = "zh"
_MARGIN_MM = 14.0
_GREY, _RED, _BLACK = (222, 222, 222), (176, 32, 32), (0, 0, 0)
_HEAD = FontFace(fill_color=(236, 240, 246))


def render(document: Document, stamp: Stamp) -> bytes:
    """The file. Raises FontMissing."""
    pages = _Pages(document, stamp)
    for section in document.sections:
        _write(pages, section)
    return bytes(pages.output())


class _Pages(FPDF):
    def __init__(self, document: Document, stamp: Stamp) -> None:
        wide = any(len(section.columns) > 7 for section in document.sections)
        super().__init__(orientation="landscape" if wide else "portrait", format="A4")
        font = get_font()
        self.document, self.stamp = document, stamp
        self.add_font(_FAMILY, fname=font.path, collection_font_number=font.face)
        self.set_font(_FAMILY, size=10)
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(True, margin=_MARGIN_MM + 6)
        self.set_title(document.title)
        self.set_author(stamp.watermark)
        self.add_page()
        self._line(document.title, size=16)
        self._line(document.subtitle, size=9)

    def header(self) -> None:
        """Behind the text: who it is that reads this."""
        self.set_font(_FAMILY, size=20)
        self.set_text_color(*_GREY)
        for row in range(1, 4):
            with self.rotation(28, self.w / 2, self.h * row / 4):
                self.text(self.w / 2 - 70, self.h * row / 4, self.stamp.watermark)
        if self.document.synthetic:
            self.set_font(_FAMILY, size=11)
            self.set_text_color(*_RED)
            self.set_xy(_MARGIN_MM, 5)
            self.cell(0, 6, SYNTHETIC, align="C")
        self.set_text_color(*_BLACK)
        self.set_xy(_MARGIN_MM, _MARGIN_MM)

    def footer(self) -> None:
        self.set_xy(_MARGIN_MM, -_MARGIN_MM)
        self.set_font(_FAMILY, size=7.5)
        self.cell(self.w - 2 * _MARGIN_MM - 20, 5, self.stamp.footer)
        self.cell(20, 5, f"第 {self.page_no()} 页", align="R")

    def _line(self, text: str, *, size: float) -> None:
        self.set_font(_FAMILY, size=size)
        self.multi_cell(0, size * 0.6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)


def _write(pages: _Pages, section: Section) -> None:
    pages.ln(2)
    pages._line(section.title, size=12)
    pages.set_font(_FAMILY, size=9)
    for line in section.lines:
        pages.multi_cell(0, 5.4, line, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if not section.columns:
        return
    if not section.rows:
        pages.multi_cell(0, 5.4, "（无）", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    pages.set_font(_FAMILY, size=8)
    with pages.table(
        col_widths=_widths(section), headings_style=_HEAD, line_height=4.8, padding=0.6, text_align="LEFT"
    ) as table:
        for row in (section.columns, *section.rows):
            cells = table.row()
            for value in row:
                cells.cell(_text(value))


def _widths(section: Section) -> tuple[int, ...]:
    """Shares of the page, by what the columns hold."""
    lengths = []
    for number, name in enumerate(section.columns):
        longest = max([len(name) * 2, *(_width(row, number) for row in section.rows)])
        lengths.append(max(6, min(longest, 44)))
    return tuple(lengths)


def _width(row: Sequence[Cell], number: int) -> int:
    text = _text(row[number]) if number < len(row) else ""
    return sum(2 if ord(char) > 255 else 1 for char in text)


def _text(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)
