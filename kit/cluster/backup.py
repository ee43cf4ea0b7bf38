"""The whole database to one file and back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from psycopg2 import sql

from kit.cluster.errors import BackupFailed
from kit.cluster.programs import Programs
from kit.cluster.provision import DATABASE, OWNER, autocommit, provision_database

INCOMING = f"{DATABASE}_incoming"
PREVIOUS = f"{DATABASE}_previous"


def client_environment(dsn: dict[str, Any]) -> dict[str, str]:
    """What the client programs need to connect; a password has no business on a command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {
        "PGHOST": str(dsn["host"]),
        "PGPORT": str(dsn["port"]),
        "PGUSER": str(dsn["user"]),
        "PGPASSWORD": str(dsn["password"]),
        "PGDATABASE": str(dsn["dbname"]),
        "PGCONNECT_TIMEOUT": "10",
    }


def dump(programs: Programs, dsn: dict[str, Any], file: Path) -> int:
    """Write a consistent copy while the database is in use; its size in bytes.

    The file is whole or absent, and only its owner can read it: it holds what people said on the phone.
    """
    if not file.parent.is_dir():
        raise BackupFailed(f"There is no folder {file.parent}.")
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            done = subprocess.run(
                [programs["pg_dump"], "--format=custom", "--no-password"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                env=client_environment(dsn),
                check=False,
            )
            os.fsync(out.fileno())
        _check(done, "The backup failed")
        size = partial.stat().st_size
        partial.replace(file)
        return size
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def load(programs: Programs, dsn: dict[str, Any], file: Path) -> None:
    """Put the database of ``file`` in place of the present one, which stays untouched until all is read."""
    if not file.is_file():
        raise BackupFailed(f"There is no file {file}.")
    _check(
        subprocess.run([programs["pg_restore"], "--list", file], capture_output=True, check=False),
        f"{file} is not a backup",
    )
    maintenance = dsn | {"dbname": "postgres"}
    with autocommit(maintenance) as cursor:
        _drop(cursor, INCOMING)
        cursor.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(INCOMING), sql.Identifier(OWNER)
            )
        )
    restored = subprocess.run(
        [programs["pg_restore"], "--exit-on-error", "--no-password", f"--dbname={INCOMING}", file],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=client_environment(dsn),
        check=False,
    )
    try:
        _check(restored, f"{file} could not be read back")
        provision_database(dsn, INCOMING)
    except BaseException:
        with autocommit(maintenance) as cursor:
            _drop(cursor, INCOMING)
        raise
    _swap(maintenance)


def _swap(maintenance: dict[str, Any]) -> None:
    with autocommit(maintenance) as cursor:
        _drop(cursor, PREVIOUS)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if cursor.fetchone():
            # nobody may slip in between the end of the old connections and the new name
            cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(DATABASE)))
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (DATABASE,)
            )
            _rename(cursor, DATABASE, PREVIOUS)
        _rename(cursor, INCOMING, DATABASE)
        _drop(cursor, PREVIOUS)


def _rename(cursor: Any, old: str, new: str) -> None:
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _drop(cursor: Any, name: str) -> None:
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _check(done: subprocess.CompletedProcess[bytes], what: str) -> None:
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines()
        telling = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "no message")
        raise BackupFailed(f"{what} ({telling.strip()}).")
