"""What every channel has in common: measuring, logging, counting."""

from __future__ import annotations

import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from prometheus_client import Counter, Histogram

from kit import log

logger = log.get_logger("channels")
ATTEMPTS = Counter("pingan_channel_attempts_total", "Attempts to tell a device", ["channel", "outcome"])
SECONDS = Histogram("pingan_channel_seconds", "Seconds that a provider took", ["channel"])


@dataclass(frozen=True)
class Address:
    """Where a channel finds a device; a channel without addresses gets one with neither."""

    device_id: uuid.UUID | None = None
    #: never in a log
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """All that a provider may know."""

    message_id: uuid.UUID
    kind: str
    text: str
    urgent: bool
    #: seconds for which it is still worth delivering
    ttl_s: int
    addresses: Sequence[Address] = (Address(),)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What became of one address. "sent" means that the provider took it, never that a person has it."""

    address: Address
    outcome: Literal["sent", "failed", "unregistered"]
    #: code of a failure
    error: str | None = None
    #: the provider asks to be left alone for so long
    retry_after_s: float | None = None


class Channel(ABC):
    """One way to tell."""

    name: ClassVar[str]
    #: whether it goes to devices that registered a token with it
    by_token: ClassVar[bool] = False

    def send(self, envelope: Envelope) -> list[Attempt]:
        """Try every address; never raises for what a provider does."""
        started = time.perf_counter()
        try:
            attempts = self.try_send(envelope)
        except Exception as exc:
            error = type(exc).__name__
            attempts = [Attempt(address=a, outcome="failed", error=error) for a in envelope.addresses]
        took = time.perf_counter() - started
        SECONDS.labels(self.name).observe(took)
        for attempt in attempts:
            ATTEMPTS.labels(self.name, attempt.outcome).inc()
            logger.info(
                "a channel was tried",
                channel=self.name,
                message_id=str(envelope.message_id),
                kind=envelope.kind,
                outcome=attempt.outcome,
                error=attempt.error,
                ms=round(took * 1000, 1),
            )
        return attempts

    @abstractmethod
    def try_send(self, envelope: Envelope) -> list[Attempt]:
        """One attempt per address."""
