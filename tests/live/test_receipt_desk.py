"""The desk takes receipts together, one transaction at a time, and one bad receipt harms no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.live.receipt_desk import ReceiptDesk
from dispatch.orders import service
from dispatch.orders.model import Order
from dispatch.orders.receipts import Receipt
from kit.database import make_session_factory, transaction
from kit.ids import new_id
from notifications.outbox.service import MessageNotFound
from tests.orders.test_statement_counts import a_fight, message_of
from tests.support.people import START


class Threads:
    """Runs work as the hub does, and counts the transactions."""

    def __init__(self, engine: Engine) -> None:
        self.factory = make_session_factory(engine)
        self.count = 0
        self.fail_once = False

    async def __call__(self, work: Callable[[Session], Any]) -> Any:
        self.count += 1
        if self.fail_once:
            self.fail_once = False
            raise ConnectionError
        return await asyncio.to_thread(self._run, work)

    def _run(self, work: Callable[[Session], Any]) -> Any:
        with transaction(self.factory) as session:
            return work(session)


pytestmark = pytest.mark.anyio


@pytest.fixture
def threads(committed_database: Engine) -> Threads:
    return Threads(committed_database)


def receipts_of_twelve(threads: Threads) -> tuple[list[Receipt], Callable[[], list[str]]]:
    with threads.factory() as session:
        scene = a_fight(session, asked=12)
        service.dispatch(session, grant=scene.room, incident_id=scene.incident.id, at=START)
        session.commit()
        people = scene.guards[:12]
        at = START + timedelta(seconds=1)
        receipts = [
            Receipt(actor=him.actor, message_id=message_of(session, scene.order(him)), step="received", at=at)
            for him in people
        ]
        order_ids = [scene.order(him).id for him in people]

    def states() -> list[str]:
        with threads.factory() as session:
            return [session.get_one(Order, id_).state for id_ in order_ids]

    return receipts, states


async def test_what_comes_in_during_one_transaction_is_the_next_one(threads: Threads) -> None:
    receipts, states = receipts_of_twelve(threads)
    desk = ReceiptDesk(threads)
    await asyncio.gather(*map(desk.take, receipts))
    assert set(states()) == {"received"}
    assert threads.count <= 2


async def test_a_batch_that_fails_is_taken_one_by_one(threads: Threads) -> None:
    receipts, states = receipts_of_twelve(threads)
    threads.fail_once = True
    await asyncio.gather(*map(ReceiptDesk(threads).take, receipts))
    assert set(states()) == {"received"}


async def test_only_who_names_a_foreign_message_is_refused(threads: Threads) -> None:
    receipts, states = receipts_of_twelve(threads)
    foreign = Receipt(actor=receipts[0].actor, message_id=new_id(), step="received", at=receipts[0].at)
    desk = ReceiptDesk(threads)
    outcomes = await asyncio.gather(*map(desk.take, [foreign, *receipts]), return_exceptions=True)
    assert isinstance(outcomes[0], MessageNotFound)
    assert outcomes[1:] == [None] * 12
    assert set(states()) == {"received"}


async def test_a_phone_that_is_gone_before_its_receipt_is_taken_harms_nobody(threads: Threads) -> None:
    receipts, states = receipts_of_twelve(threads)
    desk = ReceiptDesk(threads)
    gone, *rest = [asyncio.create_task(desk.take(receipt)) for receipt in receipts]
    await asyncio.sleep(0)
    gone.cancel()
    assert await asyncio.gather(*rest) == [None] * 11
    assert set(states()) == {"received"}
