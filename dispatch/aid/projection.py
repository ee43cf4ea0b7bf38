"""How mutual aid looks on the consoles of the two stations: there from the request until its end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch.aid.model import Aid
from dispatch.aid.states import OPEN
from dispatch.aid.views import show
from kit.feed import Projection, station_audience

ENTITY = "aid"


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    query = select(Aid).where(Aid.id.in_(ids)).order_by(Aid.id)
    aids = list(session.scalars(query, execution_options={"populate_existing": True}))
    for aid in aids:
        for station_id in (aid.requesting_station_id, aid.helping_station_id):
            yield Projection(
                audience=station_audience(station_id),
                entity=ENTITY,
                entity_id=aid.id,
                value=show(session, [aid], station_id=station_id)[0] if aid.state in OPEN else None,
            )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """Ids of the aids that are asked for or open, on either side."""
    kind, _, owner = audience.partition(":")
    if kind != "station":
        return []
    mine = uuid.UUID(owner)
    query = select(Aid.id).where(
        or_(Aid.requesting_station_id == mine, Aid.helping_station_id == mine), Aid.state.in_(OPEN)
    )
    return list(session.scalars(query.order_by(Aid.requested_at, Aid.id)))
