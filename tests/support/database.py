"""The tests' own server: one migrated template per state of the migrations, a clone of it per worker.

Safe side by side: any number of test runs from any number of terminals share the server, each with
databases that carry its process number; whoever comes next sweeps what dead ones left.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import sql

from kit.cluster import Cluster, ClusterInfo
from kit.cluster.locks import SharedLock, exclusive, in_use
from kit.cluster.provision import APP, DATABASE_SQL, OWNER, SUPERUSER, autocommit, provision_database
from kit.migrate import CHECKOUT, upgrade
from kit.settings import default_home

TEMPLATE_PREFIX = "pingan_template_"
CLONE_PREFIX = "pingan_test_"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Clone:
    """One migrated, empty database of this process."""

    name: str
    info: ClusterInfo

    @property
    def app_url(self) -> str:
        return self.info.url(APP, self.name)

    @property
    def owner_url(self) -> str:
        return self.info.url(OWNER, self.name)

    @property
    def superuser_url(self) -> str:
        return self.info.url(SUPERUSER, self.name)


class TestServer:
    """A running server with a template for the present migrations."""

    __test__ = False

    def __init__(self, info: ClusterInfo, folder: Path) -> None:
        self.info = info
        self._folder = folder
        self._template, self._template_lock = self._ensure_template()

    def clone(self) -> Clone:
        """A fresh copy of the template; takes some tens of milliseconds."""
        name = f"{CLONE_PREFIX}{os.getpid()}_{next(_numbers)}"
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY {}").format(
                    sql.Identifier(name),
                    sql.Identifier(self._template),
                    sql.Identifier(OWNER),
                    sql.Identifier("wal_log"),
                )
            )
            # rights on the database itself are the one thing that a copy does not take along
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
            cursor.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier(APP)
                )
            )
        return Clone(name, self.info)

    @contextmanager
    def cloned(self) -> Iterator[Clone]:
        """A clone for the length of a block."""
        clone = self.clone()
        try:
            yield clone
        finally:
            self.drop(clone)

    def drop(self, clone: Clone) -> None:
        """Drop it, whoever is still connected."""
        with self._cursor() as cursor:
            _drop(cursor, clone.name)

    def close(self) -> None:
        """Let others drop the template once it is out of date."""
        self._template_lock.release()

    def _cursor(self) -> Any:
        return autocommit(self.info.dsn(SUPERUSER, "postgres"))

    def _ensure_template(self) -> tuple[str, SharedLock]:
        while True:
            digest = hash_of_migrations()
            name = f"{TEMPLATE_PREFIX}{digest}"
            # held until the end of the run: nobody drops a template that is in use
            lock = SharedLock(self._folder / f"{name}.lock")
            with exclusive(self._folder / "templates.lock"):
                with self._cursor() as cursor:
                    self._sweep(cursor, keep=name)
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
                    if cursor.fetchone():
                        return name, lock
                if self._build(name, digest):
                    return name, lock
            lock.release()

    def _build(self, name: str, digest: str) -> bool:
        """Migrate a new database and make it the template. False if the migrations changed meanwhile."""
        building = f"{name}_building"
        with self._cursor() as cursor:
            _drop(cursor, building)
        superuser = self.info.dsn(SUPERUSER)
        provision_database(superuser, building)
        if (CHECKOUT / "alembic.ini").exists():
            upgrade(self.info.url(OWNER, building))
        with autocommit(superuser | {"dbname": building}) as cursor:
            cursor.execute("VACUUM ANALYZE")
        if hash_of_migrations() != digest:
            return False
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
            )
            cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        return True

    def _sweep(self, cursor: Any, keep: str) -> None:
        """Drop the clones of dead processes and the templates that no run uses."""
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'pingan\\_te%'")
        for (name,) in cursor.fetchall():
            owner = re.fullmatch(CLONE_PREFIX + r"(\d+)_\d+", name)
            if owner and not _is_alive(int(owner[1])):
                _drop(cursor, name)
            elif name.startswith(TEMPLATE_PREFIX) and name != keep:
                lock = self._folder / f"{name.removesuffix('_building')}.lock"
                if not in_use(lock):
                    _drop(cursor, name)
                    lock.unlink(missing_ok=True)


@contextmanager
def running_test_server() -> Iterator[TestServer]:
    """The tests' server of this checkout, started if need be; the last run to end stops it."""
    cluster = Cluster.for_tests(default_home())
    with cluster.lease() as info:
        server = TestServer(info, cluster.folder)
        try:
            yield server
        finally:
            server.close()


def hash_of_migrations() -> str:
    """Twelve characters that change with every change to what makes a database."""
    digest = hashlib.sha256()
    files = [CHECKOUT / "alembic.ini", DATABASE_SQL]
    files += sorted(p for p in (CHECKOUT / "migrations").rglob("*") if p.suffix in (".py", ".sql"))
    for path in files:
        if path.exists():
            digest.update(str(path.relative_to(CHECKOUT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _drop(cursor: Any, name: str) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
