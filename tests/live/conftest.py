"""A server of the test's own, with the live protocol's deadlines made short."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from kit.clock import ManualClock
from kit.database import make_engine, make_session_factory
from kit.settings import Settings
from notifications.live.limits import Limits
from tests.support.database import Clone
from tests.support.people import DATA_KEY, START, TOKEN_KEY


@dataclass
class LiveServer:
    """A running server with its hub."""

    base_url: str
    clock: ManualClock
    sessions: sessionmaker[Session]
    app: Any
    #: ask it to stop, as SIGTERM does
    stop: Callable[[], None]


@contextmanager
def running(clone: Clone, limits: Limits, **settings: Any) -> Iterator[LiveServer]:
    clock = ManualClock(START)
    configured = Settings(
        database_url=clone.app_url,
        token_key=TOKEN_KEY,
        data_key=DATA_KEY,
        log_level="ERROR",
        **settings,
    )
    engine = make_engine(clone.app_url, pool_size=4, application="pingan-test-live")
    app = create_app(configured, engine=engine, clock=clock)
    app.state.live_limits = limits
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            ws="websockets-sansio",
            ws_max_size=65_536,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=5,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield LiveServer(
            base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            clock=clock,
            sessions=make_session_factory(engine),
            app=app,
            stop=lambda: setattr(server, "should_exit", True),
        )
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        listener.close()
        engine.dispose()


@pytest.fixture
def start_server(committed_clone: Clone) -> Iterator[Callable[..., LiveServer]]:
    """``start_server(hello_s=0.2)``: with these limits, on a database of this test alone."""
    with ExitStack() as stack:

        def start(*, settings: dict[str, Any] | None = None, **limits: Any) -> LiveServer:
            limits.setdefault("poll_s", 0.25)
            return stack.enter_context(running(committed_clone, Limits(**limits), **(settings or {})))

        yield start
