"""Looking for what must never be."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

_SQL = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True)
class Violation:
    """One broken promise; numbers as in the invariants' list (I-2, I-3 …)."""

    invariant: str
    subject_id: uuid.UUID
    what: str


def list_violations(session: Session) -> list[Violation]:
    """Every violation in the database; empty when all is well."""
    session.flush()
    rows = session.connection().exec_driver_sql(_SQL.read_text())
    return [Violation(row.invariant, row.subject_id, row.what) for row in rows]
