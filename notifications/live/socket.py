"""One connected screen: what waits for it, in which order it goes out, when it is given up."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kit.ids import new_id
from notifications.live import frames
from notifications.live.channel import Channel
from notifications.live.limits import TRY_LATER, Limits
from notifications.live.log import Event, Mark
from notifications.live.rounds import Round, StationView
from notifications.live.sent import Told


class Wire(Protocol):
    """The connection below: text out, an end with a code, a cut without one."""

    async def send(self, text: str) -> None: ...

    async def close(self, code: int, reason: str) -> None: ...

    def abort(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks, as it was when the socket opened. ``streams``: name on the wire → audience."""

    account_id: uuid.UUID
    session_id: uuid.UUID
    device_id: uuid.UUID
    station_id: uuid.UUID | None
    streams: Mapping[str, str]
    #: role, station, organization: another value closes the socket
    rights: tuple[str | None, ...]
    #: sees every position of the station
    console: bool = False
    #: sees those of other stations' people as well who work for the station now
    lent: bool = False
    #: sees the positions of the helpers on his incidents
    officer: bool = False


@dataclass(eq=False)
class LiveSocket:
    """Lives on the event loop. Events before positions; positions coalesce to the newest of each responder."""

    viewer: Viewer
    wire: Wire
    limits: Limits
    #: told which messages have left: (message id, device id)
    on_sent: Callable[[Sequence[Told]], None] = lambda _: None
    id: uuid.UUID = field(default_factory=new_id)
    channels: dict[str, Channel] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    ending: tuple[int, str] | None = None
    heard_at: float = 0.0
    sending_since: float | None = None

    def __post_init__(self) -> None:
        self._control: deque[tuple[str, Sequence[Told]]] = deque()
        self._positions: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        self._positions_at = ""
        #: what all consoles of the station get, and how many of its frames this one has sent
        self._round: Round | None = None
        self._round_sent = 0
        #: the view of the station with which this socket is in step
        self.view: StationView | None = None
        self._wake = asyncio.Event()
        self.ended = asyncio.Event()

    def offer(self, frame: str, *, told: Sequence[Told] = ()) -> None:
        """Queue a frame that no channel holds; ``told`` has left with it. A queue that is full ends the socket."""
        if self.ending is not None:
            return
        if len(self._control) >= self.limits.control_queue:
            self.stall()
            return
        self._control.append((frame, told))
        self._wake.set()

    def offer_events(self, stream: str, epoch: str, events: Sequence[Event]) -> None:
        """Queue events that were missed."""
        self.offer(frames.events(stream, epoch, events), told=self._told(events))

    def place(self, stream: str, seq: int) -> None:
        """From here on the socket gets what the stream's channel holds behind ``seq``."""
        self.places[stream] = seq
        self._wake.set()

    def wake(self) -> None:
        """The channel has more."""
        self._wake.set()

    def show_positions(self, at: str, rows: Mapping[str, tuple[str, str]]) -> None:
        """``rows``: responder id → (captured at, JSON). Only what this socket has not had yet is queued."""
        fresh = {id_: json for id_, (captured, json) in rows.items() if self._seen.get(id_) != captured}
        if not fresh or not self.places or self.ending is not None:
            return
        self._seen.update((id_, rows[id_][0]) for id_ in fresh)
        self._positions.update(fresh)
        self._positions_at = at
        self._wake.set()

    def take_round(self, round_: Round) -> None:
        """The next round of the station's view, with which this socket is in step.

        As it is, if the one before has left; else the newest of each responder from both.
        """
        if not self.places:
            # started over: it has missed this one
            self.view = None
            return
        if not round_.moved or self.ending is not None:
            return
        if self._round is None and not self._positions:
            self._round, self._round_sent = round_, 0
        else:
            self._merge_round()
            self._positions.update(round_.moved)
            self._positions_at = round_.at
        self._wake.set()

    def _merge_round(self) -> None:
        """Keep what has not been sent of the round as this socket's own."""
        if self._round is not None:
            self._positions = {**self._round.rest(self._round_sent), **self._positions}
            self._positions_at = self._positions_at or self._round.at
            self._round = None

    def forget_position(self, responder_id: str) -> None:
        """Nothing of where he was may leave any more."""
        if self._round is not None and responder_id in self._round.moved:
            self._merge_round()
        if self.view is not None:
            self.view.forget(responder_id)
        self._positions.pop(responder_id, None)
        self._seen.pop(responder_id, None)

    def stall(self) -> None:
        """It does not keep up: let it come back and resume."""
        self.end(TRY_LATER, f"retry_after_s={self.limits.retry_after_s}")

    def end(self, code: int, reason: str) -> None:
        """Have the connection closed; the first reason counts."""
        if self.ending is None:
            self.ending = (code, reason)
            self._control.clear()
            self._positions.clear()
            self._round = None
            self.ended.set()

    def end_with(self, frame: str, code: int, reason: str) -> None:
        """Say why in a last frame, then close."""
        if self.ending is None:
            self.end(code, reason)
            self._control.append((frame, ()))

    async def run(self) -> None:
        """Send until cancelled."""
        loop = asyncio.get_running_loop()
        while self.ending is None:
            taken = self._take()
            if taken is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            frame, told = taken
            self.sending_since = loop.time()
            await self.wire.send(frame)
            self.sending_since = None
            self.on_sent(told)

    async def farewell(self) -> None:
        """Close with the reason; cut the connection if the other side does not even take that."""
        code, reason = self.ending or (1000, "")
        try:
            async with asyncio.timeout(self.limits.farewell_s):
                if self._control:
                    await self.wire.send(self._control.popleft()[0])
                await self.wire.close(code, reason)
        except TimeoutError:
            self.wire.abort()
        except Exception:
            # gone already
            return

    def _take(self) -> tuple[str, Sequence[Told]] | None:
        if self._control:
            return self._control.popleft()
        for stream, seq in self.places.items():
            channel = self.channels[stream]
            batch = channel.after(seq, limit=self.limits.events_per_frame)
            if batch is None:
                self.stall()
                return None
            if batch:
                self.places[stream] = batch[-1].seq
                return frames.events(stream, channel.epoch, batch), self._told(batch)
        if self._round is not None:
            frame = self._round.frames[self._round_sent]
            self._round_sent += 1
            if self._round_sent == len(self._round.frames):
                self._round = None
            return frame, ()
        if self._positions:
            ids = list(self._positions)[: self.limits.positions_per_frame]
            return frames.positions(self._positions_at, [self._positions.pop(id_) for id_ in ids]), ()
        return None

    def _told(self, events: Sequence[Event]) -> list[Told]:
        return [(uuid.UUID(e.entity_id), self.viewer.device_id) for e in events if e.entity == "message" and not e.gone]

    def marks(self) -> dict[str, Mark]:
        """How far this socket has been served."""
        return {stream: Mark(self.channels[stream].epoch, seq) for stream, seq in self.places.items()}
