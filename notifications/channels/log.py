"""A channel for installations without a provider, and the last rung of an urgent ladder."""

from __future__ import annotations

from notifications.channels.channel import Attempt, Channel, Envelope


class LogChannel(Channel):
    """Sends nothing: the line that ``Channel.send`` writes, with the message's id, is the telling."""

    name = "log"

    def try_send(self, envelope: Envelope) -> list[Attempt]:
        return [Attempt(address=address, outcome="sent") for address in envelope.addresses]
