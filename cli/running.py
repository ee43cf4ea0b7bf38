"""A server and a worker over a database with a town in it, for as long as a block lasts."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from cli.console import CommandFailed, say
from cli.installation import running_database
from cli.supervisor import Supervisor
from cli.town import ensure_town
from kit.migrate import find_current, find_head, upgrade
from kit.settings import Settings
from simulation.people.town import Town

#: ports tried after the one that is set
_NEXT_PORTS = 20
#: everybody of a town logs in from one address within a minute or two
_MANY_LOGINS = {"PINGAN_LOGIN_ATTEMPTS_PER_MINUTE": "6000"}


@dataclass(frozen=True)
class Running:
    """What runs: where it answers, and who supervises it."""

    base_url: str
    settings: Settings
    supervisor: Supervisor


@contextmanager
def running_demo(town: Town, *, port: int | None = None) -> Iterator[Running]:
    """Database, migrations, town, server, worker; all that this started is stopped at the end."""
    began = time.monotonic()
    with prepared_database(town) as settings, Supervisor(settings.home / "logs") as supervisor:
        free = choose_port(settings.host, port, settings.port)
        base_url = f"http://{_reachable(settings.host)}:{free}"
        environment: Mapping[str, str] = _MANY_LOGINS
        say(f"starting the server on {base_url} and the worker")
        supervisor.start_verb("server", "serve", "--port", str(free), environment=environment)
        supervisor.start_verb("worker", "worker")
        supervisor.wait_ready(f"{base_url}/health/ready")
        say(f"ready after {time.monotonic() - began:.1f} s")
        yield Running(base_url, settings, supervisor)


@contextmanager
def prepared_database(town: Town) -> Iterator[Settings]:
    """A database with this version's tables and the town in it."""
    with running_database() as settings:
        current, head = find_current(settings.owner_database_url), find_head()
        if current != head:
            say(f"migrating from {current or 'empty'} to {head}")
            upgrade(settings.owner_database_url)
        if not ensure_town(settings, town):
            say(f"{town.district} is there already")
        yield settings


def choose_port(host: str, wanted: int | None, default: int) -> int:
    """``wanted`` if it is free, else a refusal; without a wish the first free one from ``default`` on."""
    if wanted is not None:
        if wanted and not _is_free(host, wanted):
            raise CommandFailed(f"Port {wanted} is taken; name another one with --port.")
        return wanted or _any_free(host)
    for port in range(default, default + _NEXT_PORTS):
        if _is_free(host, port):
            if port != default:
                say(f"port {default} is taken, using {port}")
            return port
    raise CommandFailed(f"The ports {default} to {default + _NEXT_PORTS - 1} are all taken; name one with --port.")


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # as the server does: a port in TIME_WAIT is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _any_free(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
