"""Fixes are gathered for a fifth of a second and written together: one commit for many phones.

One writer for each process. A fix that was handed over is answered when it is committed, so a phone that
hears "stored" may forget it; what was never answered it sends again, which does no harm.
"""

from __future__ import annotations

import threading
import time
from collections import Counter as Counts
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date
from typing import Any

import anyio.to_thread
import psycopg2
from prometheus_client import Counter, Gauge
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.positions import repository
from geo.positions.fix import Fix, Outcome
from geo.positions.flush import NOT_STORABLE, flush
from geo.responders.projection import ENTITY
from kit import feed
from kit.database import make_engine
from kit.errors import Unavailable
from kit.log import get_logger

log = get_logger(__name__)
MAX_ROWS = 1000
#: positions are the first thing to be refused under load: a newer one follows in seconds
MAX_WAITING = 100_000
#: how long a row that somebody else holds is passed over: as long as a statement may take
PATIENCE_S = 10.0
PAUSE_S = 0.05

FIXES = Counter("pingan_fixes_total", "Fixes by what became of them", ["outcome"])
LOST = Counter("pingan_fixes_lost_total", "Fixes that could not be written and were answered so")
WAITING = Gauge("pingan_fixes_waiting", "Fixes handed over and not yet written")


#: what became of each fix; or that the database did not take them
Answer = list[Outcome] | Unavailable
#: told once, from the writer's thread
Then = Callable[[Answer], None]


class _Submission:
    """Fixes handed over together, answered together."""

    __slots__ = ("_open", "_outcomes", "_then")

    def __init__(self, number: int, then: Then) -> None:
        self._then: Then | None = then
        self._outcomes: list[Outcome | None] = [None] * number
        self._open = number

    def settle(self, number: int, outcome: Outcome) -> None:
        self._outcomes[number] = outcome
        self._open -= 1
        if self._open == 0:
            self._tell([o for o in self._outcomes if o is not None])

    def fail(self) -> None:
        self._tell(Unavailable())

    def _tell(self, answer: Answer) -> None:
        then, self._then = self._then, None
        if then is not None:
            then(answer)


class _Waiting:
    """One fix on its way."""

    __slots__ = ("fix", "number", "patient_until", "submission")

    def __init__(self, submission: _Submission, number: int, fix: Fix, patient_until: float) -> None:
        self.submission, self.number, self.fix = submission, number, fix
        self.patient_until = patient_until


