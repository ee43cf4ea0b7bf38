"""A relay of its own process, for a test that kills it: ``python -m … URL FILE``; writes what it sends to FILE."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

import dispatch.projections  # noqa: F401
from kit.clock import SystemClock
from kit.database import make_engine, make_session_factory
from notifications import relay
from notifications.channels.channel import Attempt, Channel, Envelope


class FileChannel(Channel):
    """One line per telling, written through at once, as a provider would have it."""

    name = "log"

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def try_send(self, envelope: Envelope) -> list[Attempt]:
        os.write(self._file, f"{envelope.message_id}\n".encode())
        return [Attempt(address=a, outcome="sent") for a in envelope.addresses]


def main(url: str, path: str) -> None:
    factory = make_session_factory(make_engine(url, pool_size=1))
    channels = {"log": FileChannel(path)}
    while True:
        relay.run_once(factory, SystemClock(), channels, lease=timedelta(seconds=1))
        time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
