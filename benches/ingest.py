"""One fix a frame from many phones, through real sockets into PostGIS, beside the bare statement for whole batches.

Ours: each phone sends a fix every half second, which is as often as the server takes them of one phone; the server,
as ``./pingan serve`` runs it, parses and checks each, gathers them for a fifth of a second and writes them: duty,
order and jumps judged, last position and track. The rate is that of rows found in the table afterwards, from the
first frame to the last answer; lost is a frame without a row. The lag is told by every tenth frame: from sending to
the answer, which comes after the commit. Meanwhile the nearest five guards are asked for, at an even pace.
Raw: one ``UPDATE … FROM unnest`` of as many last positions, batch by batch, on one connection, afterwards on the
same cluster. The phones run on this machine too: read the ratios.
"""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benches.district import District, make_district
from benches.ground import private_cluster
from benches.positions import Walk, measure, write_bare
from benches.programs import Talker
from benches.report import in_ms, table
from benches.server import serving
from geo.nearest import nearest
from kit.cluster import ClusterInfo
from kit.database import make_engine

STATIONS = 8
GENERATORS = 2
LOST_AFTER_S = 10.0
#: between two questions for the nearest
ASKING_S = 0.02
K = 5


@dataclass(frozen=True)
class Plan:
    """What is asked of a run; ``period_s`` between two fixes of one phone."""

    phones: int = 4500
    seconds: float = 20
    period_s: float = 0.5
    processes: int = 2


@dataclass(frozen=True)
class Taken:
    """What the phones know of their frames, and the table of their rows."""

    sent: int
    stored: int
    rows: int
    #: phones that the server threw out; their frames without a row are among the lost
    away: int
    took_s: float
    lags_s: list[float]
    knn_s: list[float]


def run(plan: Plan) -> dict[str, Any]:
    """Through the sockets first, then the bare statement."""
    with ExitStack() as stack:
        info = stack.enter_context(private_cluster())
        owner = make_engine(info.owner_url, pool_size=2, application="bench")
        stack.callback(owner.dispose)
        guards = max(plan.phones * 7 // 10, 1)
        district = make_district(
            owner, stations=STATIONS, guards=guards, patrols=plan.phones - guards, at=datetime.now(UTC)
        )
        taken = _ingest(plan, info, owner, district)
        with owner.connect() as connection:
            ids = list(connection.execute(text("SELECT responder_id FROM responder_index")).scalars())
        walk = Walk(ids)
        # only what is newer than what the phones said is written
        walk.at = datetime.now(UTC)
        app = make_engine(info.app_url, pool_size=1, application="bench")
        stack.callback(app.dispose)
        raw = measure(walk, plan.seconds, write_bare(app, district.stations[0], track=False), lambda row: row)
    rate = taken.rows / taken.took_s
    return {
        "bench": "ingest",
        "phones": plan.phones,
        "processes": plan.processes,
        "cores": os.cpu_count(),
        "offered_per_s": round(plan.phones / plan.period_s),
        "sent": taken.sent,
        "rows": taken.rows,
        "away": taken.away,
        "rate_per_s": round(rate),
        "raw_per_s": round(raw),
        "ratio": round(rate / raw, 2),
        "lag_p50_ms": in_ms(taken.lags_s, 50),
        "lag_p99_ms": in_ms(taken.lags_s, 99),
        "lost": taken.sent - taken.rows,
        "knn_p99_ms": in_ms(taken.knn_s, 99),
    }


def _ingest(plan: Plan, info: ClusterInfo, owner: Engine, district: District) -> Taken:
    with ExitStack() as stack:
        base_url = stack.enter_context(serving(info, plan.processes))
        talkers = []
        for n in range(GENERATORS):
            talker = Talker("benches.ingest_phones")
            stack.callback(talker.end)
            talkers.append(talker)
            phones = [
                {"id": str(p.account_id), "token": p.token, "lon": p.position.lon, "lat": p.position.lat}
                for p in district.phones[n::GENERATORS]
            ]
            talker.tell({"server": base_url, "bare": False, "period_s": plan.period_s, "phones": phones})
        for talker in talkers:
            talker.hear()
        asking = stack.enter_context(Asking(info, district))
        _tell(talkers, "report")
        time.sleep(plan.seconds)
        _tell(talkers, "rest")
        asking.stop()
        heard = _wait_answered(talkers)
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM tracks WHERE source = 'socket'")).scalar_one()
    first = [one["first"] for one in heard if one["first"] is not None]
    last = [one["last"] for one in heard if one["last"] is not None]
    if not last:
        raise RuntimeError("no fix was answered")
    taken = Taken(
        sent=sum(one["sent"] for one in heard),
        stored=sum(one["stored"] for one in heard),
        rows=rows,
        away=sum(one["away"] for one in heard),
        took_s=max(last) - min(first),
        lags_s=[lag for one in heard for lag in one["lags_s"]],
        knn_s=asking.seconds,
    )
    if taken.rows < taken.stored:
        raise AssertionError(f"{taken.stored} fixes were told to be stored, {taken.rows} are there")
    return taken


def _wait_answered(talkers: list[Talker]) -> list[dict[str, Any]]:
    """What all know, when every frame was answered or no answer came for so long that none will."""
    answered, deadline = 0, time.monotonic() + LOST_AFTER_S
    while True:
        _tell(talkers, "take")
        heard = [talker.hear() for talker in talkers]
        if all(one["answered"] == one["sent"] for one in heard) or time.monotonic() > deadline:
            return heard
        so_far = sum(one["answered"] for one in heard)
        if so_far > answered:
            answered, deadline = so_far, time.monotonic() + LOST_AFTER_S
        time.sleep(0.2)


def _tell(talkers: list[Talker], word: str) -> None:
    for talker in talkers:
        talker.tell(word)


class Asking:
    """Somebody who asks for the nearest guards until he is stopped."""

    def __init__(self, info: ClusterInfo, district: District) -> None:
        self.seconds: list[float] = []
        self._engine = make_engine(info.app_url, pool_size=1, application="bench")
        self._district = district
        self._stopped = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="asking")

    def __enter__(self) -> Asking:
        self._asked = self._thread.submit(self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.shutdown()
        self._engine.dispose()

    def stop(self) -> None:
        """After the question that is open; raises what went wrong with one."""
        self._stopped.set()
        self._asked.result()

    def _ask(self) -> None:
        chance = random.Random(3)
        first = True
        while not self._stopped.wait(ASKING_S):
            _, place = self._district.pick_place(chance)
            before = time.perf_counter()
            with Session(self._engine) as session:
                nearest(session, place, kind="guard", k=K, station_ids=None)
            if not first:
                self.seconds.append(time.perf_counter() - before)
            # the first one connects
            first = False


def show(found: dict[str, Any]) -> str:
    """The table."""
    ours = (found["rate_per_s"], found["ratio"], found["lag_p50_ms"], found["lag_p99_ms"], found["lost"],
            found["away"], found["knn_p99_ms"])  # fmt: skip
    return table(
        ("what", "rows/s", "of raw", "lag p50 ms", "lag p99 ms", "lost", "away", "KNN p99 ms"),
        [("fixes through sockets", *ours), ("bare UPDATE … FROM unnest", found["raw_per_s"], 1.0, *[None] * 5)],
    )
