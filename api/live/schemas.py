"""Answers of the live routes, and the frames that a client may send. docs/live-protocol.md explains them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.fields import Schema, View
from api.positions.schemas import FixIn
from geo.positions.pipeline import MAX_BATCH


class TicketOut(View):
    """What opens one live socket, once."""

    ticket: str = Field(examples=["qpZ0m4X1e7bY8w"])
    expires_at: datetime


class StreamOut(View):
    """One stream's screen and where it stands in the log."""

    epoch: uuid.UUID
    seq: int
    entities: dict[str, dict[str, Any]] = Field(examples=[{"message": {}}])


class SnapshotOut(View):
    """The whole screen, for a client whose socket cannot be opened."""

    at: datetime
    streams: dict[str, StreamOut]
    positions: list[dict[str, Any]] = Field(description="where everybody is whom this screen may show")


Ref = Annotated[str | None, Field(default=None, max_length=64)]


class MarkIn(Schema):
    """How far the client has come in a stream."""

    epoch: uuid.UUID
    seq: Annotated[int, Field(strict=True, ge=0, le=2**62)]


class Hello(Schema):
    """The first frame."""

    type: Literal["hello"]
    protocol: Literal[1]
    last: dict[Literal["account", "station"], MarkIn] = Field(default_factory=dict)
    client: Annotated[str | None, Field(max_length=64)] = None


class Ack(Schema):
    """The device has the message, or shows it."""

    type: Literal["ack"]
    message_id: uuid.UUID
    step: Literal["received", "shown"]
    ref: Ref


class FixFrame(Schema):
    """One position."""

    type: Literal["fix"]
    fix: FixIn
    ref: Ref


class FixesFrame(Schema):
    """Positions gathered while there was no connection."""

    type: Literal["fixes"]
    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=MAX_BATCH)]
    ref: Ref


class Ping(Schema):
    """Answered with pong."""

    type: Literal["ping"]
    ref: Ref


class Pong(Schema):
    """The answer to a heartbeat."""

    type: Literal["pong"]


Frame = Hello | Ack | FixFrame | FixesFrame | Ping | Pong
FRAMES: dict[str, type[Frame]] = {
    "hello": Hello,
    "ack": Ack,
    "fix": FixFrame,
    "fixes": FixesFrame,
    "ping": Ping,
    "pong": Pong,
}
