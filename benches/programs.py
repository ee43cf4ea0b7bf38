"""Programs that a bench starts, waits for and stops."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).parents[1]
_PATIENCE_S = 60


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def program(*arguments: str, port: int | None = None, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """``python -m arguments``; with ``port``, entered when it listens there."""
    with listening([sys.executable, "-m", *arguments], port, env=env):
        yield


@contextmanager
def listening(command: list[str], port: int | None, *, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Any program, until this is left; with ``port``, entered when it listens there."""
    process = subprocess.Popen(command, cwd=_CHECKOUT, env={**os.environ, **(env or {})})
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while port is not None and not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join([Path(command[0]).name, *command[1:3]])} does not listen")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


class Talker:
    """A program that is told things by lines of JSON and answers so."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", *arguments]
        self._process = subprocess.Popen(command, cwd=_CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, value: Any) -> None:
        """Send one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """Wait for one line."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a program of the bench ended")
        return json.loads(line)

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
