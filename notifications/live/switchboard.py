"""Which audiences have a socket here, and how far each of their logs has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy.orm import Session, sessionmaker

from notifications.live.announcer import Announcer
from notifications.live.channel import Channel
from notifications.live.limits import Limits
from notifications.live.log import NO_EPOCH, Batch, Mark
from notifications.live.socket import LiveSocket
from notifications.live.tail import Tail


class Switchboard:
    """On the loop, except for what the tail's thread hands over."""

    def __init__(
        self,
        factory: sessionmaker[Session],
        announcer: Announcer,
        limits: Limits,
        *,
        on_restart: Callable[[LiveSocket, str], None],
    ) -> None:
        self._limits = limits
        self._on_restart = on_restart
        self._channels: dict[str, Channel] = {}
        self._tail = Tail(announcer, factory, self._on_batches, poll_s=limits.poll_s, check=self._on_heads)

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tail.start()

    async def stop(self) -> None:
        await asyncio.to_thread(self._tail.stop)

    def connect(self, socket: LiveSocket) -> None:
        """Give the socket the channels of its streams."""
        for stream, audience in socket.viewer.streams.items():
            channel = self._channels.get(audience)
            if channel is None:
                channel = self._channels[audience] = Channel(audience, ring=self._limits.ring)
            socket.channels[stream] = channel
            channel.sockets.add(socket)

    def disconnect(self, socket: LiveSocket) -> None:
        """Take the socket off; a channel that nobody watches ends."""
        for channel in socket.channels.values():
            channel.sockets.discard(socket)
            if not channel.sockets and self._channels.get(channel.audience) is channel:
                del self._channels[channel.audience]
                self._tail.unfollow(channel.audience)

    def can_start_at(self, channel: Channel, mark: Mark) -> bool:
        """Whether a socket that knows everything up to ``mark`` will miss nothing from here on.

        ``mark`` was read from the database: it may be ahead of what the tail has brought.
        """
        if not channel.started:
            channel.start(mark)
            self._tail.follow(channel.audience, mark.seq)
        same_epoch = channel.epoch == mark.epoch or channel.head == Mark(NO_EPOCH, 0)
        return same_epoch and channel.tail <= mark.seq

    def restart(self, channel: Channel, mark: Mark) -> None:
        """The log counts anew (a database was restored): everybody on it starts over."""
        channel.start(mark)
        self._tail.follow(channel.audience, mark.seq)
        for socket in list(channel.sockets):
            for stream in [s for s, its in socket.channels.items() if its is channel and s in socket.places]:
                del socket.places[stream]
                self._on_restart(socket, stream)

    def _on_batches(self, batches: list[Batch]) -> None:
        self._loop.call_soon_threadsafe(self._take_batches, batches)

    def _on_heads(self, heads: dict[str, Mark]) -> None:
        self._loop.call_soon_threadsafe(self._take_heads, heads)

    def _take_batches(self, batches: list[Batch]) -> None:
        for batch in batches:
            channel = self._channels.get(batch.audience)
            if channel is None or not channel.started:
                continue
            if not channel.append(batch):
                self.restart(channel, Mark(batch.epoch, batch.events[-1].seq))
                continue
            moved_off = [e.entity_id for e in batch.events if e.entity == "responder"]
            for socket in channel.sockets:
                for responder_id in moved_off:
                    socket.forget_position(responder_id)
                socket.wake()

    def _take_heads(self, heads: dict[str, Mark]) -> None:
        for audience, head in heads.items():
            channel = self._channels.get(audience)
            if channel and channel.started and channel.epoch not in (head.epoch, NO_EPOCH):
                self.restart(channel, head)
