"""From tables to rows: pure. Every fault is told at once, and what is known of a faulty row is kept for the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from geo.crs import Position
from geo.responders.rules import LABELS, Kind
from geo.responders.vocabulary import CAPABILITIES, SKILLS
from geo.rosters import cells
from geo.rosters.cells import CellRefused
from geo.rosters.columns import COLUMNS, IGNORED, KIND_COLUMN, Column, find_column, plain
from geo.rosters.faults import RosterRefused, RosterUnreadable, RowFault
from geo.rosters.sheets import Sheet


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    """One responder as the roster has it; organization and post by name. ``contact`` answers for it.

    Of a faulty row what could be read; a name that is missing is empty.
    """

    sheet: str
    row: int
    kind: Kind
    name: str
    organization: str
    contact: str | None = None
    phone: str | None = None
    badge_no: str | None = None
    post: str | None = None
    call_sign: str | None = None
    skills: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    address: str | None = None
    position: Position | None = None
    hours: dict[str, Any] | None = None
    mobility: str | None = None
    crew: int | None = None
    auxiliary: bool = False

    def fault(self, column: str, reason: str) -> RowFault:
        """A fault of this row in the column of that name in code."""
        heading = next((c.heading for c in COLUMNS[self.kind] if c.name == column), column)
        return RowFault(self.sheet, self.row, heading, reason)


_READ: dict[str, Callable[[str], Any]] = {
    "name": cells.read_line,
    "organization": cells.read_line,
    "contact": cells.read_line,
    "post": cells.read_line,
    "call_sign": cells.read_line,
    "address": lambda text: cells.read_line(text, cells.MAX_LINE),
    "phone": cells.read_phone,
    "badge_no": cells.read_badge,
    "skills": lambda text: cells.read_words(text, SKILLS),
    "capabilities": lambda text: cells.read_words(text, CAPABILITIES),
    "lon": cells.read_degrees,
    "lat": cells.read_degrees,
    "crs": cells.read_crs,
    "hours": cells.read_hours,
    "mobility": cells.read_mobility,
    "crew": cells.read_crew,
    "auxiliary": cells.read_yes,
}
_ONCE = ("phone", "badge_no")
_MEMBERS = {member.name for member in fields(RosterRow)}
#: a safe-house or a car is called by its name over the radio; people share names
NAMESAKES = "同名的请加注区分，如“便利店平安屋（东门）”"


@dataclass
class Roster:
    """What was read, and what is wrong with it: whoever knows the station adds to the faults."""

    rows: list[RosterRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def parse(sheets: Sequence[Sheet], *, kind: Kind | None = None) -> list[RosterRow]:
    """Every responder of a roster, as ``read`` finds them; raises RosterRefused with all faults too."""
    found = read(sheets, kind=kind)
    if found.faults:
        raise RosterRefused(found.faults)
    return found.rows


def read(sheets: Sequence[Sheet], *, kind: Kind | None = None) -> Roster:
    """Every row of a roster and every fault. ``kind`` for a table that does not say it.

    A table's kind is told by a column 类别, else by its title, else by ``kind``, else by its headings. Raises
    RosterUnreadable when there is no row at all.
    """
    found = Roster()
    tables = [sheet for sheet in sheets if sheet.rows and plain(sheet.title) not in ("填写说明", "选项")]
    for sheet in tables:
        _read_table(sheet, kind, found)
    _find_doubles(found)
    if not found.rows and not found.faults:
        raise RosterUnreadable("There is no row in the roster.")
    return found


def _read_table(sheet: Sheet, kind: Kind | None, found: Roster) -> None:
    (heading_row, headings), *body = sheet.rows
    kind_at = next((i for i, heading in enumerate(headings) if find_column(heading, [KIND_COLUMN])), None)
    table_kind = None if kind_at is not None else _kind_of(sheet.title, headings, kind)
    known = COLUMNS[table_kind] if table_kind else [c for columns in COLUMNS.values() for c in columns]
    used: set[str] = set()
    for i, heading in enumerate(headings):
        name = plain(heading)
        if i == kind_at or not name or name in IGNORED:
            continue
        if find_column(heading, known) is None:
            found.faults.append(RowFault(sheet.title, heading_row, heading, "不认识此列，请使用模板中的列名"))
        elif name in used:
            found.faults.append(RowFault(sheet.title, heading_row, heading, "此列出现两次"))
        used.add(name)
    absent = _absent(table_kind, headings) if table_kind else set()
    for column in COLUMNS[table_kind] if table_kind else ():
        if column.name in absent:
            found.faults.append(RowFault(sheet.title, heading_row, column.heading, "缺少此列"))
    for number, row in body:
        row_kind = table_kind
        if kind_at is not None:
            text = row[kind_at] if kind_at < len(row) else ""
            try:
                row_kind = Kind(cells.read_choice(text, {str(k): label for k, label in LABELS.items()}))
            except CellRefused as refused:
                found.faults.append(RowFault(sheet.title, number, KIND_COLUMN.heading, str(refused)))
                continue
        assert row_kind is not None
        _read_row(sheet.title, number, row_kind, headings, row, found, absent)


def _kind_of(title: str, headings: Sequence[str], stated: Kind | None) -> Kind:
    for kind, label in LABELS.items():
        if plain(title) == label:
            return kind
    if stated is not None:
        return stated
    # the kind of which least is missing; a guard's columns are the fewest, so he comes last
    return min((Kind.SAFE_HOUSE, Kind.PATROL_UNIT, Kind.GUARD), key=lambda kind: len(_absent(kind, headings)))


def _absent(kind: Kind, headings: Sequence[str]) -> set[str]:
    """The columns that the kind needs and the table has not."""
    given = {column.name for heading in headings if (column := find_column(heading, COLUMNS[kind]))}
    return {column.name for column in COLUMNS[kind] if column.required} - given


def _read_row(
    sheet: str,
    number: int,
    kind: Kind,
    headings: Sequence[str],
    row: Sequence[str],
    found: Roster,
    absent: set[str],
) -> None:
    given: dict[str, str] = {}
    faults: list[RowFault] = []
    for heading, text in zip(headings, row, strict=False):
        column = find_column(heading, COLUMNS[kind])
        if column is not None and text:
            given[column.name] = text
        elif text and plain(heading) not in IGNORED and not find_column(heading, [KIND_COLUMN]) and heading:
            faults += _not_for(sheet, number, kind, heading)
    values: dict[str, Any] = {}
    for column in COLUMNS[kind]:
        if column.name in absent:
            continue  # told once, at the headings
        fault = _read_cell(column, given.get(column.name, ""), values)
        if fault is not None:
            faults.append(RowFault(sheet, number, column.heading, fault))
    if {"lon", "lat", "crs"} <= values.keys():
        try:
            values["position"] = cells.read_position(values.pop("lon"), values.pop("lat"), values.pop("crs"))
        except CellRefused as refused:
            faults.append(RowFault(sheet, number, "经度", str(refused)))
    found.faults += faults
    known = {name: value for name, value in values.items() if name in _MEMBERS}
    found.rows.append(RosterRow(sheet=sheet, row=number, kind=kind, **{"name": "", "organization": "", **known}))


def _not_for(sheet: str, number: int, kind: Kind, heading: str) -> list[RowFault]:
    others = [c for k, columns in COLUMNS.items() if k is not kind for c in columns]
    if find_column(heading, others) is None:
        return []  # the heading itself is a fault already
    return [RowFault(sheet, number, heading, f"{LABELS[kind]}不填此项")]


def _read_cell(column: Column, text: str, values: dict[str, Any]) -> str | None:
    """Put the value in, or tell what is wrong."""
    if not text:
        return "必填" if column.required else None
    try:
        values[column.name] = _READ[column.name](text)
    except CellRefused as refused:
        return str(refused)
    return None


def _find_doubles(found: Roster) -> None:
    """What may be there once: a phone, a badge, the name of a safe-house or patrol unit."""
    seen: dict[tuple[str, ...], RosterRow] = {}
    for row in found.rows:
        keys: list[tuple[str, ...]] = []
        if row.kind is not Kind.GUARD and row.name:
            keys.append(("name", row.kind.value, row.name))
        keys += [(name, value) for name in _ONCE if (value := getattr(row, name)) is not None]
        for key in keys:
            first = seen.setdefault(key, row)
            if first is not row:
                where = f"工作表“{first.sheet}”" if first.sheet and first.sheet != row.sheet else ""
                hint = f"；{NAMESAKES}" if key[0] == "name" else ""
                found.faults.append(row.fault(key[0], f"与{where}第 {first.row} 行重复{hint}"))
