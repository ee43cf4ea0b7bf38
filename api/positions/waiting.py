"""Waiting for the writer without holding a thread: a flush takes a fifth of a second, threads are few."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime

from geo.positions.fix import Outcome
from geo.positions.intake import RawFix, take
from geo.positions.writer import PositionWriter, promise
from kit.errors import Unavailable

TIMEOUT_S = 10.0


async def write(
    writer: PositionWriter, responder_id: uuid.UUID, raw_fixes: Sequence[RawFix], *, source: str, at: datetime
) -> list[Outcome]:
    """``take``, and what became of each once it is committed; raises Unavailable as well when that takes too long."""
    written, then = promise()
    take(writer, responder_id, raw_fixes, source=source, at=at, then=then)
    try:
        return await asyncio.wait_for(asyncio.wrap_future(written), TIMEOUT_S)
    except TimeoutError as exc:
        raise Unavailable from exc
