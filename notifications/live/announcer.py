"""Who says that the log has grown. A wake-up only: what happened is read from the log."""

from __future__ import annotations

import select
from typing import Protocol

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import make_url

from kit.feed import CHANNEL


class Announcer(Protocol):
    """A port. PostgreSQL's NOTIFY is the adapter here; another broker would be a second class of this shape."""

    def wait(self, timeout_s: float) -> frozenset[str] | None:
        """Block until something is announced: the audiences named; empty for "look everywhere".

        None when ``timeout_s`` went by. Raises OSError or psycopg2.Error when the connection is lost.
        """

    def close(self) -> None:
        """Let go of the connection; the next ``wait`` makes a new one."""


class PostgresAnnouncer:
    """LISTEN on one connection of its own."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg2.extensions.connection | None = None

    def wait(self, timeout_s: float) -> frozenset[str] | None:
        if self._connection is None:
            self._connection = self._connect()
            # whatever was announced before we listened
            return frozenset()
        connection = self._connection
        if not connection.notifies:
            if not select.select([connection], [], [], timeout_s)[0]:
                return None
            connection.poll()
        if not connection.notifies:
            return None
        payloads = [note.payload for note in connection.notifies]
        connection.notifies.clear()
        return frozenset() if "" in payloads else frozenset(name for p in payloads for name in p.split())

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(
            self._dsn,
            application_name="pingan-listen",
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        return connection
