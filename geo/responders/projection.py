"""How a responder looks on the consoles of his station.

Where people are goes another way: positions are no events. Only a safe-house, which stands still, has its place here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from geoalchemy2 import Geometry
from sqlalchemy import cast, func, select
from sqlalchemy.orm import Session

from geo.positions.pipeline import SUSPECT_AFTER
from geo.responders.model import Post, Responder, ResponderIndex
from kit.feed import Projection, station_audience
from kit.tenancy import Organization

ENTITY = "responder"


def project(session: Session, ids: list[uuid.UUID]) -> Iterator[Projection]:
    """One projection per responder, for his station; None when it is no longer active."""
    query = (
        select(
            Responder,
            ResponderIndex.on_duty,
            ResponderIndex.engaged,
            ResponderIndex.suspect_fixes,
            Organization.name,
            Post.name,
            func.ST_X(cast(Responder.position, Geometry)),
            func.ST_Y(cast(Responder.position, Geometry)),
        )
        .join(Organization, Organization.id == Responder.organization_id)
        .outerjoin(ResponderIndex, ResponderIndex.responder_id == Responder.id)
        .outerjoin(Post, Post.id == Responder.post_id)
        .where(Responder.id.in_(ids))
        .order_by(Responder.id)
    )
    for responder, on_duty, engaged, suspects, organization, post, lon, lat in session.execute(query):
        value = {
            "id": str(responder.id),
            "kind": responder.kind,
            "name": responder.name,
            "call_sign": responder.call_sign,
            "organization": {"id": str(responder.organization_id), "name": organization},
            "post": {"id": str(responder.post_id), "name": post} if responder.post_id is not None else None,
            "skills": responder.skills,
            "capabilities": responder.capabilities,
            "mobility": responder.mobility,
            "position": {"lon": lon, "lat": lat, "crs": "wgs84"} if lon is not None else None,
            "address": responder.address,
            "on_duty": bool(on_duty),
            "engaged": bool(engaged),
            "position_suspect": (suspects or 0) >= SUSPECT_AFTER,
            "demo": responder.demo,
            "version": responder.version,
        }
        yield Projection(
            audience=station_audience(responder.station_id),
            entity=ENTITY,
            entity_id=responder.id,
            value=value if responder.active else None,
        )


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """The active responders of a station; on phones there are none."""
    scope, _, id_ = audience.partition(":")
    if scope != "station":
        return []
    query = select(Responder.id).where(Responder.station_id == uuid.UUID(id_), Responder.active)
    return list(session.execute(query.order_by(Responder.id)).scalars())
