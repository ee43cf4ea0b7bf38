"""Joint plans at the edge."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.fields import View


class MoveOut(View):
    """Somebody who is asked for ``to_incident_id`` instead of ``from_incident_id``; null: he was free, or is again."""

    responder_id: UUID
    name: str
    call_sign: str | None
    from_incident_id: UUID | None
    to_incident_id: UUID | None


class JointPlanOut(View):
    """What was decided for several calls at once. ``unserved``: places for which nobody could be asked."""

    id: UUID
    made_at: datetime
    incident_ids: list[UUID]
    unserved_before: int = Field(examples=[1])
    unserved: int = Field(examples=[0])
    moves: list[MoveOut]


class JointPlansOut(View):
    """Newest first, fifty at most."""

    items: list[JointPlanOut]
