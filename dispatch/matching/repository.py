"""What the matcher reads and keeps."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from dispatch.matching.model import Need, Recommendation
from geo.responders.model import ResponderIndex
from kit.errors import NotFound

# one look per person: as an EXISTS it would read every login that there is
_ABOUT = text(
    """
    SELECT r.id, r.kind, r.station_id, r.account_id, r.mobility, r.post_id, i.on_duty, i.engaged, i.fixed, i.skills,
           i.captured_at, login.id IS NOT NULL AS reachable
    FROM responders r JOIN responder_index i ON i.responder_id = r.id
    LEFT JOIN LATERAL (
        SELECT s.id FROM sessions s JOIN devices d ON d.id = s.device_id
        WHERE s.account_id = r.account_id AND s.revoked_at IS NULL AND s.expires_at > :at AND d.revoked_at IS NULL
        LIMIT 1) AS login ON true
    WHERE r.id = ANY(:ids) AND r.active
    """
)


def list_about(session: Session, responder_ids: Collection[uuid.UUID], *, at: datetime) -> list[Row[Any]]:
    """What is known of each, with ``reachable``: a login that counts, on a device that was not revoked."""
    return list(session.execute(_ABOUT, {"ids": list(responder_ids), "at": at}))


def list_placeless(session: Session, *, kind: str, station_ids: Collection[uuid.UUID], limit: int) -> list[uuid.UUID]:
    """On duty at these stations, and nobody knows where."""
    query = (
        select(ResponderIndex.responder_id)
        .where(
            ResponderIndex.kind == kind,
            ResponderIndex.station_id.in_(station_ids),
            ResponderIndex.on_duty,
            ResponderIndex.position.is_(None),
        )
        .order_by(ResponderIndex.responder_id)
        .limit(limit)
    )
    return list(session.scalars(query))


_DISTANCES = text(
    "SELECT responder_id, ST_Distance(position, CAST(:point AS geography)) AS distance_m,"
    " ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat"
    " FROM responder_index WHERE responder_id = ANY(:ids) AND position IS NOT NULL"
)


def list_places(session: Session, responder_ids: Collection[uuid.UUID], point: str) -> list[Row[Any]]:
    """Position and distance in metres of those whose place is known."""
    if not responder_ids:
        return []
    return list(session.execute(_DISTANCES, {"ids": list(responder_ids), "point": point}))


def add(session: Session, recommendation: Recommendation) -> Recommendation:
    session.add(recommendation)
    session.flush()
    return recommendation


def get_need(session: Session, incident_id: uuid.UUID, need_id: uuid.UUID) -> Need:
    """Raises NotFound."""
    need = session.scalar(select(Need).where(Need.id == need_id, Need.incident_id == incident_id))
    if need is None:
        raise NotFound
    return need


def list_latest(session: Session, incident_id: uuid.UUID, *, need_id: uuid.UUID | None = None) -> list[Recommendation]:
    """The newest recommendation of every need (or of that one)."""
    query = (
        select(Recommendation)
        .ext(distinct_on(Recommendation.need_id))
        .where(Recommendation.incident_id == incident_id)
        .order_by(Recommendation.need_id, Recommendation.made_at.desc(), Recommendation.id)
    )
    if need_id is not None:
        query = query.where(Recommendation.need_id == need_id)
    return list(session.scalars(query))
