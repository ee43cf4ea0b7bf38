"""Part of a list that is ordered by (instant descending, id)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, tuple_

Ts = TypeVarTuple("Ts")


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

    def newest_first(self, query: Select[*Ts], at: Any, id_: Any) -> Select[*Ts]:
        """This part of the rows of ``query``, by ``at`` descending, with one row more when there are more."""
        behind = self.behind(at, id_)
        if behind is not None:
            query = query.where(behind)
        return query.order_by(at.desc(), id_.desc()).limit(self.limit + 1)


def next_after(rows: Sequence[Any], *, limit: int, at: str, id_: str = "id") -> After | None:
    """Where the next page starts, when ``rows`` (fetched with limit + 1) has more than ``limit``."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return After(at=getattr(last, at), id=getattr(last, id_))
