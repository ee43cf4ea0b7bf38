"""All live sockets of one process: joins them to the log, keeps them fed, throws out who may not stay.

Runs on the event loop and never touches the database there: what reads does so in a few threads of its own.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from prometheus_client import Counter, Gauge
from sqlalchemy.orm import Session, sessionmaker

from kit import log as logs
from kit.clock import Clock
from kit.database import transaction
from notifications.live import frames, log
from notifications.live.announcer import Announcer
from notifications.live.limits import GOING_AWAY, NO_PONG, RIGHTS_CHANGED, UNAUTHENTICATED, Limits
from notifications.live.log import Mark
from notifications.live.positions import PositionFeed, PositionRequest, Positions
from notifications.live.presence import Presence
from notifications.live.rounds import Round, StationView
from notifications.live.sent import SentRecorder
from notifications.live.socket import LiveSocket
from notifications.live.switchboard import Switchboard

logger = logs.get_logger("live")
SOCKETS = Gauge("pingan_live_sockets", "Open live sockets")
CLOSED = Counter("pingan_live_closed_total", "Live sockets closed by the server", ["code"])
#: connections that a hub needs: its threads and the tail
THREADS = 3
CONNECTIONS = THREADS + 1
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot:
    """What one audience sees, and where in its log that is."""

    mark: Mark
    #: ``{"order": {"<id>": {…}}, …}`` as JSON
    entities: str
    #: messages among them, which count as sent with the snapshot
    message_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class Sources:
    """What the hub shows and asks, given by the layer above; each runs in a thread on a session of its own."""

    #: (session, audience), in one consistent read
    read_snapshot: Callable[[Session, str], Snapshot]
    read_positions: Callable[[Session, PositionRequest], Positions]
    #: session ids → rights now; a login that is no longer good is absent
    list_rights: Callable[[Session, Collection[uuid.UUID], datetime], Mapping[uuid.UUID, tuple[str | None, ...]]]


class Hub:
    """``start`` and ``stop`` it on the loop that serves the sockets. ``factory`` has CONNECTIONS to give."""

    def __init__(
        self,
        *,
        factory: sessionmaker[Session],
        announcer: Announcer,
        sources: Sources,
        clock: Clock,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.clock = clock
        self.sockets: set[LiveSocket] = set()
        self._factory = factory
        self._sources = sources
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self._shared: dict[str, tuple[float, asyncio.Task[Snapshot]]] = {}
        self._sent = SentRecorder(self.in_thread, clock)
        self._presence = Presence(self.in_thread, clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._positions = PositionFeed()
        self._switchboard = Switchboard(factory, announcer, self.limits, on_restart=self._start_over)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._switchboard.start()
        every = self.limits
        rounds: tuple[tuple[float, Callable[[], Coroutine[Any, Any, None]]], ...] = (
            (every.heartbeat_s, self._beat),
            (min(0.5, every.stall_s / 2), self._watch),
            (every.rights_s, self._check_rights),
            (every.positions_s, self._send_positions),
            (every.presence_s, self._presence.flush),
            (every.heard_s, self._presence.beat),
        )
        for seconds, work in rounds:
            self._spawn(self._every(seconds, work))
        self._spawn(self._sent.run())

    async def stop(self) -> None:
        """End every socket and every task; what was sent is recorded first."""
        for socket in list(self.sockets):
            socket.end(GOING_AWAY, "the server stops")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._switchboard.stop()
        await self._sent.flush()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def in_thread(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a thread, in a transaction that is committed when it returns."""

        def run() -> T:
            with transaction(self._factory) as session:
                return work(session)

        return await self._loop.run_in_executor(self._threads, run)

    def attach(self, socket: LiveSocket) -> None:
        """Know the socket from now on; it gets nothing before ``join``."""
        self.sockets.add(socket)
        SOCKETS.inc()
        socket.on_sent = self._sent.add
        socket.heard_at = self._loop.time()
        self._switchboard.connect(socket)
        self._presence.came(socket.viewer.device_id)

    def detach(self, socket: LiveSocket) -> None:
        """Forget the socket."""
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        SOCKETS.dec()
        if socket.ending is not None:
            CLOSED.labels(str(socket.ending[0])).inc()
        self._switchboard.disconnect(socket)
        self._presence.went(socket.viewer.device_id)

    async def join(self, socket: LiveSocket, last: Mapping[str, Mark]) -> None:
        """Bring the socket up to date — by the events it missed if that is possible — and keep it so."""
        for stream in socket.channels:
            if stream in last:
                if await self._resume(socket, stream, last[stream]):
                    continue
                socket.offer(frames.frame("resync", stream=stream, reason="too-far-behind-or-other-epoch"))
            await self._show_snapshot(socket, stream)
        if socket.viewer.console and socket.viewer.station_id is not None:
            self._positions.begin_station(socket.viewer.station_id)

    async def _resume(self, socket: LiveSocket, stream: str, mark: Mark) -> bool:
        channel = socket.channels[stream]
        while not channel.covers(mark):
            missed = await self._find_missed(channel.audience, mark)
            if missed is None:
                return False
            mark, events = missed
            for start in range(0, len(events), self.limits.events_per_frame):
                socket.offer_events(stream, mark.epoch, events[start : start + self.limits.events_per_frame])
            if self._switchboard.can_start_at(channel, mark):
                break
            if channel.epoch != mark.epoch:
                self._switchboard.restart(channel, mark)
        socket.place(stream, mark.seq)
        return True

    async def _find_missed(self, audience: str, mark: Mark) -> tuple[Mark, list[log.Event]] | None:
        return await self.in_thread(lambda s: log.find_missed(s, audience, mark, limit=self.limits.replay))

    async def _show_snapshot(self, socket: LiveSocket, stream: str) -> None:
        channel = socket.channels[stream]
        snapshot = await self._read_snapshot(channel.audience, fresh=False)
        while not self._switchboard.can_start_at(channel, snapshot.mark):
            snapshot = await self._read_snapshot(channel.audience, fresh=True)
            if channel.epoch != snapshot.mark.epoch and not self._switchboard.can_start_at(channel, snapshot.mark):
                self._switchboard.restart(channel, snapshot.mark)
        socket.offer(
            frames.snapshot(self.clock.now(), stream, snapshot.mark, snapshot.entities),
            told=[(id_, socket.viewer.device_id) for id_ in snapshot.message_ids],
        )
        socket.place(stream, snapshot.mark.seq)

    async def _read_snapshot(self, audience: str, *, fresh: bool) -> Snapshot:
        """A station's snapshot serves everybody who asks within a second: many come back at once after a restart."""
        now = self._loop.time()
        self._shared = {a: v for a, v in self._shared.items() if now - v[0] < self.limits.snapshot_shared_s}
        if not fresh and audience in self._shared:
            return await asyncio.shield(self._shared[audience][1])
        task = self._loop.create_task(self.in_thread(lambda s: self._sources.read_snapshot(s, audience)))
        if audience.startswith("station:"):
            self._shared[audience] = (now, task)
        return await asyncio.shield(task)

    def _start_over(self, socket: LiveSocket, stream: str) -> None:
        socket.offer(frames.frame("resync", stream=stream, reason="log-restarted"))
        self._spawn(self._show_again(socket, stream))

    async def _show_again(self, socket: LiveSocket, stream: str) -> None:
        try:
            await self._show_snapshot(socket, stream)
        except Exception as exc:
            logger.warning("a screen could not be started over", kind=type(exc).__name__)
            socket.stall()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _every(self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except Exception as exc:
                logger.warning("a round of the hub failed", round=work.__name__, kind=type(exc).__name__)

    async def _beat(self) -> None:
        now = self.clock.now()
        for socket in list(self.sockets):
            if socket.places:
                socket.offer(frames.heartbeat(now, socket.marks()))

    async def _watch(self) -> None:
        now = self._loop.time()
        for socket in list(self.sockets):
            if socket.sending_since is not None and now - socket.sending_since > self.limits.stall_s:
                socket.stall()
            elif now - socket.heard_at > self.limits.silence_s:
                socket.end(NO_PONG, "no pong")

    async def _check_rights(self) -> None:
        ids = {socket.viewer.session_id for socket in self.sockets}
        if not ids:
            return
        rights = await self.in_thread(lambda s: self._sources.list_rights(s, ids, self.clock.now()))
        for socket in [s for s in self.sockets if s.viewer.session_id in ids]:
            held = rights.get(socket.viewer.session_id)
            if held is None:
                socket.end(UNAUTHENTICATED, "login ended")
            elif held != socket.viewer.rights:
                socket.end(RIGHTS_CHANGED, "rights changed")

    async def _send_positions(self) -> None:
        request = self._positions.next_request(s.viewer for s in self.sockets if s.places)
        if request is None:
            return
        found = await self.in_thread(lambda s: self._sources.read_positions(s, request))
        self._positions.took(found)
        at = frames.instant(self.clock.now())
        rounds: dict[StationView, Round] = {}
        for socket in list(self.sockets):
            viewer = socket.viewer
            view = self._positions.view_of(viewer.station_id) if viewer.console else None
            if view is None or viewer.station_id is None:
                socket.show_positions(at, found.for_viewer(viewer))
                continue
            rows = found.by_station.get(viewer.station_id, {})
            if view not in rounds:
                rounds[view] = view.next_round(at, rows, self.limits.positions_per_frame)
            if socket.view is view:
                socket.take_round(rounds[view])
            else:
                socket.show_positions(at, rows)
                if viewer.station_id in request.whole_station_ids and socket.places:
                    # it has had everybody: from the next round on it gets what all get
                    socket.view = view
            if viewer.lent:
                socket.show_positions(at, found.lent_to.get(viewer.station_id, {}))
