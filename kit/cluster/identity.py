"""Which system user runs the server. PostgreSQL refuses root, and rightly."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.cluster.errors import ClusterError

#: the one that Debian's package makes, then the one that every Unix has
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class ServerUser:
    """The user that owns the data and runs the server; ``dropped`` when that is not the caller."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def run(
        self, command: Sequence[object], *, timeout_s: float = 120, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a server program as this user, with nothing of the caller's PG* and locale environment."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        environment |= {"LC_ALL": "C", "HOME": "/", "USER": self.name, "LOGNAME": self.name}
        arguments = [str(part) for part in command]
        common: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
            "text": True,
            "errors": "replace",
            "timeout": timeout_s,
            "cwd": cwd or "/",
            "env": environment,
            # the umask of the caller must not decide who may read the data
            "umask": 0o077,
        }
        if self.dropped:
            common |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(arguments, check=False, **common)

    def own(self, path: Path, mode: int) -> None:
        """Make ``path`` this user's, with exactly ``mode``."""
        path.chmod(mode)
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def server_user(data: Path | None = None) -> ServerUser:
    """The caller; for root the one who owns ``data`` already, else an unprivileged user."""
    if os.geteuid() != 0:
        return ServerUser(_name(os.geteuid()), os.geteuid(), os.getegid(), dropped=False)
    if data is not None and data.exists() and (owner := data.stat()).st_uid != 0:
        return ServerUser(_name(owner.st_uid), owner.st_uid, owner.st_gid, dropped=True)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(name, entry.pw_uid, entry.pw_gid, dropped=True)
    raise ClusterError(
        "There is no unprivileged user (postgres, nobody) to run the server as. Add one, or do not run as root."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # a container started with an arbitrary uid; initdb is given its role name, so this suffices
        return str(uid)


def can_traverse(user: ServerUser, folder: Path) -> bool:
    """Whether ``user`` gets through every folder from the root down to ``folder`` (those that exist)."""
    for step in [*reversed(folder.absolute().parents), folder.absolute()]:
        try:
            status = step.stat()
        except FileNotFoundError:
            return True
        except PermissionError:
            return False
        if status.st_uid == user.uid:
            needed = stat.S_IXUSR
        elif status.st_gid == user.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return False
    return True
