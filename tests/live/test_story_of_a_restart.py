"""Server and worker die between offer and acceptance, as in a power cut, and come back: nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session, sessionmaker

from dispatch.invariants import list_violations
from kit.clock import SystemClock
from kit.database import make_engine, make_session_factory
from pingan_client import LiveClient, Unreachable
from tests.live.support import client_of, live_of, run
from tests.support.database import Clone
from tests.support.orders import Scene, a_need, make_scene
from tests.support.people import DATA_KEY, TOKEN_KEY

CHECKOUT = Path(__file__).parents[2]
PATIENCE_S = 60

pytestmark = pytest.mark.timeout(300)


class Installation:
    """A server and a worker, each a program of its own."""

    def __init__(self, clone: Clone, sessions: sessionmaker[Session]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.sessions = sessions
        self._env = {
            **os.environ,
            "PINGAN_DATABASE_URL": clone.app_url,
            "PINGAN_OWNER_DATABASE_URL": clone.owner_url,
            "PINGAN_TOKEN_KEY": TOKEN_KEY,
            "PINGAN_DATA_KEY": DATA_KEY,
            "PINGAN_LOG_LEVEL": "ERROR",
        }
        self._programs: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        for verb in (("serve", "--port", str(self.port)), ("worker",)):
            self._programs.append(subprocess.Popen([sys.executable, "-m", "cli", *verb], cwd=CHECKOUT, env=self._env))
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.base_url}/health/ready").is_success:
                    return
            time.sleep(0.05)
        raise TimeoutError("the server does not get ready")

    def kill(self) -> None:
        """No farewell, no clean-up."""
        while self._programs:
            program = self._programs.pop()
            program.send_signal(signal.SIGKILL)
            program.wait(timeout=PATIENCE_S)


@pytest.fixture
def sessions(committed_clone: Clone) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(committed_clone.app_url, pool_size=2, application="pingan-test")
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture
def installation(committed_clone: Clone, sessions: sessionmaker[Session]) -> Iterator[Installation]:
    installation = Installation(committed_clone, sessions)
    installation.start()
    yield installation
    installation.kill()


def _scene(sessions: sessionmaker[Session], **need: Any) -> Scene:
    with sessions() as session:
        scene = make_scene(session, a_need("patrol_unit"), a_need(**need), guards=2, at=SystemClock().now())
        session.commit()
        return scene


def _order(live: LiveClient) -> Any:
    """The guards' order; the police are on their way too."""
    return next((order for order in live.screen.all("order").values() if order["mode"] == "offer"), None)


async def _dispatch(installation: Installation, scene: Scene) -> None:
    async with client_of(installation, scene.dispatcher) as room:
        await room.post(f"/api/v1/incidents/{scene.incident.id}/dispatch", {})


def test_an_order_that_was_offered_before_a_power_cut_is_accepted_after_it(
    installation: Installation, sessions: sessionmaker[Session]
) -> None:
    scene = _scene(sessions, receipt_s=120, accept_s=300)
    wang = scene.guards[0]

    async def body() -> None:
        async with live_of(installation, scene.dispatcher) as room, live_of(installation, wang) as phone:
            # The order is on the phone, and the phone has said so.
            await _dispatch(installation, scene)
            offered = await phone.wait_for(lambda _: _order(phone))
            await room.wait_for(lambda _: (_order(room) or {}).get("state") == "received")
            # The lights go out.
            installation.kill()
            with pytest.raises(httpx.ConnectError):
                async with httpx.AsyncClient() as http:
                    await http.get(f"{installation.base_url}/health/ready")
            # He sees his order all the same, and taps; his phone keeps trying, and the lights come back.
            assert _order(phone)["id"] == offered["id"]
            tap = asyncio.create_task(_keep_trying(phone, f"/api/v1/orders/{offered['id']}/accept"))
            await asyncio.to_thread(installation.start)
            assert (await tap)["state"] == "accepted"
            # Both screens find back by themselves and agree.
            await phone.wait_for(lambda _: _order(phone)["state"] == "accepted", timeout_s=PATIENCE_S)
            await room.wait_for(lambda _: _order(room)["state"] == "accepted", timeout_s=PATIENCE_S)
            assert phone.connections == room.connections == 2

    run(body, timeout_s=200)
    with sessions() as session:
        assert list_violations(session) == []


def test_a_deadline_that_passed_in_the_dark_is_acted_on_when_the_light_is_back(
    installation: Installation, sessions: sessionmaker[Session]
) -> None:
    scene = _scene(sessions, receipt_s=6, accept_s=25)
    _, li = scene.guards

    async def body() -> None:
        # Wang, who is nearest, is asked; his phone is off.
        await _dispatch(installation, scene)
        installation.kill()
        await asyncio.sleep(26)
        await asyncio.to_thread(installation.start)
        # His time ran out while nobody looked. Li is asked now, and goes.
        async with live_of(installation, li) as phone:
            order = await phone.wait_for(lambda _: _order(phone), timeout_s=PATIENCE_S)
            await phone.client.post(f"/api/v1/orders/{order['id']}/accept")

    run(body, timeout_s=200)
    with sessions() as session:
        scene.session = session
        assert {name: state for name, state in scene.states().items() if name in ("g0", "g1")} == {
            "g0": "expired",
            "g1": "accepted",
        }
        assert list_violations(session) == []


async def _keep_trying(phone: LiveClient, path: str) -> Any:
    key = uuid.uuid4().hex
    while True:
        try:
            return await phone.client.post(path, key=key)
        except Unreachable:
            await asyncio.sleep(0.2)
