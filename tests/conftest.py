"""Fixtures for every test that needs a database. Whoever asks for none starts no server."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# what somebody has set for a real installation must not reach the tests
for _name in [name for name in os.environ if name.startswith("PINGAN_")]:
    if _name not in ("PINGAN_HOME", "PINGAN_DEBUG"):
        del os.environ[_name]
os.environ["PINGAN_TOKEN_KEY"] = "11" * 32
os.environ["PINGAN_DATA_KEY"] = "22" * 32

from kit.database import make_engine  # noqa: E402
from tests.support.database import Clone, TestServer, running_test_server  # noqa: E402

# a machine that does other things too is slow, not wrong
settings.register_profile("pingan", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("pingan")

#: each takes long and waits much: begun early they fill the time of others, at the end they would be waited for alone
_LONG = ("simulation/test_demo.py", "benches/", "live/test_story_of_a_restart.py", "orders/test_machine.py")
#: of these files each folder or file goes to one process; the room's stories take as long as those of all other pages
_TOGETHER = ("tests/browser/test_console", "tests/browser/", "tests/web/test_the_apps.py")


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Each test by itself, to whichever process is free; those that share what is dear to start in one process.

    By the path: marks do not come as far as here with pytest 9.2 and xdist 3.8.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in _TOGETHER if nodeid.startswith(start)), nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow-wire",
        type=float,
        default=0,
        metavar="SECONDS",
        help="between browser and server everything takes up to so long: shows tests that lean on a fast machine",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    twice = [id_ for id_, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        # only one of them would be run, and nobody would miss the others
        raise pytest.UsageError(f"several tests of one id: {twice[0]}")
    root = Path(__file__).parent
    items.sort(key=lambda item: not item.path.relative_to(root).as_posix().startswith(_LONG))


@pytest.fixture(scope="session")
def test_server() -> Iterator[TestServer]:
    """The tests' PostgreSQL with PostGIS, and the template of the present migrations."""
    with running_test_server() as server:
        yield server


@pytest.fixture(scope="session")
def database(test_server: TestServer) -> Iterator[Clone]:
    """This worker's own database, migrated. Tests that use it roll back; see ``session``."""
    with test_server.cloned() as clone:
        yield clone


@pytest.fixture(scope="session")
def database_url(database: Clone) -> str:
    """This worker's database as the role of the programs."""
    return database.app_url


@pytest.fixture(scope="session")
def owner_database_url(database: Clone) -> str:
    """This worker's database as the role of the migrations."""
    return database.owner_url


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this worker's database. What is committed through it stays: prefer ``session``."""
    engine = make_engine(database_url, application="pingan-test")
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of which nothing is left after the test; a commit inside only ends a savepoint."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def committed_clone(test_server: TestServer) -> Iterator[Clone]:
    """A database of this test alone, for real commits and programs of their own."""
    with test_server.cloned() as clone:
        yield clone


@pytest.fixture
def committed_database(committed_clone: Clone) -> Iterator[Engine]:
    """An engine with room for twenty threads on a database of this test alone."""
    engine = make_engine(committed_clone.app_url, pool_size=20, application="pingan-test")
    yield engine
    engine.dispose()
