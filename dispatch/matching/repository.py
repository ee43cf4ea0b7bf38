"""What the matcher reads and keeps."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from dispatch.matching.model import Need, Recommendation
from dispatch.orders.states import NOT_AGAIN, UNANSWERED
from geo.candidates import TYPES, Pool
from geo.within import near_point
from kit.errors import NotFound
from kit.prepared import Prepared

#: a place that he has been sent to before
_SAME_PLACE_M = 80.0
# one look per person for a login: as an EXISTS it would read every login that there is
_CANDIDATES = """
    WITH pool AS MATERIALIZED ({pool}),
    asked AS MATERIALIZED (
        SELECT o.responder_id FROM orders o
        WHERE o.incident_id = :incident_id AND (o.state = ANY(:not_again) OR o.reason = 'swapped')
          AND o.offered_at >= coalesce(
              (SELECT m.at FROM incident_milestones m JOIN incidents n ON n.id = m.incident_id
               WHERE n.id = :incident_id AND m.round = n.reopened AND m.name = 'reopened'), '-infinity')),
    been AS MATERIALIZED (
        SELECT o.responder_id FROM (
            SELECT n.id FROM incidents n
            WHERE {same_place} AND n.id <> :incident_id AND n.received_at >= :at - interval '180 days'
            ORDER BY n.received_at DESC LIMIT 200) AS there
        JOIN orders o ON o.incident_id = there.id AND o.state IN ('arrived', 'completed', 'rated'))
    SELECT r.id, r.kind, r.station_id, r.account_id, r.organization_id, r.account_id IS NOT NULL AS has_account,
           coalesce(r.mobility, 'foot') AS mobility, r.post_id, i.on_duty, i.engaged, i.fixed,
           i.skills, i.captured_at, pool.distance_m, pool.lon, pool.lat, pool.in_beat, pool.house_id,
           coalesce(pool.house_needed, false) AS house_needed,
           pool.at_home OR r.id IN (SELECT responder_id FROM been) AS familiar,
           login.proven_at IS NOT NULL AS reachable, greatest(login.proven_at, i.received_at) AS proven_at,
           r.id IN (SELECT responder_id FROM asked) AS asked,
           lately.last_done_at, lately.alerts_hour, lately.alerts_shift
    FROM pool JOIN responders r ON r.id = pool.responder_id JOIN responder_index i ON i.responder_id = r.id
    LEFT JOIN LATERAL (
        SELECT max(greatest(d.reachable_at, d.last_seen_at, s.refreshed_at)) AS proven_at
        FROM sessions s JOIN devices d ON d.id = s.device_id
        WHERE s.account_id = r.account_id AND s.revoked_at IS NULL AND s.expires_at > :at
          AND d.revoked_at IS NULL) AS login ON true
    LEFT JOIN LATERAL (
        SELECT max(o.ended_at) FILTER (WHERE o.state IN ('completed', 'rated', 'failed')) AS last_done_at,
               count(*) FILTER (WHERE o.offered_at > :at - interval '1 hour') AS alerts_hour,
               count(*) AS alerts_shift
        FROM orders o
        WHERE o.responder_id = r.id AND o.incident_id <> :incident_id AND o.offered_at > greatest(
            :at - interval '12 hours',
            (SELECT d.started_at FROM duties d WHERE d.responder_id = r.id AND d.ended_at IS NULL
             ORDER BY d.started_at DESC LIMIT 1))) AS lately ON true
    WHERE r.active ORDER BY r.id
