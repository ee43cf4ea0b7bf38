"""Fixes a second: the whole writer beside its floor, the bare statement that it cannot do without.

The floor is one ``UPDATE … FROM unnest`` of as many last positions, sorted by id and committed batch by batch, on one
connection; the second floor adds the COPY of as many track rows. The writer does both, and checks duty, order,
duplicates and jumps. All on a private, durable cluster of their own, in one run, so that the ratio holds on any
machine.
"""

from __future__ import annotations

import io
import random
import time
import uuid
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from benches.ground import private_cluster
from benches.report import table
from geo.crs import Position
from geo.positions.fix import Fix, Outcome, make_fix
from geo.positions.flush import flush
from geo.positions.writer import MAX_ROWS, MAX_WAITING, PositionWriter, promise
from kit.database import make_engine

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_SEED = """
INSERT INTO districts (id, name, created_at) VALUES (:d, 'bench', now());
INSERT INTO stations (id, district_id, name, code, created_at) VALUES (:s, :d, 'bench', 'bench', now());
INSERT INTO organizations (id, district_id, station_id, name, kind, created_at)
    VALUES (:o, :d, :s, 'bench', 'security_company', now());
INSERT INTO responders (id, kind, district_id, station_id, organization_id, name, created_at)
    SELECT gen_random_uuid(), 'guard', :d, :s, :o, n::text, now() FROM generate_series(1, :n) AS n;
INSERT INTO duties (id, responder_id, station_id, started_at, planned_end)
    SELECT gen_random_uuid(), id, :s, :at, :at + interval '12 h' FROM responders;
INSERT INTO responder_index (responder_id, kind, district_id, station_id, organization_id, on_duty, position,
                             captured_at, received_at)
    SELECT id, kind, district_id, station_id, organization_id, true,
           ST_MakePoint(121 + random() / 2, 31 + random() / 2)::geography, :at, :at FROM responders;
SELECT make_track_day(:day);
"""
_UPDATE = """
UPDATE responder_index r SET position = ST_SetSRID(ST_MakePoint(n.lon, n.lat), 4326)::geography,
    captured_at = n.at, received_at = n.at, accuracy_m = 10
FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::timestamptz[]) AS n(id, lon, lat, at)
WHERE r.responder_id = n.id AND r.captured_at < n.at
"""
_COPY = "COPY tracks (captured_at, responder_id, station_id, received_at, lon, lat, source) FROM STDIN"


class Walk:
    """Everybody takes a step each round; a round is a second later than the one before."""

    def __init__(self, ids: list[uuid.UUID]) -> None:
        self.chance = random.Random(1)
        self.at = START
        self.places = {id_: (121 + self.chance.random() / 2, 31 + self.chance.random() / 2) for id_ in sorted(ids)}

    def step(self) -> list[tuple[uuid.UUID, float, float, datetime]]:
        self.at += timedelta(seconds=1)
        rows = []
        for id_, (lon, lat) in self.places.items():
            lon += self.chance.uniform(-1e-5, 1e-5)
            self.places[id_] = (lon, lat)
            rows.append((id_, lon, lat, self.at))
        return rows


def measure(walk: Walk, seconds: float, write: Callable[[list[Any]], None], prepare: Callable[[Any], Any]) -> float:
    """Rows a second of ``write``, batch by batch; making the rows is not counted."""
    done, spent = 0, 0.0
    while spent < seconds:
        rows = [prepare(row) for row in walk.step()]
        for start in range(0, len(rows), MAX_ROWS):
            batch = rows[start : start + MAX_ROWS]
            before = time.perf_counter()
            write(batch)
            spent += time.perf_counter() - before
            done += len(batch)
            if spent >= seconds:
                break
    return done / spent


