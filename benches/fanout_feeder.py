"""Everybody moves once a second: fixes through the real flush, in batches as the writer makes them.

In: the address of the database, then ``"go"``. Out: ``"ready"``. It goes on until it is ended.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from datetime import UTC, datetime

from sqlalchemy import text

from geo.crs import Position
from geo.positions.fix import Fix, make_fix
from geo.positions.flush import flush
from geo.tracks.repository import make_day
from kit.database import make_engine, make_session_factory

#: the writer flushes five times a second
PARTS = 5


def main() -> None:
    engine = make_engine(json.loads(sys.stdin.readline()), pool_size=1, application="bench")
    with make_session_factory(engine)() as session:
        make_day(session, datetime.now(UTC).date())
        rows = session.execute(
            text("SELECT responder_id, ST_X(position::geometry), ST_Y(position::geometry) FROM responder_index")
        )
        places = {row[0]: (row[1], row[2]) for row in rows}
        session.commit()
    print(json.dumps("ready"), flush=True)
    sys.stdin.readline()
    chance = random.Random(1)
    parts = [sorted(places)[n::PARTS] for n in range(PARTS)]
    due = time.monotonic()
    while True:
        for part in parts:
            due += 1 / PARTS
            time.sleep(max(0.0, due - time.monotonic()))
            at = datetime.now(UTC)
            fixes = [_step(places, id_, chance, at) for id_ in part]
            with engine.begin() as connection:
                flush(connection.connection.cursor(), fixes)


def _step(places: dict[uuid.UUID, tuple[float, float]], id_: uuid.UUID, chance: random.Random, at: datetime) -> Fix:
    lon, lat = places[id_]
    places[id_] = lon, lat = lon + chance.uniform(-1e-5, 1e-5), lat + chance.uniform(-1e-5, 1e-5)
    return make_fix(
        responder_id=id_,
        captured_at=at,
        position=Position(lon, lat),
        accuracy_m=10.0,
        source="bench",
        received_at=at,
    )


if __name__ == "__main__":
    main()
