"""Receipts of all sockets, taken together: a transaction each would hold up the orders that they are about."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from dispatch.orders.receipts import Held, Receipt, Taken, take_receipt, take_receipts
from kit import log
from kit.errors import PinganError

logger = log.get_logger("live.receipts")
#: taken in one transaction; it holds as many orders until it ends
MOST = 64
T = TypeVar("T")
Waiting = tuple[Receipt, "asyncio.Future[None]"]


class ReceiptDesk:
    """One transaction at a time: what comes in during one is the next one. Lives on the loop of the sockets."""

    def __init__(self, in_thread: Callable[[Callable[[Session], object]], Awaitable[object]]) -> None:
        self._in_thread = in_thread
        self._waiting: deque[Waiting] = deque()
        self._work: asyncio.Task[None] | None = None
        self._singles: set[asyncio.Task[None]] = set()

    async def take(self, receipt: Receipt) -> None:
        """Return when it is committed. Raises MessageNotFound, and what the database raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((receipt, done))
        if self._work is None:
            self._work = asyncio.create_task(self._clear())
        await done

    async def _clear(self) -> None:
        try:
            while self._waiting:
                await self._take([self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))])
        finally:
            self._work = None
            for _, done in self._waiting:
                done.cancel()
            self._waiting.clear()

    async def _take(self, batch: Sequence[Waiting]) -> None:
        try:
            taken = await self._take_together([receipt for receipt, _ in batch])
        except Exception as exc:
            # one that fails must not take the others with it
            logger.warning("receipts could not be taken together", kind=type(exc).__name__, count=len(batch))
            taken = [Held()] * len(batch)
        except BaseException:
            for _, done in batch:
                done.cancel()
            raise
        for (receipt, done), outcome in zip(batch, taken, strict=True):
            if isinstance(outcome, Held):
                # beside the next batch: whoever holds the order may hold it for a while
                single = asyncio.create_task(self._take_one(receipt, done))
                self._singles.add(single)
                single.add_done_callback(self._singles.discard)
            elif not done.done():
                _settle(done, outcome if isinstance(outcome, PinganError) else None)

    async def _take_together(self, receipts: list[Receipt]) -> list[Taken]:
        taken: list[Taken] = []

        def work(session: Session) -> None:
            taken[:] = take_receipts(session, receipts)

        await self._in_thread(work)
        return taken

    async def _take_one(self, receipt: Receipt, done: asyncio.Future[None]) -> None:
        try:
            await self._in_thread(
                lambda s: take_receipt(
                    s, actor=receipt.actor, message_id=receipt.message_id, step=receipt.step, at=receipt.at
                )
            )
        except Exception as exc:
            _settle(done, exc)
        except BaseException:
            done.cancel()
            raise
        else:
            _settle(done, None)


def _settle(done: asyncio.Future[None], failure: Exception | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
