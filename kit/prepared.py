"""A statement that each connection plans once, for what is asked so often that planning is most of the work.

The driver has no prepared statements of its own, so PREPARE and EXECUTE are sent as SQL. They belong to the connection
and outlive a rollback; what has been prepared is noted in the connection's ``info``, which ends with it. A pooler that
hands one transaction to any server connection (PgBouncer's transaction mode) would lose them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_NOTED = "pingan_prepared"


class Prepared:
    """``sql`` with ``:names``; ``types``: the type of each in SQL, in the order in which they are sent.

    What is prepared must name its columns: a ``*`` would fail when a migration adds one.
    """

    def __init__(self, sql: str, **types: str) -> None:
        self.sql = sql
        for number, name in enumerate(types, start=1):
            self.sql = re.sub(rf"(?<!:):{name}\b", f"${number}", self.sql)
        self._names = tuple(types)
        digest = hashlib.sha256(f"{types} {sql}".encode()).hexdigest()[:16]
        self.name = f"pingan_{digest}"
        self.prepare = f"PREPARE {self.name} ({', '.join(types.values())}) AS {self.sql}"
        #: for the driver
        self.execute = f"EXECUTE {self.name} ({', '.join(['%s'] * len(types))})"

    def fetch_all(self, session: Session, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows, as the driver has them. Raises DBAPIError."""
        connection = session.connection()
        cursor = connection.connection.cursor()
        try:
            noted = connection.info.setdefault(_NOTED, set())
            if self.name not in noted:
                cursor.execute(self.prepare)
                noted.add(self.name)
            cursor.execute(self.execute, self.order(values))
            return list(cursor.fetchall())
        except psycopg2.Error as exc:
            raise _wrapped(connection, self.execute, exc) from exc
        finally:
            cursor.close()

    def order(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values as they are sent."""
        return tuple(map(values.__getitem__, self._names))


def _wrapped(connection: Connection, statement: str, exc: psycopg2.Error) -> BaseException:
    """As SQLAlchemy itself would raise it; a connection that is lost is not used again."""
    lost = connection.dialect.is_disconnect(exc, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(exc)
    error: BaseException = DBAPIError.instance(
        statement, None, exc, psycopg2.Error, hide_parameters=True, connection_invalidated=lost,
        dialect=connection.dialect,
    )  # fmt: skip
    return error
