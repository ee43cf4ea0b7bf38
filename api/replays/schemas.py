"""An incident played again."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import Field

from api.fields import View
from api.incidents.answers import IncidentOut
from api.points import PointOut
from api.tracks.schemas import TrackPointOut
from dispatch.replays.service import Part, Replay


class StepOut(View):
    """A milestone of an order: from then on it was in that state."""

    name: str = Field(examples=["en_route"])
    at: datetime
    how: str = Field(examples=["measured"])


class PartOut(View):
    """One responder's part: his order over time, and where he was while it lasted."""

    order_id: uuid.UUID
    responder_id: uuid.UUID
    kind: str = Field(examples=["guard"])
    name: str
    call_sign: str | None
    mode: str
    state: str
    target: PointOut
    offered_at: datetime
    ended_at: datetime | None
    steps: list[StepOut]
    track: list[TrackPointOut]

    @classmethod
    def of(cls, part: Part, position: PointOut) -> PartOut:
        order = part.order
        return cls(
            order_id=order.id,
            responder_id=order.responder_id,
            kind=part.kind,
            name=part.name,
            call_sign=part.call_sign,
            mode=order.mode,
            state=order.state,
            target=position,
            offered_at=order.offered_at,
            ended_at=order.ended_at,
            steps=[StepOut(name=row.name, at=row.at, how=row.how) for row in part.milestones],
            track=[TrackPointOut.of(point) for point in part.points],
        )


class ReplayOut(View):
    """``positions_deleted``: tracks of that time are kept no more; ``truncated``: there are more fixes than sent."""

    incident: IncidentOut
    started_at: datetime
    ended_at: datetime
    parts: list[PartOut]
    truncated: bool
    positions_deleted: bool

    @classmethod
    def of(cls, replay: Replay) -> ReplayOut:
        return cls(
            incident=IncidentOut.model_validate(replay.incident),
            started_at=replay.started_at,
            ended_at=replay.ended_at,
            parts=[PartOut.of(part, PointOut.of(part.target)) for part in replay.parts],
            truncated=replay.truncated,
            positions_deleted=replay.positions_deleted,
        )
