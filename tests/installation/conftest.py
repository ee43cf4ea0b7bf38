"""Homes for servers of the tests' own: short-lived, and reachable for a server that does not run as root."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.cluster import Cluster


def _home() -> Iterator[Path]:
    # pytest's own folder is closed to everybody else, and so to the server's user
    folder = Path(tempfile.mkdtemp(prefix="pingan-home-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        Cluster(folder).stop()
        shutil.rmtree(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home of this test."""
    yield from _home()


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    """A home for the tests of one file."""
    yield from _home()


@pytest.fixture(scope="module")
def cluster(shared_home: Path) -> Cluster:
    """A durable server, as an installation has it."""
    made = Cluster(shared_home)
    made.start()
    return made
