"""Frames from the server, as text. docs/live-protocol.md shows each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from kit.errors import PinganError
from notifications.live.log import Event, Mark


def frame(kind: str, **members: Any) -> str:
    """One frame; ``type`` comes first."""
    return orjson.dumps({"type": kind, **members}).decode()


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def events(stream: str, epoch: str, of: Iterable[Event]) -> str:
    """Events are JSON already: the database wrote them."""
    return f'{{"type":"events","stream":"{stream}","epoch":"{epoch}","events":[{",".join(e.json for e in of)}]}}'


def positions(at: str, of: Iterable[str]) -> str:
    return f'{{"type":"positions","at":"{at}","positions":[{",".join(of)}]}}'


def heartbeat(at: datetime, marks: Mapping[str, Mark]) -> str:
    return frame("heartbeat", at=instant(at), streams=_marks(marks))


def snapshot(at: datetime, stream: str, mark: Mark, entities: str) -> str:
    """``entities`` is JSON already."""
    return (
        f'{{"type":"snapshot","stream":"{stream}","epoch":"{mark.epoch}","seq":{mark.seq},'
        f'"at":"{instant(at)}","entities":{entities}}}'
    )


def error(refusal: PinganError) -> str:
    return frame(
        "error",
        problem={
            "type": f"https://pingan.invalid/problems/{refusal.slug}",
            "title": refusal.title,
            "detail": refusal.detail,
            "hint": refusal.hint,
            **{k: v for k, v in refusal.extra.items() if isinstance(v, (str, int, float, bool))},
        },
    )


def _marks(marks: Mapping[str, Mark]) -> dict[str, dict[str, Any]]:
    return {name: {"epoch": mark.epoch, "seq": mark.seq} for name, mark in marks.items()}
