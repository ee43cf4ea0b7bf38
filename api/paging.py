"""Lists in pages, by an opaque cursor that names the last row seen."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from kit.errors import Fault, Invalid
from kit.paging import After, Slice

T = TypeVar("T")
MAX_LIMIT = 200


class Page(BaseModel, Generic[T]):
    """One page; ``next_cursor`` null: the last one."""

    items: list[T]
    next_cursor: str | None


def write_cursor(after: After) -> str:
    raw = json.dumps([after.at.isoformat(), str(after.id)]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


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
