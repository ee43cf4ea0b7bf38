"""How a responder looks on the consoles of his station.

Where people are goes another way: positions are no events. Only a safe-house, which stands still, has its place here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geo.positions.pipeline import SUSPECT_AFTER
from geo.responders.model import Responder
from kit.feed import Projection, station_audience

ENTITY = "responder"


_SHOWN = text(
    """
    SELECT r.id, r.station_id, r.kind, r.name, r.call_sign, r.organization_id, o.name AS organization, r.post_id,
           p.name AS post, r.skills, r.capabilities, r.mobility, ST_X(r.position::geometry) AS lon,
           ST_Y(r.position::geometry) AS lat, r.address, i.on_duty, i.engaged, i.suspect_fixes, r.demo, r.version,
           r.active
    FROM responders r JOIN organizations o ON o.id = r.organization_id
    LEFT JOIN responder_index i ON i.responder_id = r.id LEFT JOIN posts p ON p.id = r.post_id
    WHERE r.id = ANY(:ids) ORDER BY r.id
    """
)


def project(session: Session, ids: list[uuid.UUID]) -> Iterator[Projection]:
    """One projection per responder, for his station; None when it is no longer active."""
    for row in session.execute(_SHOWN, {"ids": ids}):
        value = {
            "id": str(row.id),
            "kind": row.kind,
            "name": row.name,
            "call_sign": row.call_sign,
            "organization": {"id": str(row.organization_id), "name": row.organization},
            "post": {"id": str(row.post_id), "name": row.post} if row.post_id is not None else None,
            "skills": row.skills,
            "capabilities": row.capabilities,
            "mobility": row.mobility,
            "position": {"lon": row.lon, "lat": row.lat, "crs": "wgs84"} if row.lon is not None else None,
            "address": row.address,
            "on_duty": bool(row.on_duty),
            "engaged": bool(row.engaged),
            "position_suspect": (row.suspect_fixes or 0) >= SUSPECT_AFTER,
            "demo": row.demo,
            "version": row.version,
        }
        yield Projection(
            audience=station_audience(row.station_id),
            entity=ENTITY,
            entity_id=row.id,
            value=value if row.active else None,
        )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """The active responders of a station; on phones there are none."""
    scope, _, id_ = audience.partition(":")
    if scope != "station":
        return []
    query = select(Responder.id).where(Responder.station_id == uuid.UUID(id_), Responder.active)
    return list(session.execute(query.order_by(Responder.id)).scalars())
