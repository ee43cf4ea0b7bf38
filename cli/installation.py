"""What a verb needs before it can work: the database running, the settings that go with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.console import CommandFailed, say
from kit.cluster import Cluster
from kit.migrate import find_current, find_head
from kit.settings import Settings, default_home, get_settings


def has_outside_server() -> bool:
    """Whether ``PINGAN_DATABASE_URL`` names a server that is not ours to start and stop."""
    return bool(Settings().database_url)


def private_cluster() -> Cluster:
    """The private server of this installation. Refuses when an outside server is set."""
    if has_outside_server():
        raise CommandFailed("PINGAN_DATABASE_URL names an outside server; start, stop and restore it where it runs.")
    return Cluster(default_home(), say=say)


@contextmanager
def running_database() -> Iterator[Settings]:
    """The settings, with a database that answers inside this block.

    The private server is made, started and, by the last program that uses it, stopped again.
    """
    if has_outside_server():
        yield get_settings()
        return
    with private_cluster().lease():
        # read again: the URLs are known only now
        get_settings.cache_clear()
        yield get_settings()


def require_migrated(settings: Settings) -> None:
    """Refuse to work on a database that is not at this checkout's newest migration."""
    head, current = find_head(), find_current(settings.database_url)
    if current != head:
        found = f"at {current}" if current else "empty"
        raise CommandFailed(f"The database is {found}, this version needs {head}. Run: ./pingan migrate")
