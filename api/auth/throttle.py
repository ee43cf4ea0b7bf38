"""How often one address may try to log in. An account's own lock is in the database; this one is the process's."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kit.errors import TooMany, Unauthenticated

_IPV6_SITE_BITS = 64


class Throttle:
    """Counts every attempt and every failure by source."""

    def __init__(self, *, attempts_per_minute: int, failures_per_5_minutes: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._attempts = RateLimitItemPerMinute(attempts_per_minute, namespace="attempts")
        self._failures = RateLimitItemPerMinute(failures_per_5_minutes, 5, namespace="failures")

    def admit(self, source: str) -> None:
        """Count an attempt; raises TooMany with the seconds to wait."""
        if not self._limiter.test(self._failures, source):
            raise self._refusal(self._failures, source)
        if not self._limiter.hit(self._attempts, source):
            raise self._refusal(self._attempts, source)

    def count_failure(self, source: str) -> None:
        self._limiter.hit(self._failures, source)

    def _refusal(self, item: RateLimitItemPerMinute, source: str) -> TooMany:
        reset_at = self._limiter.get_window_stats(item, source).reset_time
        return TooMany(retry_after_s=max(1, math.ceil(reset_at - time.time())))


def source_of(host: str | None) -> str:
    """The address as it is counted: one for a whole IPv6 site, in which a caller may take any."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_SITE_BITS), strict=False))
    return str(address)


def _throttle_of(request: Request) -> Throttle:
    state = request.app.state
    if getattr(state, "throttle", None) is None:
        state.throttle = Throttle(
            attempts_per_minute=state.settings.login_attempts_per_minute,
            failures_per_5_minutes=state.settings.login_failures_per_5_minutes,
        )
    throttle: Throttle = state.throttle
    return throttle


async def _throttled(request: Request) -> AsyncIterator[None]:
    throttle = _throttle_of(request)
    source = source_of(request.client.host if request.client else None)
    throttle.admit(source)
    try:
        yield
    except Unauthenticated:
        throttle.count_failure(source)
        raise


#: put it into the signature of whatever proves who one is
Throttled = Annotated[None, Depends(_throttled)]
