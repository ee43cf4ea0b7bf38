"""One thread per process follows the logs of those audiences that have a socket here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg2
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from kit import log as logs
from notifications.live import log
from notifications.live.announcer import Announcer
from notifications.live.log import Batch, Mark

logger = logs.get_logger("live.tail")
_PAUSE_AFTER_FAILURE_S = 0.5


class Tail:
    """Calls ``deliver`` (from its own thread) with batches in order; every ``poll_s`` it looks without being told."""

    def __init__(
        self,
        announcer: Announcer,
        factory: sessionmaker[Session],
        deliver: Callable[[list[Batch]], None],
        *,
        poll_s: float,
        check: Callable[[dict[str, Mark]], None] | None = None,
    ) -> None:
        self._announcer = announcer
        self._factory = factory
        self._deliver = deliver
        self._check = check
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._cursors: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-tail", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; it notices within ``poll_s``."""
        self._stopping.set()
        self._thread.join(timeout=self._poll_s + 5)

    def follow(self, audience: str, seq: int) -> None:
        """Read the audience's log from behind ``seq`` on."""
        with self._lock:
            self._cursors[audience] = seq

    def unfollow(self, audience: str) -> None:
        with self._lock:
            self._cursors.pop(audience, None)

    def _run(self) -> None:
        polled = 0.0
        while not self._stopping.is_set():
            try:
                named = self._announcer.wait(self._poll_s)
                everywhere = not named or time.monotonic() - polled >= self._poll_s
                self._read(None if everywhere else named)
                if everywhere:
                    polled = time.monotonic()
            except (psycopg2.Error, SQLAlchemyError, OSError) as exc:
                logger.warning("the feed cannot be followed at the moment", kind=type(exc).__name__)
                self._announcer.close()
                self._stopping.wait(_PAUSE_AFTER_FAILURE_S)
        self._announcer.close()

    def _read(self, named: frozenset[str] | None) -> None:
        with self._lock:
            names = self._cursors.keys() if named is None else named & self._cursors.keys()
            wanted = {audience: self._cursors[audience] for audience in names}
        if not wanted:
            return
        heads: dict[str, Mark] = {}
        with self._factory() as session:
            if named is None:
                # nearly always nothing is new, and the ends of the logs tell so at once
                heads = log.read_heads(session, list(wanted))
                wanted = {a: seq for a, seq in wanted.items() if a in heads and heads[a].seq > seq}
            batches = log.read_newer(session, wanted)
        with self._lock:
            # an audience that was followed anew in the meantime starts from its new number
            batches = [b for b in batches if self._cursors.get(b.audience) == wanted[b.audience]]
            for batch in batches:
                self._cursors[batch.audience] = batch.events[-1].seq
        if batches:
            self._deliver(batches)
        if heads and self._check is not None:
            self._check(heads)
