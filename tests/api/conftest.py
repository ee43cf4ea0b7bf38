"""A real server on a loopback socket, over a committed database of this worker, with a clock that the test holds.

Tests are kept apart by tenancy: each makes its own district and station, and never looks at another's.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from kit.clock import ManualClock
from kit.database import make_engine, make_session_factory
from kit.ids import new_id
from kit.settings import Settings
from tests.support.database import Clone, TestServer
from tests.support.people import DATA_KEY, START, TOKEN_KEY, Login


@dataclass
class Server:
    """The running server; ``clock`` is the one that it reads."""

    base_url: str
    clock: ManualClock
    sessions: sessionmaker[Session]
    app: Any

    def client(self, login: Login | None = None) -> httpx.Client:
        return httpx.Client(base_url=self.base_url, headers=login.headers if login else {}, timeout=20)


@pytest.fixture(scope="session")
def api_database(test_server: TestServer) -> Iterator[Clone]:
    """A database beside the one that other tests roll back in: what is committed here stays out of their way."""
    with test_server.cloned() as clone:
        yield clone


@pytest.fixture(scope="session")
def api_engine(api_database: Clone) -> Iterator[Engine]:
    engine = make_engine(api_database.app_url, pool_size=4, application="pingan-test-api")
    yield engine
    engine.dispose()


@contextmanager
def serving(engine: Engine, database: Clone) -> Iterator[Server]:
    """The whole application over ``database``, on a loopback port of its own."""
    clock = ManualClock(START)
    settings = Settings(
        database_url=database.app_url,
        token_key=TOKEN_KEY,
        data_key=DATA_KEY,
        log_level="ERROR",
    )
    app = create_app(settings, engine=engine, clock=clock)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, ws="websockets-sansio", ws_max_size=65_536, ws_per_message_deflate=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Server(
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        clock=clock,
        sessions=make_session_factory(engine),
        app=app,
    )
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture(scope="session")
def running_server(api_engine: Engine, api_database: Clone) -> Iterator[Server]:
    with serving(api_engine, api_database) as server:
        yield server


@pytest.fixture
def server(running_server: Server) -> Iterator[Server]:
    """The server, its clock set to START for this test."""
    running_server.clock._now = START
    # the failed logins of the tests before do not count against this one
    running_server.app.state.throttle = None
    yield running_server


@pytest.fixture
def committing(server: Server) -> Iterator[Session]:
    """A session for builders; commit it before the server is to see the rows."""
    with server.sessions() as session:
        yield session


@pytest.fixture
def send() -> Callable[..., httpx.Response]:
    """``send(client, "post", url, json={...})`` with a fresh Idempotency-Key."""

    def call(client: httpx.Client, method: str, url: str, *, key: str | None = None, **kwargs: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key or new_id().hex, **kwargs.pop("headers", {})}
        return client.request(method.upper(), url, headers=headers, **kwargs)

    return call