"""


class Looked(NamedTuple):
    """One of the people of a pool, as ``_CANDIDATES`` reads him."""

    id: uuid.UUID
    kind: str
    station_id: uuid.UUID
    account_id: uuid.UUID | None
    organization_id: uuid.UUID
    has_account: bool
    mobility: str
    post_id: uuid.UUID | None
    on_duty: bool
    engaged: bool
    fixed: bool
    skills: list[str]
    captured_at: datetime | None
    distance_m: float | None
    lon: float | None
    lat: float | None
    in_beat: bool | None
    house_id: uuid.UUID | None
    house_needed: bool
    familiar: bool
    reachable: bool
    proven_at: datetime | None
    asked: bool
    last_done_at: datetime | None
    alerts_hour: int
    alerts_shift: int


_TYPES = {**TYPES, "incident_id": "uuid", "not_again": "text[]", "at": "timestamptz", "same_place_m": "float8"}


@lru_cache(maxsize=64)
def _around(pool: str) -> Prepared:
    sql = _CANDIDATES.format(pool=pool, same_place=near_point("n.position", "same_place_m"))
    return Prepared(sql, **{name: type_ for name, type_ in _TYPES.items() if re.search(rf"(?<!:):{name}\b", sql)})


def list_candidates(session: Session, pool: Pool, *, incident_id: uuid.UUID, at: datetime) -> list[Looked]:
    """The people of the pool, by id, and what is known of each.

    ``distance_m``, ``lon`` and ``lat`` are NULL where nobody knows where he is; ``reachable``: a login that counts,
    on a device that was not revoked, and ``proven_at`` when that device or he himself was last heard of; ``asked``:
    declined, let pass, gave up or completed an order of the present round. Earlier askings are of other incidents.
    """
    not_again = [str(state) for state in NOT_AGAIN]
    values = {
        **pool.values,
        "incident_id": incident_id,
        "not_again": not_again,
        "at": at,
        "same_place_m": _SAME_PLACE_M,
    }
    return [Looked(*row) for row in _around(pool.sql).fetch_all(session, pool.values | values)]


_PENDING = text(
    "SELECT need_id, responder_id, offered_at FROM orders WHERE need_id = ANY(:need_ids) AND state = ANY(:unanswered)"
    " ORDER BY offered_at, id"
)


def list_pending(session: Session, need_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row[Any]]]:
    """By need: who has been asked, when, and has not answered."""
    unanswered = [str(state) for state in UNANSWERED]
    found: dict[uuid.UUID, list[Row[Any]]] = {need_id: [] for need_id in need_ids}
    for row in session.execute(_PENDING, {"need_ids": list(need_ids), "unanswered": unanswered}):
        found[row.need_id].append(row)
    return found


_ADD = text(
    """
    INSERT INTO recommendations (id, incident_id, need_id, made_at, made_by, inputs, result)
    SELECT id, incident_id, need_id, made_at, made_by, CAST(inputs AS jsonb), CAST(result AS jsonb)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:incident_ids AS uuid[]), CAST(:need_ids AS uuid[]),
                CAST(:made_at AS timestamptz[]), CAST(:made_by AS uuid[]), CAST(:inputs AS text[]),
                CAST(:results AS text[])) AS r (id, incident_id, need_id, made_at, made_by, inputs, result)
    """
)


@dataclass(frozen=True, kw_only=True)
class NewRecommendation:
    """A recommendation to be kept. ``inputs`` and ``result`` are JSON text."""

    id: uuid.UUID
    incident_id: uuid.UUID
    need_id: uuid.UUID
    made_at: datetime
    made_by: uuid.UUID | None
    inputs: str
    result: str


def add_all(session: Session, recommendations: Sequence[NewRecommendation]) -> None:
    """Keep them; their needs are there before."""
    session.flush()
    values = {
        "ids": [r.id for r in recommendations],
        "incident_ids": [r.incident_id for r in recommendations],
        "need_ids": [r.need_id for r in recommendations],
        "made_at": [r.made_at for r in recommendations],
        "made_by": [r.made_by for r in recommendations],
        "inputs": [r.inputs for r in recommendations],
        "results": [r.result for r in recommendations],
    }
    session.execute(_ADD, values)


def list_by_ids(session: Session, ids: Sequence[uuid.UUID]) -> list[Recommendation]:
    """Those recommendations, in the order given."""
    found = {row.id: row for row in session.scalars(select(Recommendation).where(Recommendation.id.in_(ids)))}
    return [found[id_] for id_ in ids]


def get_need(session: Session, incident_id: uuid.UUID, need_id: uuid.UUID) -> Need:
    """Raises NotFound."""
    need = session.scalar(select(Need).where(Need.id == need_id, Need.incident_id == incident_id))
    if need is None:
        raise NotFound
    return need


def list_latest(
    session: Session, incident_id: uuid.UUID, *, need_ids: Collection[uuid.UUID] | None = None
) -> list[Recommendation]:
    """The newest recommendation of every need (or of those)."""
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
    if need_ids is not None:
        query = query.where(Recommendation.need_id.in_(need_ids))
    return list(session.scalars(query))
