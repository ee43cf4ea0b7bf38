"""Waiting for the writer without holding a thread: a flush takes a fifth of a second, threads are few."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TypeVar

from kit.errors import Unavailable

T = TypeVar("T")
TIMEOUT_S = 10.0


async def written(future: Future[T]) -> T:
    """The result of the writer; raises Unavailable when it does not come in time."""
    try:
        return await asyncio.wait_for(asyncio.wrap_future(future), TIMEOUT_S)
    except TimeoutError as exc:
        raise Unavailable from exc
