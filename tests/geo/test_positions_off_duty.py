"""Going off duty while fixes are on their way, with the real duty service, writers and commits."""

from __future__ import annotations

import random
import threading
import time
import uuid
from datetime import timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401  (ending a duty changes what consoles show)
from geo.duty import service as duty
from geo.positions.writer import PositionWriter
from kit.actor import SYSTEM
from tests.geo.fixes import fix
from tests.support.people import START, make_responder, make_station

_OUTSIDE = text(
    """
    SELECT count(*) FROM tracks t WHERE t.responder_id = ANY(:ids) AND NOT EXISTS (
        SELECT FROM duties d WHERE d.responder_id = t.responder_id AND d.started_at <= t.captured_at
            AND t.captured_at < coalesce(d.ended_at, 'infinity'))
    """
)
_STILL_SHOWN = text(
    "SELECT count(*) FROM responder_index WHERE responder_id = ANY(:ids) AND NOT on_duty AND position IS NOT NULL"
)
_INSIDE = text("SELECT count(*) FROM tracks WHERE responder_id = ANY(:ids)")


def test_whoever_comes_first_nothing_is_left_outside_a_duty(committed_database: Engine) -> None:
    with Session(committed_database) as session:
        station = make_station(session)
        ids = [make_responder(session, "guard", station, on_duty=False).id for _ in range(24)]
        session.commit()
        for id_ in ids:
            duty.start(session, responder_id=id_, planned_end=None, actor=SYSTEM, at=START)
        session.commit()
    writers = [PositionWriter(committed_database, flush_s=0.002, max_rows=50) for _ in range(2)]
    for writer in writers:
        writer.start()
    chance = random.Random(7)
    plan = [(id_, chance.uniform(0, 0.8), chance.randint(0, 400)) for id_ in ids]

    def go_off(id_: uuid.UUID, after_s: float, second: int) -> None:
        time.sleep(after_s)
        with Session(committed_database) as session:
            at = START + timedelta(seconds=second)
            duty.end(session, responder_id=id_, actor=SYSTEM, at=at, how="station")
            # the end is known to this transaction only, while fixes keep coming
            time.sleep(0.02)
            session.commit()

    def send(writer: PositionWriter, turn: int) -> None:
        for second in range(turn, 400, 2):
            writer.submit([fix(second, second / 10, who=id_) for id_ in ids], lambda _: None)
            time.sleep(0.004)

    threads = [threading.Thread(target=go_off, args=row) for row in plan]
    threads += [threading.Thread(target=send, args=(writer, turn)) for turn, writer in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for writer in writers:
        writer.stop()
    with committed_database.connect() as connection:
        assert connection.execute(_OUTSIDE, {"ids": ids}).scalar_one() == 0
        assert connection.execute(_STILL_SHOWN, {"ids": ids}).scalar_one() == 0
        wanted = sum(max(second, 0) for _, _, second in plan)
        assert connection.execute(_INSIDE, {"ids": ids}).scalar_one() == wanted, "and nothing inside one is lost"
