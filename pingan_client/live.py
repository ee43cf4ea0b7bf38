"""The live socket: connects, resumes, acknowledges, reconnects with jitter."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from pingan_client.backoff import pause_s
from pingan_client.http import PinganClient
from pingan_client.problem import Problem, Refused, Unreachable
from pingan_client.screen import Change, Gap, Screen

PROTOCOL = 1
#: role or station changed: what is on the screen is another's
RIGHTS_CHANGED = 4403
#: the server may send a whole station in one frame
_MAX_FRAME_BYTES = 64 << 20
#: wakes up those who wait for the screen; no change of the log
POSITIONS = "positions"
#: the server lets a client say ten things a second
_ACKS_AT_ONCE, _ACK_PAUSE_S = 8, 0.15
OnChange = Callable[[Change], Awaitable[None] | None]


class LiveClient:
    """One screen. ``async with LiveClient(client) as live``; then ``live.screen``, ``live.changes()``.

    Messages are acknowledged as received by themselves (``acknowledge=False`` for a person with a dead phone);
    call ``shown`` when a person sees one. ``on_change`` is called for each change, ``on_frame`` for each frame.
    """

    def __init__(
        self,
        client: PinganClient,
        *,
        acknowledge: bool = True,
        on_change: OnChange | None = None,
        on_frame: Callable[[dict[str, Any]], None] | None = None,
        reconnect: bool = True,
        silence_s: float = 45.0,
        chance: random.Random | None = None,
    ) -> None:
        self.client = client
        self.screen = Screen()
        self.connected = asyncio.Event()
        #: every stream has been brought up to date on this connection
        self.ready = asyncio.Event()
        #: close code of the last connection that ended
        self.closed_with: int | None = None
        self.connections = 0
        self._acknowledge = acknowledge
        self._on_change, self._on_frame = on_change, on_frame
        self._reconnect, self._silence_s = reconnect, silence_s
        self._chance = chance or random.Random()
        self._wire: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._listeners: set[asyncio.Queue[Change | None]] = set()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._expected: set[str] = set()
        self._unacknowledged: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> LiveClient:
        self.start()
        await asyncio.wait_for(self.ready.wait(), 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Connect in the background and stay connected."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        for queue in self._listeners:
            queue.put_nowait(None)

    async def changes(self) -> AsyncIterator[Change]:
        """Changes from now on, until the client is closed."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while (change := await queue.get()) is not None:
                if change.entity != POSITIONS:
                    yield change
        finally:
            self._listeners.discard(queue)

    async def wait_for(self, found: Callable[[Screen], Any], *, timeout_s: float = 10.0) -> Any:
        """Wait until ``found(screen)`` is truthy and return it; raises TimeoutError."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            async with asyncio.timeout(timeout_s):
                while not (value := found(self.screen)):
                    await queue.get()
                return value
        finally:
            self._listeners.discard(queue)

    async def shown(self, message_id: str) -> None:
        """A person sees the message. Waits for the server's word; raises Refused, Unreachable."""
        await self.ask("ack", message_id=message_id, step="shown")

    async def received(self, message_id: str) -> None:
        """This device has the message."""
        await self.ask("ack", message_id=message_id, step="received")

    async def fix(self, **fix: Any) -> str:
        """Report one position; returns what became of it: stored, duplicate, suspect or refused."""
        answer = await self.ask("fix", fix=fix)
        return str(answer["outcomes"][0]["outcome"])

    async def fixes(self, fixes: list[dict[str, Any]]) -> list[dict[str, str]]:
        """Report positions gathered while offline."""
        return list((await self.ask("fixes", fixes=fixes))["outcomes"])

    async def ask(self, kind: str, *, timeout_s: float = 10.0, **members: Any) -> dict[str, Any]:
        """Send a frame and wait for its answer."""
        ref = uuid.uuid4().hex[:12]
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[ref] = future
        try:
            await self.send({"type": kind, **members, "ref": ref})
            return await asyncio.wait_for(future, timeout_s)
        except (ConnectionClosed, TimeoutError) as exc:
            raise Unreachable(f"no answer to {kind}") from exc
        finally:
            self._answers.pop(ref, None)
            # lost while it was being sent: the sender has said so already
            if future.done() and not future.cancelled():
                future.exception()

    async def send(self, frame: dict[str, Any]) -> None:
        """Send any frame as it is."""
        if self._wire is None:
            raise Unreachable("not connected")
        await self._wire.send(json.dumps(frame, ensure_ascii=False))

    async def drop(self) -> None:
        """Lose the connection, as a phone in a lift does."""
        if self._wire is not None:
            self._wire.transport.abort()

    async def _run(self) -> None:
        attempt = 0
        while True:
            before, wish_s = self.connections, 0.0
            try:
                await self._connect_once()
            except (ConnectionClosed, InvalidHandshake, OSError, Unreachable, Gap, TimeoutError) as exc:
                closed = exc.rcvd if isinstance(exc, ConnectionClosed) else None
                self.closed_with = closed.code if closed else None
                wish_s = _wish_s(closed.reason) if closed else 0.0
                if self.closed_with == RIGHTS_CHANGED:
                    self.screen.streams.clear()
            except Refused as exc:
                if exc.status in (401, 403):
                    self._finish(None)
                    raise
            finally:
                self._lost()
            if not self._reconnect:
                self._finish(None)
                return
            attempt = 0 if self.connections > before else attempt + 1
            await asyncio.sleep(wish_s + pause_s(attempt, chance=self._chance))

    async def _connect_once(self) -> None:
        ticket = await self.client.ticket()
        url = self.client.base_url.replace("http", "ws", 1) + f"/api/v1/live?ticket={ticket}"
        async with connect(url, max_size=_MAX_FRAME_BYTES, compression=None, proxy=None) as wire:
            self._wire = wire
            self.connected.set()
            await self.send({"type": "hello", "protocol": PROTOCOL, "last": self.screen.marks()})
            acknowledging = asyncio.create_task(self._acknowledge_received(wire))
            try:
                while True:
                    async with asyncio.timeout(self._silence_s):
                        raw = await wire.recv()
                    await self._take(json.loads(raw))
            finally:
                acknowledging.cancel()

    async def _acknowledge_received(self, wire: ClientConnection) -> None:
        while True:
            for _ in range(_ACKS_AT_ONCE):
                message_id = await self._unacknowledged.get()
                try:
                    await wire.send(json.dumps({"type": "ack", "message_id": message_id, "step": "received"}))
                except ConnectionClosed:
                    self._unacknowledged.put_nowait(message_id)
                    return
                if self._unacknowledged.empty():
                    break
            else:
                await asyncio.sleep(_ACK_PAUSE_S * _ACKS_AT_ONCE)

    async def _take(self, frame: dict[str, Any]) -> None:
        if self._on_frame is not None:
            self._on_frame(frame)
        kind = frame["type"]
        if kind == "welcome":
            self.connections += 1
            self._expected = set(frame["streams"]) - self.screen.streams.keys()
            if not self._expected:
                # resumed: what was missed follows as events
                self.ready.set()
        elif kind == "heartbeat":
            await self.send({"type": "pong"})
        elif kind == "resync":
            self.ready.clear()
            self._expected.add(frame["stream"])
        elif (ref := frame.get("ref") or frame.get("problem", {}).get("ref")) in self._answers:
            self._settle(str(ref), frame)
        try:
            changes = self.screen.apply(frame)
        except Gap:
            # start over: without a place in the log the server sends a snapshot
            self.screen.streams.clear()
            raise
        if kind == "snapshot":
            self._expected.discard(frame["stream"])
            if not self._expected:
                self.ready.set()
        for change in changes:
            await self._tell(change)
        if kind == "positions":
            self._nudge()

    async def _tell(self, change: Change) -> None:
        if self._acknowledge and change.entity == "message" and change.value is not None:
            self._unacknowledged.put_nowait(change.id)
        if self._on_change is not None:
            told = self._on_change(change)
            if told is not None:
                await told
        for queue in self._listeners:
            queue.put_nowait(change)

    def _nudge(self) -> None:
        for queue in self._listeners:
            queue.put_nowait(Change("", POSITIONS, "", None))

    def _settle(self, ref: str, frame: dict[str, Any]) -> None:
        future = self._answers[ref]
        if future.done():
            return
        if frame["type"] == "error":
            future.set_exception(Refused(Problem.of(frame["problem"], status=0)))
        else:
            future.set_result(frame)

    def _lost(self) -> None:
        self._wire = None
        self.connected.clear()
        self.ready.clear()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(Unreachable("the connection was lost"))

    def _finish(self, last: Change | None) -> None:
        for queue in self._listeners:
            queue.put_nowait(last)


def _wish_s(reason: str) -> float:
    """How long the server asked to be left alone: ``retry_after_s=5``."""
    name, _, value = reason.partition("=")
    return float(value) if name == "retry_after_s" and value.isdigit() else 0.0
