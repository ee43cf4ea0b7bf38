"""The newest part of one audience's log, held once for all its sockets of this process."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from notifications.live.log import NO_EPOCH, Batch, Event, Mark

if TYPE_CHECKING:
    from notifications.live.socket import LiveSocket


class Channel:
    """A ring of events; a socket is a place in it, so a slow one holds no memory of its own."""

    def __init__(self, audience: str, *, ring: int) -> None:
        self.audience = audience
        self.sockets: set[LiveSocket] = set()
        self.epoch = NO_EPOCH
        self.started = False
        self._ring: deque[Event] = deque(maxlen=ring)
        self._head = 0

    @property
    def head(self) -> Mark:
        return Mark(self.epoch, self._head)

    @property
    def tail(self) -> int:
        """The last number before the oldest event held."""
        return self._ring[0].seq - 1 if self._ring else self._head

    def start(self, mark: Mark) -> None:
        """Begin, or begin anew, at ``mark`` with nothing held."""
        self._ring.clear()
        self.epoch, self._head = mark.epoch, mark.seq
        self.started = True

    def covers(self, mark: Mark) -> bool:
        """Whether everything after ``mark`` is held here."""
        return self.started and mark.epoch == self.epoch and self.tail <= mark.seq <= self._head

    def append(self, batch: Batch) -> bool:
        """Take the batch; False when it does not follow on what is held (then ``start`` anew)."""
        if not self.started:
            return False
        if batch.epoch != self.epoch:
            if self.epoch != NO_EPOCH:
                return False
            self.epoch = batch.epoch
        fresh = [event for event in batch.events if event.seq > self._head]
        if fresh and fresh[0].seq != self._head + 1:
            return False
        self._ring.extend(fresh)
        if fresh:
            self._head = fresh[-1].seq
        return True

    def after(self, seq: int, *, limit: int) -> list[Event] | None:
        """Up to ``limit`` events behind ``seq``; None when they are held no more."""
        if seq < self.tail:
            return None
        skip = seq - self.tail
        return list(islice(self._ring, skip, skip + limit))
