"""Reading vector tiles: as much of the format (Mapbox Vector Tile 2) as a test needs."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = list[tuple[int, int]]


@dataclass(frozen=True)
class Feature:
    """``paths`` in the tile's own grid, x to the east, y to the south."""

    id: int | None
    properties: dict[str, Any]
    kind: int
    paths: list[Path]


def read_tile(content: bytes) -> dict[str, list[Feature]]:
    """Layer name → features."""
    return dict(_layer(value) for number, value in _fields(content) if number == 3)


def _layer(content: bytes) -> tuple[str, list[Feature]]:
    fields = list(_fields(content))
    (name,) = (value.decode() for number, value in fields if number == 1)
    keys = [value.decode() for number, value in fields if number == 3]
    values = [_value(value) for number, value in fields if number == 4]
    return name, [_feature(value, keys, values) for number, value in fields if number == 2]


def _feature(content: bytes, keys: list[str], values: list[Any]) -> Feature:
    fields = dict(_fields(content))
    tags = list(_packed(fields.get(2, b"")))
    properties = {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(fields.get(1), properties, fields[3], _paths(list(_packed(fields[4]))))


def _paths(commands: list[int]) -> list[Path]:
    paths: list[Path] = []
    at, x, y = 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            x, y = x + _zigzag(commands[at]), y + _zigzag(commands[at + 1])
            at += 2
            if command == 1:
                paths.append([])
            paths[-1].append((x, y))
    return paths


def _zigzag(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _value(content: bytes) -> Any:
    ((number, value),) = _fields(content)
    return {1: lambda v: v.decode(), 6: _zigzag, 7: bool}.get(number, lambda v: v)(value)


def _packed(content: bytes) -> Iterator[int]:
    at = 0
    while at < len(content):
        number, at = _varint(content, at)
        yield number


def _fields(content: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        number, wire = tag >> 3, tag & 7
        value: Any
        if wire == 0:
            value, at = _varint(content, at)
        elif wire == 2:
            length, at = _varint(content, at)
            value, at = content[at : at + length], at + length
        else:
            size = {1: 8, 5: 4}[wire]
            (value,), at = struct.unpack("<d" if size == 8 else "<f", content[at : at + size]), at + size
        yield number, value


def _varint(content: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = content[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7
