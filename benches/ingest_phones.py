"""Phones that send one fix a frame, evenly, and hear what became of each: ``benches.phones`` with another clock.

Told and asked as these are; ``"take"`` is answered with ``{"sent", "answered", "stored", "lags_s", "first", "last",
"away"}``: of all frames so far how many were sent, answered and told to be stored, the seconds from sending to the
answer of every tenth, the monotonic time of the first frame and of the last answer. The server answers when the row
is committed, so a lag is a little longer than the commit took, never shorter.
"""

from __future__ import annotations

import time
from typing import Any

import orjson
import uvloop

from benches.phones import Phones, obey
from benches.wire import Wire

_SAMPLED = 10


class IngestPhones(Phones):
    """All phones of this program."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        self.sent = self.answered = self.stored = 0
        self.first: float | None = None
        self.last: float | None = None
        self.lags_s: list[float] = []
        self._sampled: dict[str, float] = {}

    def _hear(self, phone: str, wire: Wire, text: str) -> None:
        frame = orjson.loads(text)
        match frame["type"]:
            case "heartbeat":
                wire.send('{"type": "pong"}')
            case "fixes_taken":
                self._note(frame)
            case "error":
                self.answered += 1

    def _note(self, frame: dict[str, Any]) -> None:
        self.last = time.monotonic()
        self.answered += 1
        self.stored += frame["outcomes"][0]["outcome"] == "stored"
        sent_at = self._sampled.pop(frame.get("ref") or "", None)
        if sent_at is not None:
            self.lags_s.append(self.last - sent_at)

    def _send_one(self, phone: dict[str, Any], wire: Wire) -> None:
        frame = {"type": "fix", "fix": self._fix(phone)}
        self.sent += 1
        now = time.monotonic()
        self.first = self.first or now
        if self.sent % _SAMPLED == 1:
            frame["ref"] = str(self.sent)
            self._sampled[str(self.sent)] = now
        wire.send(orjson.dumps(frame))

    def take(self) -> dict[str, Any]:
        """All so far."""
        return {
            "sent": self.sent,
            "answered": self.answered,
            "stored": self.stored,
            "lags_s": self.lags_s,
            "first": self.first,
            "last": self.last,
            "away": self.away,
        }


if __name__ == "__main__":
    uvloop.run(obey(IngestPhones))
