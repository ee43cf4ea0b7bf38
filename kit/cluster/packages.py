"""Asking the system's package manager for the server, where that is allowed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kit.cluster.apt import run_apt
from kit.cluster.errors import ProgramsMissing
from kit.cluster.programs import OLDEST_MAJOR, Programs, find_programs, list_installed

#: keeps Debian from making and starting a server of its own, on a port that nobody asked for
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/pingan.conf")

Say = Callable[[str], None]


def ensure_programs(major: int | None, say: Say) -> Programs:
    """The programs for ``major`` (any when None), installed now if they are missing and it may be done.

    Raises ``ProgramsMissing`` with the exact command otherwise.
    """
    found = find_programs(major)
    if found:
        return found
    reason = _reason(major)
    apt = shutil.which("apt-get")
    if apt is None:
        raise ProgramsMissing(reason, _other_command())
    prefix = root_prefix()
    if prefix is None:
        raise ProgramsMissing(reason, install_command(major))
    say(reason)
    _install(apt, prefix, major, say)
    found = find_programs(major)
    if found is None:
        raise ProgramsMissing(
            "The packages were installed, but the programs are still not found.",
            f"{' '.join([*prefix, 'apt-get'])} install --reinstall {' '.join(_names(major))}",
        )
    return found


def install_command(major: int | None = None) -> str:
    """The line that an administrator runs when the server's programs are missing."""
    if shutil.which("apt-get") is None:
        return _other_command()
    update, install = "apt-get update", f"apt-get install -y {' '.join(_names(major))}"
    if os.geteuid() == 0:
        return f"{update} && {install}"
    if shutil.which("sudo"):
        return f"sudo {update} && sudo {install}"
    # a login shell, since dpkg needs root's own PATH
    return f"su - -c '{update} && {install}'"


def _reason(major: int | None) -> str:
    installed = list_installed()
    if major is not None:
        return f"The data folder was made by PostgreSQL {major}, which is not installed (with PostGIS) any more."
    if not installed:
        return "PostgreSQL is not installed."
    newest = max(installed, key=lambda p: p.major)
    if newest.major < OLDEST_MAJOR:
        return f"PostgreSQL {newest.major} is too old; {OLDEST_MAJOR} or newer is needed."
    return f"PostgreSQL {newest.major} is installed without {', '.join(newest.missing_extensions)}."


def root_prefix() -> list[str] | None:
    """What stands before a command to run it as root without a question; None when that is not allowed."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def _offered() -> list[int]:
    """Major versions for which the package lists of this machine offer PostGIS."""
    apt_cache = shutil.which("apt-cache")
    if apt_cache is None:
        return []
    out = subprocess.run(
        [apt_cache, "search", "--names-only", r"^postgresql-[0-9]+-postgis-3$"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    majors = {int(m) for m in re.findall(r"^postgresql-(\d+)-postgis-3\b", out, re.MULTILINE)}
    return sorted((m for m in majors if m >= OLDEST_MAJOR), reverse=True)


def _names(major: int | None) -> list[str]:
    installed = [p.major for p in list_installed() if p.major >= OLDEST_MAJOR]
    offered = _offered()
    # a server that is already here and only lacks PostGIS is completed rather than doubled
    wanted = major or next((m for m in installed if m in offered), None) or next(iter(offered), OLDEST_MAJOR)
    return [f"postgresql-{wanted}", f"postgresql-{wanted}-postgis-3"]


def _install(apt: str, prefix: list[str], major: int | None, say: Say) -> None:
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", apt]
    fresh = not _offered()
    if fresh:
        _update(apt_get, major, say)
    fence = not NO_MAIN_CLUSTER.exists()
    if fence:
        _write_as_root(prefix, NO_MAIN_CLUSTER, "create_main_cluster = false\n")
    try:
        try:
            _add(apt_get, major, say)
        except ProgramsMissing:
            if fresh:
                raise
            # old lists name versions that the mirror has no more
            _update(apt_get, major, say)
            _add(apt_get, major, say)
    finally:
        # the administrator's own later installations shall behave as usual
        if fence:
            subprocess.run([*prefix, "rm", "-f", str(NO_MAIN_CLUSTER)], check=False)


def _update(apt_get: list[str], major: int | None, say: Say) -> None:
    say("reading the package lists (apt-get update); this can take a minute")
    _run([*apt_get, "update"], major, say)


def _add(apt_get: list[str], major: int | None, say: Say) -> None:
    names = _names(major)
    say(f"installing {' '.join(names)} (apt-get install)")
    _run([*apt_get, "install", "-y", "--no-install-recommends", *names], major, say)


def _run(command: list[str], major: int | None, say: Say) -> None:
    done = run_apt(command, say)
    if done.returncode:
        say(done.stdout)
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        # the first error is the cause, the last one often only says that there was one
        telling = next((line for line in lines if line.startswith("E: ")), lines[-1] if lines else "no message")
        raise ProgramsMissing(f"The package manager failed ({telling}).", install_command(major))


def _write_as_root(prefix: list[str], path: Path, text: str) -> None:
    with suppress(OSError, subprocess.CalledProcessError):
        subprocess.run([*prefix, "mkdir", "-p", str(path.parent)], check=True)
        subprocess.run([*prefix, "tee", str(path)], input=text, text=True, stdout=subprocess.DEVNULL, check=True)


def _other_command() -> str:
    if shutil.which("dnf"):
        return "sudo dnf install -y postgresql-server postgresql-contrib postgis"
    if shutil.which("brew"):
        return "brew install postgresql@17 postgis"
    return "install PostgreSQL 15 or newer and PostGIS 3 with the package manager of this system"
