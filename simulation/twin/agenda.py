"""The virtual clock: what happens next, and never anything in the past."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime

Happening = Callable[[], None]


class Agenda:
    """Events by their time, in seconds since 1970; at one instant those come first that were entered first."""

    def __init__(self, start_s: float) -> None:
        self.now_s = start_s
        self._entered = 0
        self._heap: list[tuple[float, int, Happening]] = []

    @property
    def now(self) -> datetime:
        """The present instant, aware."""
        return self.instant(self.now_s)

    @staticmethod
    def instant(at_s: float) -> datetime:
        """Those seconds as the decisions want them."""
        return datetime.fromtimestamp(at_s, UTC)

    def at(self, when_s: float, what: Happening) -> None:
        """Enter an event; raises ValueError for one that would have been."""
        if when_s < self.now_s:
            raise ValueError("time does not go back")
        self._entered += 1
        heapq.heappush(self._heap, (when_s, self._entered, what))

    def after(self, seconds: float, what: Happening) -> None:
        """The same, so many seconds from now."""
        self.at(self.now_s + seconds, what)

    def run(self) -> int:
        """Let everything happen; how many events there were."""
        happened = 0
        while self._heap:
            self.now_s, _, what = heapq.heappop(self._heap)
            what()
            happened += 1
        return happened
