"""Which phones hold a live socket, told to the database: the matcher asks who can be reached, the watch who was lost.

On the event loop; what came and what went is written once a second in one go, that everybody is still there once a
minute. A process that stops says nothing: its phones are back at another one before anybody misses them, and those
that are not are heard of no more.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime

from sqlalchemy.orm import Session

from kit.clock import Clock
from notifications.devices import contact

InThread = Callable[[Callable[[Session], None]], Awaitable[None]]


class Presence:
    """``came`` and ``went`` with each socket; ``flush`` and ``beat`` now and then."""

    def __init__(self, in_thread: InThread, clock: Clock) -> None:
        self._in_thread = in_thread
        self._clock = clock
        self._sockets: Counter[uuid.UUID] = Counter()
        self._since: dict[uuid.UUID, datetime] = {}
        self._came: dict[uuid.UUID, datetime] = {}
        self._went: dict[uuid.UUID, contact.Lost] = {}

    def came(self, device_id: uuid.UUID) -> None:
        now = self._clock.now()
        self._sockets[device_id] += 1
        self._since[device_id] = self._came[device_id] = now
        self._went.pop(device_id, None)

    def went(self, device_id: uuid.UUID) -> None:
        """One socket less; a phone that opened the next one before it closed the last is not lost."""
        self._sockets[device_id] -= 1
        if self._sockets[device_id] > 0:
            return
        del self._sockets[device_id]
        self._went[device_id] = contact.Lost(since=self._since.pop(device_id), at=self._clock.now())

    async def flush(self) -> None:
        """Write who came and who went since the last time."""
        came, went = self._came, self._went
        if not came and not went:
            return
        self._came, self._went = {}, {}

        def write(session: Session) -> None:
            contact.note_connected(session, came)
            contact.note_lost(session, went)

        await self._in_thread(write)

    async def beat(self) -> None:
        """Write that these are still there."""
        there: Collection[uuid.UUID] = list(self._sockets)
        if there:
            now = self._clock.now()
            await self._in_thread(lambda session: contact.note_heard(session, there, now))
