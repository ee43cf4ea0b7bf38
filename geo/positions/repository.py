"""The statements of one flush. All writers of a responder's positions hold his row of the index."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from geo.crs import Position
from geo.positions.fix import Fix
from geo.positions.pipeline import MAX_ACCURACY_M, Interval, Tracked

#: a cursor of psycopg2: COPY and arrays of a thousand rows are its business, not the mapper's
Cursor = Any

#: an end that no duty reaches, within what both sides can write
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_TRACK = "captured_at, responder_id, station_id, received_at, lon, lat, accuracy_m, speed_mps, heading_deg, source"

# SKIP LOCKED: a flush never waits for a dispatcher's transaction and so never meets it in a deadlock
_LOCK = """
SELECT responder_id::text, station_id::text, on_duty, fixed, ST_X(position::geometry), ST_Y(position::geometry),
       captured_at, received_at, accuracy_m, seen_at, suspect_fixes
FROM responder_index WHERE responder_id = ANY(%s::uuid[])
ORDER BY responder_id FOR NO KEY UPDATE SKIP LOCKED
"""
_KNOWN = "SELECT responder_id::text FROM responder_index WHERE responder_id = ANY(%s::uuid[])"
_DUTIES = """
SELECT responder_id::text, started_at, ended_at FROM duties
WHERE responder_id = ANY(%s::uuid[]) AND started_at <= %s AND (ended_at IS NULL OR ended_at > %s)
"""
_ANCHOR = f"""
SELECT captured_at FROM tracks
WHERE responder_id = %(id)s AND captured_at >= %(start)s AND captured_at < %(before)s
  AND NOT suspect AND coalesce(accuracy_m, 0) <= {MAX_ACCURACY_M}
ORDER BY captured_at DESC LIMIT 1
"""
_ROWS = f"""
SELECT {_TRACK}, suspect FROM tracks
WHERE responder_id = %(id)s AND captured_at >= %(since)s AND captured_at < %(end)s
ORDER BY captured_at
"""
_UPSERT = f"""
INSERT INTO tracks ({_TRACK}, suspect)
SELECT * FROM unnest(%s::timestamptz[], %s::uuid[], %s::uuid[], %s::timestamptz[], %s::float8[], %s::float8[],
                     %s::real[], %s::real[], %s::real[], %s::text[], %s::boolean[])
ON CONFLICT (responder_id, captured_at) DO UPDATE SET
    received_at = excluded.received_at, lon = excluded.lon, lat = excluded.lat, accuracy_m = excluded.accuracy_m,
    speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg, source = excluded.source,
    suspect = excluded.suspect
"""
_COPY = f"COPY tracks ({_TRACK}, suspect) FROM STDIN"
_MOVE = """
UPDATE responder_index r SET
    position = ST_SetSRID(ST_MakePoint(n.lon, n.lat), 4326)::geography, captured_at = n.captured_at,
    received_at = n.received_at, accuracy_m = n.accuracy_m, speed_mps = n.speed_mps, heading_deg = n.heading_deg,
    source = n.source, battery_pct = coalesce(n.battery_pct, r.battery_pct), seen_at = n.seen_at,
    suspect_fixes = n.suspect_fixes
FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::timestamptz[], %s::timestamptz[], %s::real[], %s::real[],
            %s::real[], %s::text[], %s::smallint[], %s::timestamptz[], %s::integer[], %s::boolean[])
    AS n(id, lon, lat, captured_at, received_at, accuracy_m, speed_mps, heading_deg, source, battery_pct, seen_at,
         suspect_fixes, corrected)
WHERE r.responder_id = n.id AND r.on_duty AND NOT r.fixed
  AND (n.corrected OR r.captured_at IS NULL OR r.captured_at < n.captured_at)
"""
_APPEAR = "INSERT INTO availabilities (responder_id) SELECT unnest(%s::uuid[])"
_SEE = """
UPDATE responder_index r SET seen_at = n.seen_at, suspect_fixes = n.suspect_fixes
FROM unnest(%s::uuid[], %s::timestamptz[], %s::integer[]) AS n(id, seen_at, suspect_fixes)
WHERE r.responder_id = n.id
  AND (r.seen_at IS DISTINCT FROM n.seen_at OR r.suspect_fixes <> n.suspect_fixes)
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A locked row of the index. ``last`` is the good fix that it shows, if any."""

    station_id: str
    on_duty: bool
    fixed: bool
    last: Fix | None
    seen_at: datetime | None
    suspect_fixes: int


@dataclass(frozen=True, slots=True)
class Move:
    """The new last fix of a responder. ``corrected``: it may be older than the one before, which was a jump."""

    fix: Fix
    seen_at: datetime
    suspect_fixes: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What a track says that did not change the place: its newest instant, and the jumps in a row at its end."""

    seen_at: datetime
    suspect_fixes: int


def lock(cursor: Cursor, ids: Mapping[str, uuid.UUID]) -> dict[str, Held]:
    """Hold the rows that nobody else holds, in one order for all writers.

    Ids go by their text here: making a UUID of each costs more than finding its row.
    """
    cursor.execute(_LOCK, (list(ids),))
    held = {}
    for row in cursor.fetchall():
        responder_id, station_id, on_duty, fixed, lon, lat, captured_at, received_at, accuracy_m, *rest = row
        last = None
        if captured_at is not None:
            last = Fix(
                responder_id=ids[responder_id],
                captured_at=captured_at,
                position=Position(lon, lat),
                accuracy_m=accuracy_m,
                source="",
                received_at=received_at,
            )
        held[responder_id] = Held(station_id, on_duty, fixed, last, *rest)
    return held


