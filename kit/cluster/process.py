"""Starting, finding and stopping one server process."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from kit.cluster.errors import DataFolderUnreachable, ServerRefusesToStart
from kit.cluster.identity import ServerUser
from kit.cluster.programs import Programs

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60
#: the processes of a killed server notice that it is gone, and leave, within seconds; until then no other may start
ORPHANS_TIMEOUT_S = 20
ORPHANS_LEFT = "pre-existing shared memory block"


@dataclass(frozen=True)
class RunningServer:
    """What a live server says of itself in its pid file."""

    pid: int
    socket_folder: Path
    port: int
    ready: bool

    @property
    def reachable(self) -> bool:
        """Whether its socket is still there; cleaners of /tmp take sockets away from live servers."""
        return (self.socket_folder / f".s.PGSQL.{self.port}").exists()


def find_running(data: Path) -> RunningServer | None:
    """The live server of this data folder, if there is one. A pid file without its process counts for nothing."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    except PermissionError:
        raise DataFolderUnreachable(
            f"{data} belongs to somebody else. Run as the user that made it, or choose another PINGAN_HOME."
        ) from None
    if len(lines) < 5 or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    if not _serves(pid, data):
        return None
    status = lines[7].strip() if len(lines) > 7 else ""
    return RunningServer(pid, Path(lines[4].strip()), int(lines[3]), status in ("ready", "standby"))


def _serves(pid: int, data: Path) -> bool:
    """Whether process ``pid`` is the server of ``data``: after a reboot the number may be anybody's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        # a server's working folder is its data folder, also after the folder was renamed
        return os.path.samefile(f"/proc/{pid}/cwd", data)
    except OSError:
        pass
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return "postgres" in shown and str(data) in shown


def start(programs: Programs, data: Path, user: ServerUser, start_log: Path) -> RunningServer:
    """Start the server and wait until it answers. Raises ``ServerRefusesToStart`` with its last words."""
    _remove_stale_files(data)
    until = time.monotonic() + ORPHANS_TIMEOUT_S
    while True:
        try:
            done = user.run(
                [programs["pg_ctl"], "start", "-w", "-t", START_TIMEOUT_S, "-D", data, "-l", start_log, "-s"],
                timeout_s=START_TIMEOUT_S + 30,
                cwd=data,
            )
            said = done.stdout
        except subprocess.TimeoutExpired:
            said = "time-out"
        running = find_running(data)
        if running or time.monotonic() > until or ORPHANS_LEFT not in _last_words(start_log):
            break
        time.sleep(0.25)
    if running is None or not running.ready:
        raise ServerRefusesToStart(
            f"The database server does not start ({_last_words(start_log) or said.strip()}). Its log: {start_log}."
        )
    return running


def wait_ready(data: Path, timeout_s: float = START_TIMEOUT_S) -> RunningServer | None:
    """The running server once it is ready (a recovery after a power cut takes a while); None if it went away."""
    until = time.monotonic() + timeout_s
    while (running := find_running(data)) and not running.ready:
        if time.monotonic() > until:
            raise ServerRefusesToStart(
                f"The database server (process {running.pid}) is not ready after {timeout_s:.0f} s."
            )
        time.sleep(0.1)
    return running


def stop(programs: Programs | None, data: Path, user: ServerUser) -> bool:
    """Stop the server: sessions are ended, the data are written. False if none was running."""
    running = find_running(data)
    if running is None:
        return False
    if programs is not None:
        user.run(
            [programs["pg_ctl"], "stop", "-w", "-t", STOP_TIMEOUT_S, "-m", "fast", "-D", data, "-s"],
            timeout_s=STOP_TIMEOUT_S + 30,
            cwd=data,
        )
    else:
        # the programs were uninstalled under it; the signal is what pg_ctl would send
        os.kill(running.pid, signal.SIGINT)
        until = time.monotonic() + STOP_TIMEOUT_S
        while find_running(data) and time.monotonic() < until:
            time.sleep(0.1)
    if find_running(data):
        raise ServerRefusesToStart(f"The database server (process {running.pid}) does not stop.")
    return True


def _remove_stale_files(data: Path) -> None:
    """Clear what a killed server left, when its number has gone to another process.

    The server does this itself for a dead process; it cannot know that the live one is not a server.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists() or find_running(data):
        return
    lines = pid_file.read_text().splitlines()
    pid_file.unlink()
    if len(lines) >= 5 and lines[4].strip():
        (Path(lines[4].strip()) / f".s.PGSQL.{lines[3].strip()}.lock").unlink(missing_ok=True)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-20:]
    except OSError:
        return ""
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line]
    return (telling or lines or [""])[-1].strip()
