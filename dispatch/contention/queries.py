"""Joint plans as the command room reads them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.aid.names import list_names
from dispatch.contention.model import KeptPlan
from dispatch.matching.joint import read_plan
from dispatch.matching.model import Need


def show(session: Session, kept: Sequence[KeptPlan]) -> list[dict[str, Any]]:
    """JSON of each, in the order given: who was asked for which call instead of which."""
    plans = [read_plan(one.result) for one in kept]
    people = {move.responder_id for plan in plans for move in plan.moves}
    people |= {ask.responder_id for plan in plans for ask in plan.asks}
    called = list_names(session, people, {one.station_id for one in kept})
    names = {id_: {"name": who.name, "call_sign": who.call_sign} for id_, who in called.items()}
    needs = {need_id for one in kept for need_id in one.need_ids}
    incidents: dict[uuid.UUID, uuid.UUID] = {
        row.id: row.incident_id for row in session.execute(select(Need.id, Need.incident_id).where(Need.id.in_(needs)))
    }
    return [
        {
            "id": one.id,
            "made_at": one.made_at,
            "incident_ids": sorted({incidents[need_id] for need_id in one.need_ids}),
            "unserved_before": plan.unserved_before,
            "unserved": plan.unserved,
            "moves": [
                {
                    "responder_id": move.responder_id,
                    **names[move.responder_id],
                    "from_incident_id": incidents[move.from_need_id],
                    "to_incident_id": incidents[move.to_need_id] if move.to_need_id is not None else None,
                }
                for move in plan.moves
            ]
            + [
                {
                    "responder_id": ask.responder_id,
                    **names[ask.responder_id],
                    "from_incident_id": None,
                    "to_incident_id": incidents[ask.need_id],
                }
                for ask in plan.asks
            ],
        }
        for one, plan in zip(kept, plans, strict=True)
    ]
