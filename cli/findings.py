"""What the doctor looks at. Each look answers with one finding and changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tomllib
import urllib.request
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from cli.finding import Finding, State
from cli.finding_pages import web_pages
from cli.finding_roads import road_file
from kit.cluster import Cluster, ClusterError
from kit.cluster.identity import can_traverse, server_user
from kit.cluster.packages import install_command
from kit.cluster.programs import find_programs
from kit.fonts import INSTALL, find_font
from kit.migrate import find_current, find_head
from kit.settings import CHECKOUT, KEYS, Settings, default_home, resolve_settings

GIB = 1 << 30
LEAST_FREE_BYTES = 1 * GIB
LITTLE_FREE_BYTES = 5 * GIB
#: a key is 32 bytes in hex
KEY_CHARACTERS = 64


def examine() -> list[Finding]:
    """Look at everything. A look that fails itself is a finding, not the end."""
    found = []
    for look in LOOKS:
        try:
            found.append(look())
        except Exception as error:
            from cli.console import sentence

            found.append(
                Finding(look.__name__.strip("_").replace("_", " "), State.BROKEN, sentence(error), "See the sentence.")
            )
    return found


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if Path(sys.prefix) != CHECKOUT / ".venv":
        return Finding("python", State.NOTE, f"{version} in {sys.prefix}, not in .venv", "Start it as ./pingan.")
    return Finding("python", State.OK, f"{version} in {sys.prefix}")


def _libraries() -> Finding:
    """The lock covers pyproject.toml, and what is installed is what the lock says."""
    locked = _locked(CHECKOUT / "requirements.lock")
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    stale = []
    for requirement in map(Requirement, wanted):
        version = locked.get(_canonical(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            stale.append(requirement.name)
    if stale:
        return Finding(
            "libraries",
            State.BROKEN,
            f"requirements.lock is older than pyproject.toml: {', '.join(stale)}",
            "Write the lock anew as CONTRIBUTING.md says.",
        )
    different = [name for name, version in locked.items() if _installed(name) != version]
    if different:
        return Finding(
            "libraries",
            State.BROKEN,
            f"not as locked: {', '.join(sorted(different)[:5])}",
            "Run: rm -f .venv/.pingan-lock && ./pingan doctor",
        )
    return Finding("libraries", State.OK, f"{len(locked)} as locked")


def _server_programs() -> Finding:
    if Settings().database_url:
        return Finding("server programs", State.OK, "not needed: PINGAN_DATABASE_URL names an outside server")
    major = Cluster(default_home()).major()
    programs = find_programs(major)
    if programs is None:
        version = f"PostgreSQL {major}" if major else "PostgreSQL 15 or newer"
        return Finding("server programs", State.BROKEN, f"no {version} with PostGIS", f"Run: {install_command(major)}")
    return Finding("server programs", State.OK, f"PostgreSQL {programs.major} with PostGIS in {programs.bin}")


def _data_folder() -> Finding:
    home = default_home()
    there = _nearest_existing(home)
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding(
            "data folder", State.BROKEN, f"{there} is not writable", "Run as its owner, or set PINGAN_HOME to another."
        )
    user = server_user()
    if not can_traverse(user, home):
        return Finding(
            "data folder",
            State.BROKEN,
            f"the server's user {user.name} cannot reach {home}",
            "Set PINGAN_HOME to a folder that it can reach, or do not run as root.",
        )
    keys = home / "keys"
    open_to_others = [
        path.name for path in (keys, *(keys / name for name in KEYS)) if path.exists() and path.stat().st_mode & 0o077
    ]
    if open_to_others:
        return Finding(
            "data folder",
            State.BROKEN,
            f"others can read {', '.join(open_to_others)} in {home}",
            f"Run: chmod -R go= {keys}",
        )
    return Finding("data folder", State.OK, str(home) if home.exists() else f"{home} (made at the first start)")


def _disk() -> Finding:
    home = _nearest_existing(default_home())
    free = shutil.disk_usage(home).free
    said = f"{free / GIB:.1f} GiB free for {home}"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", State.BROKEN, said, "Make room, or set PINGAN_HOME to a larger disk.")
    if free < LITTLE_FREE_BYTES:
        return Finding("disk", State.NOTE, said, "Make room soon.")
    return Finding("disk", State.OK, said)


def _keys() -> Finding:
    settings, folder = Settings(), default_home() / "keys"
    missing, wrong = [], []
    for name in KEYS:
        path = folder / name
        value = getattr(settings, name).get_secret_value() or (path.read_text().strip() if path.exists() else "")
        if not value:
            missing.append(name)
        elif len(value) != KEY_CHARACTERS or set(value.lower()) - set("0123456789abcdef"):
            wrong.append(name)
    if wrong:
        return Finding(
            "keys",
            State.BROKEN,
            f"{', '.join(wrong)} is not 32 bytes in hex",
            f"Put the right key back into {folder}; without data_key what was encrypted with it cannot be read.",
        )
    if missing:
        return Finding("keys", State.OK, f"made at the first start in {folder}")
    return Finding("keys", State.OK, "token_key and data_key")


def _database() -> Finding:
    settings = Settings()
    if settings.database_url:
        return Finding("database", State.OK, "outside server; whether it answers, see migrations")
    cluster = Cluster(default_home())
    if not cluster.exists():
        return Finding("database", State.OK, "made at the first start")
    if not (cluster.data / "PG_VERSION").exists():
        return Finding(
            "database", State.BROKEN, f"{cluster.data} is gone", "Restore a backup: ./pingan db restore FILE"
        )
    if cluster.is_running():
        return Finding("database", State.OK, "running")
    return Finding("database", State.OK, "not running; the programs start it")


def _migrations() -> Finding:
    settings = Settings()
    head = find_head()
    if not settings.database_url and not Cluster(default_home()).is_running():
        return Finding("migrations", State.OK, f"newest is {head}; the database is not running")
    try:
        current = find_current(resolve_settings().database_url)
    except Exception as error:
        from cli.console import sentence

        mend = "Start it, or correct PINGAN_DATABASE_URL." if settings.database_url else "Run: ./pingan db stop"
        return Finding("migrations", State.BROKEN, sentence(error), mend)
    if current != head:
        return Finding(
            "migrations",
            State.BROKEN,
            f"the database is {f'at {current}' if current else 'empty'}, newest is {head}",
            "Run: ./pingan migrate",
        )
    return Finding("migrations", State.OK, f"at {head}")


def _port() -> Finding:
    settings = Settings()
    place = f"{settings.host}:{settings.port}"
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(family[4])
    except OSError as error:
        if _is_pingan(f"http://{place}/health/live"):
            return Finding("port", State.OK, f"{place} is served by pingan")
        return Finding("port", State.BROKEN, f"{place}: {error.strerror}", "Set PINGAN_PORT to a free port.")
    return Finding("port", State.OK, f"{place} is free")


def _chinese_font() -> Finding:
    font = find_font()
    if font is None:
        return Finding("chinese font", State.NOTE, "none: exports to PDF are refused, xlsx works", f"Run: {INSTALL}")
    return Finding("chinese font", State.OK, str(font.path))


def _push() -> Finding:
    settings = Settings()
    file = settings.fcm_credentials_file
    if not settings.fcm_project_id and file is None:
        return Finding("push", State.OK, "FCM is not set up; orders go over the live socket")
    if not settings.fcm_project_id or file is None:
        return Finding(
            "push",
            State.BROKEN,
            "only one of PINGAN_FCM_PROJECT_ID and PINGAN_FCM_CREDENTIALS_FILE is set",
            "Set both, or neither.",
        )
    mend = "Put the service account's JSON file there, readable for this user."
    try:
        kind = json.loads(file.read_text()).get("type")
    except (OSError, ValueError, AttributeError):
        return Finding("push", State.BROKEN, f"{file} cannot be read as credentials", mend)
    if kind != "service_account":
        return Finding("push", State.BROKEN, f"{file} is not a service account", mend)
    return Finding("push", State.OK, f"FCM project {settings.fcm_project_id}")


LOOKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _libraries,
    _server_programs,
    _data_folder,
    _disk,
    _keys,
    _database,
    _migrations,
    road_file,
    _port,
    web_pages,
    _chinese_font,
    _push,
)


def _locked(lock: Path) -> dict[str, str]:
    """Version by name, of the lines that hold for this Python and this system."""
    found = {}
    for line in lock.read_text().splitlines():
        if line and not line.startswith((" ", "#", "-")):
            requirement = Requirement(line.rstrip("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                found[_canonical(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _nearest_existing(folder: Path) -> Path:
    return next(step for step in (folder, *folder.parents) if step.exists())


def _is_pingan(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, ClusterError):
        return False
