"""Edits name the version that they change."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from api.problems import PreconditionRequired


async def read_if_match(if_match: Annotated[str | None, Header(examples=['"3"'])] = None) -> int:
    found = re.fullmatch(r'"(\d{1,9})"', if_match or "")
    if found is None:
        raise PreconditionRequired
    return int(found.group(1))


#: the version that the editor read; services compare it and raise StaleVersion(version=current)
IfMatch = Annotated[int, Depends(read_if_match)]


async def _if_match_or_new(if_match: Annotated[str | None, Header(examples=['"3"'])] = None) -> int | None:
    return None if if_match is None else await read_if_match(if_match)


#: the same for a PUT that may also create: None says that the editor saw nothing there
IfMatchOrNew = Annotated[int | None, Depends(_if_match_or_new)]


def set_etag(response: Response, version: int) -> None:
    """Tell the version in the answer."""
    response.headers["ETag"] = f'"{version}"'
