"""Part of a list that is ordered by (instant descending, id)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, tuple_


@dataclass(frozen=True, kw_only=True)
class After:
    """The last row of the page before."""

    at: datetime
    id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class Slice:
    """``limit`` rows, those that come behind ``after``."""

    limit: int
    after: After | None = None

    def behind(self, at: Any, id_: Any) -> ColumnElement[bool] | None:
        """The condition on the columns of the order, None for the first page."""
        if self.after is None:
            return None
        return tuple_(at, id_) < tuple_(self.after.at, self.after.id)


def next_after(rows: Sequence[Any], *, limit: int, at: str, id_: str = "id") -> After | None:
    """Where the next page starts, when ``rows`` (fetched with limit + 1) has more than ``limit``."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return After(at=getattr(last, at), id=getattr(last, id_))
