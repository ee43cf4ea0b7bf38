"""Many people who use one server, and everything that it ever says to them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from kit.actor import Role
from tests.api.conftest import Server
from tests.live.support import raw_socket
from tests.support.people import Login

_WITHOUT_SCREEN = {Role.COMPANY_MANAGER, Role.DISTRICT_ADMIN}


class Walk:
    """Everybody with a client; every answer and every frame is kept."""

    def __init__(self, server: Server, people: dict[str, Login]) -> None:
        self.server, self.people = server, people
        self.answers: list[tuple[str, httpx.Response]] = []
        self.frames: list[str] = []
        self.ids: dict[str, str] = {}
        self._keys = iter(range(10_000))
        self._clients: dict[str, httpx.Client] = {}

    def __call__(self, who: str, method: str, url: str, status: int | None = None, **kwargs: Any) -> Any:
        headers = {"Idempotency-Key": f"many-people-{next(self._keys)}", **kwargs.pop("headers", {})}
        if who not in self._clients:
            # one for the whole walk: making one costs more than most of what it asks
            self._clients[who] = self.server.client(self.people.get(who))
        answer = self._clients[who].request(method, f"/api/v1{url}", headers=headers, **kwargs)
        assert answer.status_code < 500, answer.text
        assert status is None or answer.status_code == status, (url, answer.text)
        if not (url.endswith("/reveal") and answer.status_code == 200):
            self.answers.append((f"{who} {method} {url}", answer))
        return answer.json() if answer.headers.get("content-type", "").endswith("json") else None

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    @contextmanager
    def watching(self, *who: str) -> Iterator[None]:
        """Live sockets of these people, or of everybody who may have one, open meanwhile."""
        done = threading.Event()

        async def watch(login: Login) -> None:
            async with raw_socket(self.server, login) as wire:
                while not done.is_set():
                    try:
                        async with asyncio.timeout(0.3):
                            frame = str(await wire.recv())
                    except TimeoutError:
                        continue
                    except ConnectionClosed:
                        return
                    self.frames.append(frame)
                    if '"heartbeat"' in frame:
                        await wire.send('{"type":"pong"}')

        async def everybody() -> None:
            screens = [name for name, login in self.people.items() if login.account.role not in _WITHOUT_SCREEN]
            await asyncio.gather(*(watch(self.people[name]) for name in who or screens))

        thread = threading.Thread(target=lambda: asyncio.run(everybody()))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(timeout=20)

    def crawl(self, ids: Mapping[str, str], *, who: Collection[str] | None = None, search: str) -> None:
        """These people, or all, ask for everything that may be asked for, by these ids; lists also by ``search``."""
        for path, methods in self.server.app.openapi()["paths"].items():
            if "get" not in methods or not path.startswith("/api/v1"):
                continue
            url = path.removeprefix("/api/v1")
            for name, id_ in ids.items():
                url = url.replace(f"{{{name}}}", id_)
            for one in who or self.people:
                self(one, "GET", url)
                if url in ("/incidents", "/places"):
                    self(one, "GET", url, params={"q": search})
                if url.endswith("/track"):
                    self(one, "GET", url, params={"incident_id": ids["incident_id"], "reason": "核对处置过程"})
