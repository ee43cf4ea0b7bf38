"""Several programs as one: start them, wait until they answer, stop all of them and nobody else's."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from cli.console import CommandFailed, say
from kit.settings import CHECKOUT

#: a server lets running requests finish; see ``cli.serve.GRACE_S``
STOP_TIMEOUT_S = 15.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One program that this process started, in a process group of its own."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def has_ended(self) -> bool:
        """Whether it has ended. Does not reap it: until that, its number cannot become somebody else's."""
        if self.process.returncode is not None:
            return True
        try:
            return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def signal_group(self, number: int) -> None:
        """Send a signal to it and to all that it started."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1].strip() if lines else "it said nothing"


class Supervisor:
    """Programs that live no longer than this block.

    Use it as a context manager in the main thread: leaving the block, Ctrl-C, SIGTERM and SIGHUP stop
    every child, the last started first. Their output goes to ``<logs>/<name>.log``.
    """

    def __init__(self, logs: Path, *, stop_timeout_s: float = STOP_TIMEOUT_S) -> None:
        self._logs = logs
        self._stop_timeout_s = stop_timeout_s
        self._children: list[Child] = []
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Supervisor:
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in SIGNALS:
            self._handlers[number] = signal.signal(number, _interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    def start(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Child:
        """Start a program; ``environment`` is added to this process's own."""
        log = self._logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.old"))
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                # a group of its own: Ctrl-C in the terminal comes to us alone, and we decide the order
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
        finally:
            os.close(handle)
        child = Child(name, process, log)
        self._children.append(child)
        return child

    def start_verb(self, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Child:
        """Start a verb of this command, ``start_verb("server", "serve", "--port", "8110")``."""
        return self.start_module(name, "cli", *arguments, environment=environment)

    def start_module(
        self, name: str, module: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> Child:
        """Start a Python module of this checkout, whatever folder the user stands in."""
        added = {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", **(environment or {})}
        return self.start(name, [sys.executable, "-P", "-m", module, *arguments], added)

    def wait_ready(self, url: str, timeout_s: float = 60) -> None:
        """Wait until ``url`` answers with 200. Raises when a child ends meanwhile, or after ``timeout_s``."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.wait_for(lambda: _answers(opener, url), f"{url} does not answer", timeout_s)

    def wait_for(self, condition: Callable[[], bool], otherwise: str, timeout_s: float = 60) -> None:
        """Wait for ``condition``. Raises when a child ends meanwhile, or with ``otherwise`` after ``timeout_s``."""
        until = time.monotonic() + timeout_s
        while not condition():
            self.check()
            if time.monotonic() > until:
                raise CommandFailed(f"{otherwise} after {timeout_s:.0f} s; see the logs in {self._logs}.")
            time.sleep(0.05)

    def check(self) -> None:
        """Raise if a child has ended."""
        for child in self._children:
            if child.has_ended():
                code = child.process.wait()
                raise CommandFailed(f"{child.name} has ended with {code} ({child.last_words()}); see {child.log}.")

    def run_until_stopped(self) -> None:
        """Return on Ctrl-C or a signal to end; raise when a child ends by itself."""
        try:
            while True:
                self.check()
                time.sleep(0.2)
        except KeyboardInterrupt:
            say("stopping")

    def stop(self) -> None:
        """Stop every child, the last started first; one that does not obey is killed. Safe to call twice."""
        while self._children:
            child = self._children[-1]
            try:
                child.signal_group(signal.SIGTERM)
                until = time.monotonic() + self._stop_timeout_s
                while not child.has_ended() and time.monotonic() < until:
                    time.sleep(0.02)
            except KeyboardInterrupt:
                # a second Ctrl-C: no more patience
                self._stop_timeout_s = 0
            # also what it left behind in its group
            child.signal_group(signal.SIGKILL)
            child.process.wait()
            self._children.pop()


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _answers(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends the child when we are killed without a chance to do it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
