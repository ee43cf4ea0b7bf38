"""What happens by time: one process, or several that share the work.

A chore finds what is due in the database and does it in its own transaction; nothing is kept in memory, so a
worker that dies loses nothing and a second one may run beside it.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session, sessionmaker

from kit import log
from kit.clock import Clock, SystemClock
from kit.database import make_engine, make_session_factory, transaction
from kit.settings import Settings

logger = log.get_logger("worker")
DONE = Counter("pingan_worker_done_total", "Things that a chore did", ["chore"])
FAILED = Counter("pingan_worker_failed_total", "Runs of a chore that failed", ["chore"])
SECONDS = Histogram("pingan_worker_seconds", "Seconds that a run of a chore took", ["chore"])


@dataclass(frozen=True)
class Chore:
    """``run(factory, now)`` every ``every_s`` seconds; it commits by itself and says how much it did."""

    name: str
    every_s: float
    run: Callable[[sessionmaker[Session], datetime], int]


def in_transaction(work: Callable[[Session, datetime], int]) -> Callable[[sessionmaker[Session], datetime], int]:
    """A chore from a function over one session."""

    def run(factory: sessionmaker[Session], now: datetime) -> int:
        with transaction(factory) as session:
            return work(session, now)

    return run


def until_done(
    work: Callable[[Session, datetime], int], *, most: int
) -> Callable[[sessionmaker[Session], datetime], int]:
    """A chore that does one thing in each transaction, until there is nothing left or ``most`` are done."""
    once = in_transaction(work)

    def run(factory: sessionmaker[Session], now: datetime) -> int:
        done = 0
        while done < most and once(factory, now) > 0:
            done += 1
        return done

    return run


class Loop:
    """Runs its chores one after another, each when its time has come, until told to stop."""

    def __init__(self, name: str, chores: Sequence[Chore], factory: sessionmaker[Session], clock: Clock) -> None:
        self.name = name
        self._chores = chores
        self._factory = factory
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop and wait for the chore at hand."""
        self._stop.set()
        self._thread.join(timeout=15)

    def _run(self) -> None:
        due = dict.fromkeys((chore.name for chore in self._chores), 0.0)
        while not self._stop.is_set():
            for chore in self._chores:
                if time.monotonic() < due[chore.name]:
                    continue
                self.run_once(chore)
                due[chore.name] = time.monotonic() + chore.every_s
            pause = min(due.values()) - time.monotonic()
            self._stop.wait(max(pause, 0.01))

    def run_once(self, chore: Chore) -> int:
        """Run one chore; a failure is logged and counted, and the next turn tries again."""
        try:
            with SECONDS.labels(chore.name).time():
                done = chore.run(self._factory, self._clock.now())
            DONE.labels(chore.name).inc(done)
            return done
        except Exception as exc:
            FAILED.labels(chore.name).inc()
            # a database error carries the statement's parameters: its kind is enough
            logger.error("a chore failed", chore=chore.name, kind=type(exc).__name__)
            return 0


def run(settings: Settings, *, clock: Clock | None = None) -> None:
    """The worker process: until SIGTERM or SIGINT."""
    from dispatch.chores import choosing_chores, telling_chores, timed_chores

    log.setup(json=settings.log_json, level=settings.log_level)
    engine = make_engine(settings.database_url, pool_size=3, application="worker")
    factory = make_session_factory(engine)
    clock = clock or SystemClock()
    # telling waits for providers; a slow one must not hold up a timer
    loops = [
        Loop("timers", timed_chores(settings), factory, clock),
        Loop("choosing", choosing_chores(), factory, clock),
        Loop("telling", telling_chores(settings, clock), factory, clock),
    ]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for loop in loops:
        loop.start()
    logger.info("worker started")
    stop.wait()
    for loop in loops:
        loop.stop()
    engine.dispose()
    logger.info("worker stopped")
