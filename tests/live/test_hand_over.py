"""From the writer's thread to the loop of the sockets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from api.live.hand_over import HandOver


def _put_in_a_thread(desk: HandOver, acts: list[Callable[[], None]]) -> None:
    def put_all() -> None:
        for act in acts:
            desk.put(act)

    thread = threading.Thread(target=put_all)
    thread.start()
    thread.join()


def test_what_a_thread_puts_is_done_on_the_loop_in_its_order() -> None:
    async def story() -> tuple[list[int], set[int]]:
        desk, done, where = HandOver(), [], set()

        def act(number: int) -> None:
            done.append(number)
            where.add(threading.get_ident())

        _put_in_a_thread(desk, [lambda n=n: act(n) for n in range(1_000)])  # type: ignore[misc]
        while len(done) < 1_000:
            await asyncio.sleep(0)
        return done, where

    done, where = asyncio.run(story())
    assert done == list(range(1_000))
    assert where == {threading.get_ident()}


def test_a_burst_wakes_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []

    async def story() -> list[int]:
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe

        def count(act: Callable[..., Any], *arguments: Any, **more: Any) -> asyncio.Handle:
            woken.append(act)
            return wake(act, *arguments, **more)

        monkeypatch.setattr(loop, "call_soon_threadsafe", count)
        desk, done = HandOver(), []
        _put_in_a_thread(desk, [lambda: done.append(1)] * 500)
        while len(done) < 500:
            await asyncio.sleep(0)
        return done

    assert len(asyncio.run(story())) == 500
    assert len(woken) == 1


def test_one_that_fails_does_not_take_the_others_with_it() -> None:
    async def story() -> list[str]:
        desk, done = HandOver(), []
        desk.put(lambda: done.append("before"))
        desk.put(lambda: [][0])
        desk.put(lambda: done.append("after"))
        while len(done) < 2:
            await asyncio.sleep(0)
        return done

    assert asyncio.run(story()) == ["before", "after"]


def test_nothing_happens_when_the_loop_has_ended() -> None:
    async def story() -> HandOver:
        return HandOver()

    done: list[int] = []
    asyncio.run(story()).put(lambda: done.append(1))
    assert done == []
