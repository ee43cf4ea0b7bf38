"""Lists in pages, by an opaque cursor that names the last row seen."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from kit.errors import Fault, Invalid
from kit.paging import After, Slice, next_after

R = TypeVar("R")
T = TypeVar("T")
MAX_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """One page; ``next_cursor`` null: the last one."""

    items: list[T]
    next_cursor: str | None


def write_cursor(after: After) -> str:
    raw = json.dumps([after.at.isoformat(), str(after.id)]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def write_page(rows: Sequence[R], part: Slice, show: Callable[[R], T], *, at: str) -> Page[T]:
    """``rows`` as fetched with one more than ``part.limit``, newest first by their attribute ``at``."""
    after = next_after(rows, limit=part.limit, at=at)
    return Page(items=[show(row) for row in rows[: part.limit]], next_cursor=write_cursor(after) if after else None)


def read_cursor(cursor: str) -> After:
    """Raises Invalid when the cursor is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, id_ = json.loads(raw)
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError("naive")
        return After(at=instant, id=uuid.UUID(id_))
    except (ValueError, TypeError, binascii.Error) as exc:
        fault = Fault(pointer="/query/cursor", code="cursor", message="翻页标记无效，请从第一页重新打开")
        raise Invalid(faults=(fault,)) from exc


async def _slice(
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> Slice:
    return Slice(limit=limit, after=read_cursor(cursor) if cursor else None)


#: which part of a list is asked for
Slicing = Annotated[Slice, Depends(_slice)]