def list_known(cursor: Cursor, ids: Iterable[str]) -> set[str]:
    """Which of them exist."""
    cursor.execute(_KNOWN, (list(ids),))
    return {id_ for (id_,) in cursor.fetchall()}


def list_duties(cursor: Cursor, ids: Iterable[str], *, first: datetime, last: datetime) -> dict[str, list[Interval]]:
    """The duties that touch the time from ``first`` to ``last``."""
    cursor.execute(_DUTIES, (list(ids), last, first))
    duties: dict[str, list[Interval]] = {}
    for id_, start, end in cursor.fetchall():
        duties.setdefault(id_, []).append(Interval(start, end))
    return duties


def read_since_good_fix(
    cursor: Cursor, responder_id: uuid.UUID, duty: Interval, before: datetime
) -> tuple[Fix | None, list[Tracked]]:
    """The last good fix of that duty before an instant, and all rows of the duty after it."""
    end = duty.end or _FAR
    cursor.execute(_ANCHOR, {"id": str(responder_id), "start": duty.start, "before": before})
    anchor = cursor.fetchone()
    since = anchor[0] if anchor else duty.start
    cursor.execute(_ROWS, {"id": str(responder_id), "since": since, "end": end})
    rows = [_read(row) for row in cursor.fetchall()]
    if anchor:
        return rows[0].fix, rows[1:]
    return None, rows


def append(cursor: Cursor, rows: Iterable[tuple[Tracked, str]]) -> None:
    """Add rows newer than all of their responder, by COPY."""
    lines = io.StringIO()
    for row, station_id in rows:
        fix = row.fix
        lines.write(
            f"{fix.captured_at.isoformat()}\t{fix.responder_id}\t{station_id}\t{fix.received_at.isoformat()}"
            f"\t{fix.position.lon!r}\t{fix.position.lat!r}\t{_field(fix.accuracy_m)}\t{_field(fix.speed_mps)}"
            f"\t{_field(fix.heading_deg)}\t{_escape(fix.source)}\t{'t' if row.suspect else 'f'}\n"
        )
    if lines.tell():
        lines.seek(0)
        cursor.copy_expert(_COPY, lines)


def put(cursor: Cursor, rows: Sequence[tuple[Tracked, str]]) -> None:
    """Add rows among others, or change what is known of an instant."""
    if not rows:
        return
    fixes = [row.fix for row, _ in rows]
    cursor.execute(
        _UPSERT,
        (
            [f.captured_at for f in fixes],
            _texts(f.responder_id for f in fixes),
            [station for _, station in rows],
            [f.received_at for f in fixes],
            [f.position.lon for f in fixes],
            [f.position.lat for f in fixes],
            [f.accuracy_m for f in fixes],
            [f.speed_mps for f in fixes],
            [f.heading_deg for f in fixes],
            [f.source for f in fixes],
            [row.suspect for row, _ in rows],
        ),
    )


def move(cursor: Cursor, moves: Sequence[Move]) -> None:
    """Set the last positions, in one statement; never back in time except to take a jump away."""
    if not moves:
        return
    moves = sorted(moves, key=lambda m: m.fix.responder_id)
    fixes = [m.fix for m in moves]
    cursor.execute(
        _MOVE,
        (
            _texts(f.responder_id for f in fixes),
            [f.position.lon for f in fixes],
            [f.position.lat for f in fixes],
            [f.captured_at for f in fixes],
            [f.received_at for f in fixes],
            [f.accuracy_m for f in fixes],
            [f.speed_mps for f in fixes],
            [f.heading_deg for f in fixes],
            [f.source for f in fixes],
            [f.battery_pct for f in fixes],
            [m.seen_at for m in moves],
            [m.suspect_fixes for m in moves],
            [m.corrected for m in moves],
        ),
    )


def appear(cursor: Cursor, responder_ids: Sequence[uuid.UUID]) -> None:
    """Say that it is known again where they are (``geo.availability``)."""
    if responder_ids:
        cursor.execute(_APPEAR, (_texts(responder_ids),))


def see(cursor: Cursor, seen: Mapping[str, Seen]) -> None:
    """Remember what the track says of those whose place did not change. The rows are held."""
    if seen:
        rows = seen.values()
        cursor.execute(_SEE, (list(seen), [row.seen_at for row in rows], [row.suspect_fixes for row in rows]))


def make_days(cursor: Cursor, days: Iterable[date]) -> None:
    """Make sure that these days of tracks exist."""
    for day in days:
        cursor.execute("SELECT make_track_day(%s)", (day,))


def _read(row: Sequence[Any]) -> Tracked:
    captured_at, responder_id, _, received_at, lon, lat, accuracy_m, speed_mps, heading_deg, source, suspect = row
    fix = Fix(
        responder_id=responder_id,
        captured_at=captured_at,
        position=Position(lon, lat),
        accuracy_m=accuracy_m,
        speed_mps=speed_mps,
        heading_deg=heading_deg,
        source=source,
        received_at=received_at,
    )
    return Tracked(fix, suspect)


def _texts(ids: Iterable[uuid.UUID]) -> list[str]:
    return [str(id_) for id_ in ids]


def _field(value: float | None) -> str:
    return r"\N" if value is None else repr(value)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
