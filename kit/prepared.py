"""Statements that take the database as long to plan as to answer: planned once per connection, not each time.

The driver sends every statement as text, to be planned anew. A ``Prepared`` one is given a name on each connection that
asks it for the first time (PREPARE), and is called by that name from then on (EXECUTE); the database plans it again
when statistics or tables have changed. For what is asked at every call and has many parts; the rest is not worth it.
Needs a connection of one's own: no pooler in between that gives each transaction another one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Result, text
from sqlalchemy.orm import Session

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")


class Prepared:
    """``sql`` with ``:named`` values, of which ``types`` says the database's type of each."""

    def __init__(self, sql: str, types: Mapping[str, str]) -> None:
        places: dict[str, int] = {}
        numbered = _PARAMETER.sub(lambda found: f"${places.setdefault(found[1], len(places) + 1)}", sql)
        #: of this very text: after an update of the program no connection answers with the former one
        self.name = f"pingan_{hashlib.sha256(sql.encode()).hexdigest()[:24]}"
        self._prepare = text(f"PREPARE {self.name} ({', '.join(types[name] for name in places)}) AS {numbered}")
        given = ", ".join(f"CAST(:{name} AS {types[name]})" for name in places)
        self._execute = text(f"EXECUTE {self.name} ({given})")
        self._names = tuple(places)

    def execute(self, session: Session, values: Mapping[str, Any]) -> Result[Any]:
        """The rows. ``values`` may hold more than the statement names."""
        # lives as long as the connection; what was prepared outlives a rollback as well
        known: set[str] = session.connection().info.setdefault("prepared", set())
        if self.name not in known:
            session.execute(self._prepare)
            known.add(self.name)
        return session.execute(self._execute, {name: values[name] for name in self._names})