def write_bare(engine: Engine, station: uuid.UUID, *, track: bool) -> Callable[[list[Any]], None]:
    def write(batch: list[Any]) -> None:
        with engine.begin() as connection:
            cursor = connection.connection.cursor()
            ids, lons, lats, ats = zip(*batch, strict=True)
            cursor.execute(_UPDATE, ([str(i) for i in ids], list(lons), list(lats), list(ats)))
            if track:
                lines = io.StringIO(
                    "".join(f"{at.isoformat()}\t{id_}\t{station}\t{at.isoformat()}\t{lon!r}\t{lat!r}\tbench\n"
                            for id_, lon, lat, at in batch)
                )  # fmt: skip
                cursor.copy_expert(_COPY, lines)

    return write


def to_fix(row: tuple[uuid.UUID, float, float, datetime]) -> Fix:
    id_, lon, lat, at = row
    return make_fix(
        responder_id=id_,
        captured_at=at,
        position=Position(lon, lat),
        accuracy_m=10.0,
        source="bench",
        received_at=at,
    )


def write_flush(engine: Engine) -> Callable[[list[Any]], None]:
    def write(batch: list[Any]) -> None:
        with engine.begin() as connection:
            flush(connection.connection.cursor(), batch)

    return write


def measure_writer(engine: Engine, walk: Walk, rounds: int) -> tuple[float, int]:
    """Fixes a second through a running writer that is never short of work, and how many it did not store.

    Each fix is handed over by itself, as phones do; making the fixes is not counted.
    """
    made = [to_fix(row) for _ in range(rounds) for row in walk.step()]
    writer = PositionWriter(engine, flush_s=0.2)
    writer.start()
    waiting: deque[Future[list[Outcome]]] = deque()
    bad = 0
    started = time.perf_counter()
    for fix in made:
        future, then = promise()
        writer.submit([fix], then)
        waiting.append(future)
        if len(waiting) > MAX_WAITING // 2:
            bad += waiting.popleft().result()[0].kind != "stored"
    bad += sum(future.result()[0].kind != "stored" for future in waiting)
    took = time.perf_counter() - started
    writer.stop()
    return len(made) / took, bad


def run(responders: int, seconds: float) -> dict[str, Any]:
    """Floors and writer on a cluster of this run alone."""
    with private_cluster() as info:
        engine = make_engine(info.app_url, pool_size=2, application="bench")
        d, s, o = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        values = {"d": d, "s": s, "o": o, "n": responders, "at": START, "day": START.date()}
        with engine.begin() as connection:
            for statement in _SEED.split(";\n")[:-1]:
                connection.execute(text(statement), values)
            ids = list(connection.execute(text("SELECT responder_id FROM responder_index")).scalars())
        walk = Walk(ids)
        floor = measure(walk, seconds, write_bare(engine, s, track=False), lambda row: row)
        floor_track = measure(walk, seconds, write_bare(engine, s, track=True), lambda row: row)
        with engine.begin() as connection:
            connection.execute(text("UPDATE responder_index SET seen_at = captured_at"))
        bare_flush = measure(walk, seconds, write_flush(engine), to_fix)
        writer, refused = measure_writer(engine, walk, max(round(seconds * bare_flush / responders), 1))
        engine.dispose()
    return {
        "bench": "positions",
        "responders": responders,
        "writer_rows_s": round(writer),
        "flush_rows_s": round(bare_flush),
        "floor_update_rows_s": round(floor),
        "floor_update_copy_rows_s": round(floor_track),
        "ratio": round(writer / floor, 2),
        "ratio_with_track": round(writer / floor_track, 2),
        "not_stored": refused,
    }


def show(found: dict[str, Any]) -> str:
    """The table."""
    floor = found["floor_update_rows_s"]
    rows = (
        ("bare UPDATE … FROM unnest", "floor_update_rows_s"),
        ("bare UPDATE + COPY of the track", "floor_update_copy_rows_s"),
        ("flush (duty, order, jumps)", "flush_rows_s"),
        ("PositionWriter", "writer_rows_s"),
    )
    return table(
        ("what", "rows/s", "of floor"), [(label, found[key], round(found[key] / floor, 2)) for label, key in rows]
    )
