"""Roles, the database and what only a superuser may do in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

DATABASE = "pingan"
SUPERUSER = "pingan_superuser"
OWNER = "pingan_owner"
APP = "pingan_app"
ROLES = (SUPERUSER, OWNER, APP)

DATABASE_SQL = Path(__file__).with_name("database.sql")


def read_passwords(folder: Path) -> dict[str, str] | None:
    """Password by role; None if one is missing."""
    try:
        found = {role: (folder / role).read_text().strip() for role in ROLES}
    except FileNotFoundError:
        return None
    return found if all(found.values()) else None


def make_passwords(folder: Path) -> dict[str, str]:
    """Those that are there, and new ones in place of those that are not. Only the caller can read the files."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for role in ROLES:
        path = folder / role
        if path.exists() and path.read_text().strip():
            continue
        write_secret(path, secrets.token_urlsafe(32))
    found = read_passwords(folder)
    assert found is not None
    return found


def write_secret(path: Path, value: str) -> None:
    """A file that nobody else could read, not even for a moment, and that is whole or absent."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(value + "\n")
    partial.replace(path)


@contextmanager
def autocommit(dsn: dict[str, Any]) -> Iterator[Any]:
    """A cursor outside transactions, as CREATE DATABASE needs it."""
    connection = psycopg2.connect(connect_timeout=10, application_name="pingan-provision", **dsn)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def set_password(cursor: Any, role: str, password: str) -> None:
    """Store the verifier; the password itself never reaches the server."""
    verifier = psycopg2.extensions.encrypt_password(password, role, scope=cursor, algorithm="scram-sha-256")
    cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), (verifier,))


def provision_roles(dsn: dict[str, Any], passwords: dict[str, str]) -> None:
    """Owner and app: neither is a superuser, neither passes row-level security, neither makes databases."""
    with autocommit(dsn | {"dbname": "postgres"}) as cursor:
        for role in (OWNER, APP):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS").format(
                    sql.Identifier(role)
                )
            )
            set_password(cursor, role, passwords[role])


def provision_database(dsn: dict[str, Any], name: str = DATABASE) -> None:
    """The database with its extensions and rights. Safe to run again."""
    with autocommit(dsn | {"dbname": "postgres"}) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if not cursor.fetchone():
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
    with autocommit(dsn | {"dbname": name}) as cursor:
        cursor.execute(DATABASE_SQL.read_text())


def upgrade_extensions(dsn: dict[str, Any], name: str = DATABASE) -> list[str]:
    """Bring the extensions to the version of the installed packages; the names of those that changed."""
    with autocommit(dsn | {"dbname": name}) as cursor:
        cursor.execute(
            "SELECT e.extname FROM pg_extension e JOIN pg_available_extensions a ON a.name = e.extname"
            " WHERE a.default_version <> e.extversion ORDER BY e.extname"
        )
        names = [row[0] for row in cursor.fetchall()]
        for extension in names:
            cursor.execute(sql.SQL("ALTER EXTENSION {} UPDATE").format(sql.Identifier(extension)))
    return names
