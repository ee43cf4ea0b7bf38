"""Files as tables of text: xlsx by sheet, CSV in the encodings that spreadsheets write."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from geo.rosters.faults import RosterUnreadable

MAX_FILE_BYTES = 20 * 1024 * 1024
#: a small archive may unfold into gigabytes
MAX_UNFOLDED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 64
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Sheet:
    """``rows``: number as the spreadsheet counts, and the cells as text; wholly empty rows are left out."""

    title: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheets(path: Path) -> list[Sheet]:
    """The tables of a file; raises RosterUnreadable."""
    if not path.is_file():
        raise RosterUnreadable(f"There is no file {path.name}.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise RosterUnreadable(f"{path.name} is larger than {MAX_FILE_BYTES // 1024 // 1024} MB.")
    return read_content(path.read_bytes(), path.name)


def read_content(content: bytes, name: str) -> list[Sheet]:
    """The same of a file that is at hand already; ``name`` is what a refusal calls it."""
    if content[:4] == b"PK\x03\x04":
        return _read_xlsx(content, name)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise RosterUnreadable(f"{name} is in the old .xls format; save it as .xlsx.")
    return [Sheet("", _table(_read_csv(content, name), name))]


def _read_xlsx(content: bytes, name: str) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNFOLDED_BYTES:
                raise RosterUnreadable(f"{name} is too large when unpacked.")
        with warnings.catch_warnings():
            # colours and lists that the reader does not know are none of a roster's business
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            try:
                return [Sheet(sheet.title, _table(_cells(sheet), name)) for sheet in book.worksheets]
            finally:
                book.close()
    except RosterUnreadable:
        raise
    except Exception as exc:  # a damaged archive fails in as many ways as there are parts in it
        raise RosterUnreadable(f"{name} is not a readable .xlsx file.") from exc


def _cells(sheet: Any) -> Iterator[tuple[str, ...]]:
    # the size that the file states may be wrong
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
        yield tuple(_text(value) for value in row)


def _read_csv(content: bytes, name: str) -> Iterator[tuple[str, ...]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RosterUnreadable(f"{name} is neither UTF-8 nor GB 18030 text.")
    if "\0" in text:
        raise RosterUnreadable(f"{name} is not a text file.")
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        yield from (tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as exc:
        raise RosterUnreadable(f"{name} is not a readable .csv file.") from exc


def _table(rows: Iterable[tuple[str, ...]], name: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    kept = []
    for number, row in enumerate(rows, start=1):
        cells = tuple(cell.strip() for cell in row)
        if any(cells):
            kept.append((number, cells))
        if len(kept) > MAX_ROWS:
            raise RosterUnreadable(f"{name} has more than {MAX_ROWS} rows.")
    return tuple(kept)


def _text(value: Any) -> str:
    """What somebody sees in the cell, as near as can be."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
