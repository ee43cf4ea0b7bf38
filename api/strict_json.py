"""JSON as this service reads it: no NaN, no doubled member, no tower of brackets, no lone surrogate."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from fastapi import HTTPException, Request

from api.problems import DuplicateMember, InvalidJson

MAX_DEPTH = 20
MAX_DIGITS = 40


def _refuse(_: str) -> NoReturn:
    raise InvalidJson


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DuplicateMember
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InvalidJson
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise InvalidJson
    return number


def _depth(text: str) -> int:
    deepest = depth = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                return deepest
        elif char in "]}":
            depth -= 1
    return deepest


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_number, parse_int=_integer, object_pairs_hook=_members)


def loads(raw: bytes) -> Any:
    """Parse; raises InvalidJson or DuplicateMember."""
    try:
        text = raw.decode("utf-8")
        # nothing is deeper than it has brackets, and looking at each character takes longer than the parsing
        if text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
            raise InvalidJson
        return _DECODER.decode(text)
    except InvalidJson:
        raise
    except (ValueError, RecursionError) as exc:
        raise InvalidJson from exc


class StrictRequest(Request):
    """A request whose body is read strictly."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            try:
                self._json = loads(await self.body())
            except InvalidJson as refusal:
                # the framework turns anything but its own exception into a bare 400
                raise HTTPException(400) from refusal
        return self._json
