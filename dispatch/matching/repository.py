"""What the matcher reads and keeps."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, TextClause, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from dispatch.matching.model import Need, Recommendation
from dispatch.orders.states import REFUSED
from geo.candidates import Pool
from kit.errors import NotFound

# one look per person for a login: as an EXISTS it would read every login that there is
_CANDIDATES = """
    WITH pool AS MATERIALIZED ({pool}),
    refused AS MATERIALIZED (
        SELECT o.responder_id FROM orders o
        WHERE o.incident_id = :incident_id AND (o.state = ANY(:refused) OR o.reason = 'swapped')
          AND o.offered_at >= coalesce(
              (SELECT m.at FROM incident_milestones m JOIN incidents n ON n.id = m.incident_id
               WHERE n.id = :incident_id AND m.round = n.reopened AND m.name = 'reopened'), '-infinity'))
    SELECT r.id, r.kind, r.station_id, r.account_id IS NOT NULL AS has_account,
           coalesce(r.mobility, 'foot') AS mobility, r.post_id, i.on_duty, i.engaged, i.fixed,
           i.skills, i.captured_at, pool.distance_m, pool.lon, pool.lat,
           login.id IS NOT NULL AS reachable, r.id IN (SELECT responder_id FROM refused) AS asked
    FROM pool JOIN responders r ON r.id = pool.responder_id JOIN responder_index i ON i.responder_id = r.id
    LEFT JOIN LATERAL (
        SELECT s.id FROM sessions s JOIN devices d ON d.id = s.device_id
        WHERE s.account_id = r.account_id AND s.revoked_at IS NULL AND s.expires_at > :at AND d.revoked_at IS NULL
        LIMIT 1) AS login ON true
    WHERE r.active ORDER BY r.id
"""


@lru_cache(maxsize=64)
def _around(pool: str) -> TextClause:
    return text(_CANDIDATES.format(pool=pool))


def list_candidates(session: Session, pool: Pool, *, incident_id: uuid.UUID, at: datetime) -> list[Row[Any]]:
    """The people of the pool, by id, and what is known of each.

    ``distance_m``, ``lon`` and ``lat`` are NULL where nobody knows where he is; ``reachable``: a login that counts,
    on a device that was not revoked; ``asked``: declined, let pass or gave up an order of the present round.
    """
    refused = [str(state) for state in REFUSED]
    values = {**pool.values, "incident_id": incident_id, "refused": refused, "at": at}
    return list(session.execute(_around(pool.sql), values))


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
    radius_m = Recommendation.inputs["need"]["radius_m"].as_float()
    query = (
        select(Recommendation)
        .ext(distinct_on(Recommendation.need_id))
        .where(Recommendation.incident_id == incident_id)
        # the wider look of the same instant came after the narrower one
        .order_by(
            Recommendation.need_id, Recommendation.made_at.desc(), radius_m.desc().nulls_last(), Recommendation.id
        )
    )
    if need_id is not None:
        query = query.where(Recommendation.need_id == need_id)
    return list(session.scalars(query))
