"""One run of apt-get: how far it is, every few seconds, and never cut off in the middle of a package."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

EVERY_S = 2.0

Say = Callable[[str], None]


@dataclass
class Progress:
    """What apt-get's own lines tell of how far it is; ``say`` hears of it at most every ``EVERY_S`` seconds."""

    say: Say
    changes_system: bool = False
    _packages: int = 0
    _counts: dict[str, int] = field(default_factory=dict)
    _said_at: float = field(default_factory=time.monotonic)

    #: how a line of each step begins; "Get:" numbers index files as well as packages
    STEPS = (("Get:", "fetching"), ("Unpacking ", "unpacking"), ("Setting up ", "setting up"))

    def hear(self, line: str) -> None:
        """Take one line of output."""
        if found := re.match(r"(\d+) upgraded, (\d+) newly installed", line):
            self._packages = int(found[1]) + int(found[2])
        if line.startswith("Need to get "):
            self.say(f"  {line.strip()}")
        step = next((name for start, name in self.STEPS if line.startswith(start)), None)
        if step is None:
            return
        if step != "fetching":
            self.changes_system = True
        self._counts[step] = self._counts.get(step, 0) + 1
        if time.monotonic() - self._said_at >= EVERY_S:
            self._said_at = time.monotonic()
            of = f" of {self._packages} packages" if self._packages else ""
            self.say(f"  {step} {self._counts[step]}{of}")


def run_apt(command: list[str], say: Say) -> subprocess.CompletedProcess[str]:
    """Run it to its end and give its output. An interruption while packages are being unpacked waits for that end."""
    progress, lines = Progress(say), []
    # a group of its own: Ctrl-C in the terminal would reach dpkg and leave packages half installed
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
    ) as process:
        assert process.stdout
        try:
            for line in process.stdout:
                lines.append(line)
                progress.hear(line)
        except BaseException:
            _end(process, progress, say)
            raise
    return subprocess.CompletedProcess(command, process.returncode, "".join(lines))


def _end(process: subprocess.Popen[str], progress: Progress, say: Say) -> None:
    if not progress.changes_system:
        # not SIGINT, which a program started in the background ignores; what runs through sudo is not ours to
        # signal, and is waited for
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
    if process.poll() is None:
        say("stopping as soon as the package manager has finished what it began; packages must not be left half done")
    assert process.stdout
    ended = False
    while not ended:
        # its output has to be read, or it stops in the middle; another Ctrl-C changes nothing about that
        with suppress(KeyboardInterrupt, SystemExit):
            for line in process.stdout:
                progress.hear(line)
            ended = True
