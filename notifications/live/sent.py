"""Which messages went out to which device, written in batches beside the event loop."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.orm import Session

from kit import log as logs
from kit.clock import Clock
from notifications.outbox import repository

logger = logs.get_logger("live.sent")
_GATHER_S = 0.1
_PAUSE_AFTER_FAILURE_S = 1.0
Told = tuple[uuid.UUID, uuid.UUID | None]


class SentRecorder:
    """``add`` on the loop; ``run`` writes what has gathered through ``in_thread``."""

    def __init__(self, in_thread: Callable[[Callable[[Session], None]], Awaitable[None]], clock: Clock) -> None:
        self._in_thread = in_thread
        self._clock = clock
        self._told: list[Told] = []
        self._more = asyncio.Event()

    def add(self, told: Sequence[Told]) -> None:
        if told:
            self._told += told
            self._more.set()

    async def run(self) -> None:
        while True:
            await self._more.wait()
            await asyncio.sleep(_GATHER_S)
            try:
                await self.flush()
            except Exception as exc:
                logger.warning("what was sent could not be recorded yet", kind=type(exc).__name__)
                await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)

    async def flush(self) -> None:
        """Write what has gathered; what cannot be written is kept."""
        told, self._told = self._told, []
        self._more.clear()
        at = self._clock.now()
        try:
            await self._in_thread(lambda s: repository.write_sent(s, told, channel="socket", at=at))
        except BaseException:
            self._told = told + self._told
            self._more.set()
            raise