class PositionWriter:
    """Writes fixes in batches. ``submit`` may be called from any thread and never waits for the database."""

    def __init__(self, engine: Engine, *, flush_s: float = 0.2, max_rows: int = MAX_ROWS) -> None:
        self._engine = engine
        self._flush_s = flush_s
        self._max_rows = max_rows
        self._queue: deque[_Waiting] = deque()
        self._passed_over: list[_Waiting] = []
        self._rejoin_at = 0.0
        self._wake = threading.Condition()
        self._stopping = False
        self._days: set[date] = set()
        self._thread = threading.Thread(target=self._run, name="positions", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout=20)

    def submit(self, fixes: Sequence[Fix], then: Then) -> None:
        """Hand over; ``then`` is told what became of each once that is committed, from the writer's thread: it must
        neither wait nor raise. Raises Unavailable when too much is waiting already."""
        if not fixes:
            then([])
            return
        submission = _Submission(len(fixes), then)
        with self._wake:
            if self._stopping or len(self._queue) + len(fixes) > MAX_WAITING:
                LOST.inc(len(fixes))
                raise Unavailable(retry_after_s=5)
            patient_until = time.monotonic() + PATIENCE_S
            for number, fix in enumerate(fixes):
                self._queue.append(_Waiting(submission, number, fix, patient_until))
            waiting = len(self._queue)
            WAITING.set(waiting)
            # when it is idle or has enough; a wake for each fix would cost more than the fix
            if waiting == len(fixes) or waiting >= self._max_rows:
                self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._rejoin():
                    if self._stopping and not self._passed_over:
                        return
                    self._wake.wait(max(self._rejoin_at - time.monotonic(), 0) if self._passed_over else None)
                due = time.monotonic() + self._flush_s
                while len(self._queue) < self._max_rows and not self._stopping:
                    left_s = due - time.monotonic()
                    if left_s <= 0 or not self._wake.wait(left_s):
                        break
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._max_rows))]
                WAITING.set(len(self._queue))
            self._write(batch)

    def _write(self, batch: list[_Waiting]) -> None:
        fixes = [waiting.fix for waiting in batch]
        try:
            outcomes = self._try_twice(fixes)
        except Exception as exc:
            # how many and why; never whose or where
            log.error("fixes were lost", count=len(batch), kind=type(exc).__name__)
            LOST.inc(len(batch))
            for waiting in batch:
                waiting.submission.fail()
            return
        held = [waiting for waiting, outcome in zip(batch, outcomes, strict=True) if outcome is None]
        for kind, count in Counts(outcome.kind for outcome in outcomes if outcome is not None).items():
            FIXES.labels(kind).inc(count)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if outcome is not None:
                waiting.submission.settle(waiting.number, outcome)
        self._pass_over(held)

    def _pass_over(self, held: list[_Waiting]) -> None:
        """Come back to them after a pause; give up on those whose row was held for too long."""
        now = time.monotonic()
        lost = [waiting for waiting in held if waiting.patient_until <= now]
        if lost:
            log.error("fixes were lost", count=len(lost), kind="row held")
            LOST.inc(len(lost))
            for waiting in lost:
                waiting.submission.fail()
        with self._wake:
            if not self._passed_over:
                self._rejoin_at = now + PAUSE_S
            self._passed_over += [waiting for waiting in held if waiting.patient_until > now]

    def _rejoin(self) -> bool:
        """Whether there is something to write now."""
        if self._passed_over and self._rejoin_at <= time.monotonic():
            self._queue.extendleft(reversed(self._passed_over))
            self._passed_over = []
        return bool(self._queue)

    def _try_twice(self, fixes: Sequence[Fix]) -> list[Outcome | None]:
        try:
            return self._flush(fixes)
        except Exception as exc:
            log.warning("a flush failed and is tried again", count=len(fixes), kind=type(exc).__name__)
            self._days.clear()
        try:
            return self._flush(fixes, careful=True)
        except (psycopg2.DataError, psycopg2.IntegrityError):
            # one fix that the database cannot take must not take the others with it
            if len(fixes) == 1:
                raise
        middle = len(fixes) // 2
        return [*self._try_half(fixes[:middle]), *self._try_half(fixes[middle:])]

    def _try_half(self, fixes: Sequence[Fix]) -> list[Outcome | None]:
        try:
            return self._try_twice(fixes)
        except (psycopg2.DataError, psycopg2.IntegrityError) as exc:
            log.error("a fix was refused by the database", count=len(fixes), kind=type(exc).__name__)
            LOST.inc(len(fixes))
            return [NOT_STORABLE] * len(fixes)

    def _flush(self, fixes: Sequence[Fix], *, careful: bool = False) -> list[Outcome | None]:
        missing = {fix.captured_at.astimezone(UTC).date() for fix in fixes} - self._days
        if missing:
            # of its own: making a partition locks the whole table
            with self._engine.begin() as connection:
                repository.make_days(_cursor(connection), sorted(missing))
            self._days |= missing
        with Session(self._engine) as session, session.begin():
            flushed = flush(_cursor(session.connection()), fixes, careful=careful)
            for responder_id in flushed.turned:
                feed.changed(session, ENTITY, responder_id)
        return flushed.outcomes


def promise() -> tuple[Future[list[Outcome]], Then]:
    """For those who wait, and may have gone when the answer comes: what they wait for, and what settles it."""
    future: Future[list[Outcome]] = Future()

    def then(answer: Answer) -> None:
        if not future.set_running_or_notify_cancel():
            return
        if isinstance(answer, Unavailable):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    return future, then


def _cursor(connection: Any) -> repository.Cursor:
    return connection.connection.cursor()


def running_writer(database_url: str, *, flush_s: float) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """A companion of the application: ``app.state.positions`` while it runs.

    On a connection of its own: the pool of the requests has one for each of their threads.
    """

    @asynccontextmanager
    async def start(app: Any) -> AsyncIterator[None]:
        engine = make_engine(database_url, pool_size=1, application="positions")
        writer = app.state.positions = PositionWriter(engine, flush_s=flush_s)
        writer.start()
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(writer.stop)
            engine.dispose()

    return start
