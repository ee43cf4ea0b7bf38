"""How responders look: on the consoles of their own station, and of one that has borrowed somebody.

The host sees a name and that he is at it, from acceptance to finish; neither his company nor his post and skills.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch.orders.model import Order
from dispatch.orders.states import LIVE
from geo.responders import projection as responders
from kit.feed import Projection, station_audience

ENTITY = responders.ENTITY


_LENT = text(
    """
    SELECT o.responder_id, o.station_id, o.state, a.helping_station_id, s.name
    FROM orders o JOIN aids a ON a.id = o.aid_id JOIN stations s ON s.id = a.helping_station_id
    WHERE o.responder_id = ANY(:ids) ORDER BY o.responder_id, o.station_id
    """
)


def project(session: Session, ids: list[uuid.UUID]) -> Iterator[Projection]:
    own: dict[uuid.UUID, dict[str, Any] | None] = {}
    for projection in responders.project(session, ids):
        own[projection.entity_id] = projection.value
        yield projection
    hosts: dict[tuple[uuid.UUID, uuid.UUID], dict[str, str] | None] = {}
    for row in session.execute(_LENT, {"ids": ids}):
        key = (row.responder_id, row.station_id)
        lender = {"id": str(row.helping_station_id), "name": row.name} if row.state in LIVE else None
        hosts[key] = hosts.get(key) or lender
    for (responder_id, host_id), lender in hosts.items():
        value = own.get(responder_id)
        if value is not None and lender is not None:
            value = {**value, "organization": lender, "post": None, "skills": [], "capabilities": []}
        yield Projection(
            audience=station_audience(host_id),
            entity=ENTITY,
            entity_id=responder_id,
            value=value if lender is not None else None,
        )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """The station's own, and those whom it has borrowed."""
    shown = responders.list_shown(session, audience)
    kind, _, owner = audience.partition(":")
    if kind != "station":
        return shown
    query = select(Order.responder_id).where(
        Order.station_id == uuid.UUID(owner), Order.aid_id.is_not(None), Order.state.in_(LIVE)
    )
    return [*shown, *session.scalars(query.order_by(Order.responder_id))]
