"""From other threads to the event loop: what comes in a burst wakes it once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from kit import log

logger = log.get_logger("live")
#: done in one turn of the loop; the sockets' other work comes between
_AT_ONCE = 200


class HandOver:
    """Lives on the loop; ``put`` may be called from any thread, and what was put is done in that order."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Callable[[], None]] = deque()
        self._woken = False

    def put(self, act: Callable[[], None]) -> None:
        """Do ``act`` on the loop, soon. Silently dropped when the loop has ended."""
        self._waiting.append(act)
        if not self._woken:
            # whoever clears the flag looks afterwards, so nothing is left lying
            self._woken = True
            try:
                self._loop.call_soon_threadsafe(self._clear)
            except RuntimeError:
                self._waiting.clear()

    def _clear(self) -> None:
        self._woken = False
        for _ in range(min(_AT_ONCE, len(self._waiting))):
            act = self._waiting.popleft()
            try:
                act()
            except Exception as exc:
                # one that fails must not take the others with it
                logger.error("an answer was not given", kind=type(exc).__name__)
        if self._waiting and not self._woken:
            self._woken = True
            self._loop.call_soon(self._clear)
