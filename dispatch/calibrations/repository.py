"""The log that is learned from, and the row that keeps what was learned."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.calibrations.model import Calibration
from dispatch.matching.learning import LogRow

# Drills never; demo incidents only at a demo station, which has no others. What was called off before he answered says
# nothing of him, nor does a duty that ended meanwhile, nor a yes that the command room gave for him.
_LOG = text(
    """
    SELECT o.responder_id, r.kind, s.key AS scenario, o.offered_at AS at, accepted.at IS NOT NULL AS accepted,
           extract(epoch FROM accepted.at - o.offered_at) AS accept_s,
           CASE WHEN left_at.how <> 'inferred' THEN extract(epoch FROM left_at.at - accepted.at) END AS turnout_s,
           CASE WHEN arrived.how <> 'inferred' THEN extract(epoch FROM arrived.at - accepted.at) END AS arrive_s,
           CAST(o.score ->> 'chance' AS double precision) AS predicted,
           CAST(o.score #>> '{parts,turnout_s}' AS double precision) AS told_turnout_s,
           CAST(o.score ->> 'eta_s' AS double precision) AS told_arrive_s
    FROM incidents i
    JOIN stations t ON t.id = i.station_id
    JOIN scenarios s ON s.id = i.scenario_id
    JOIN orders o ON o.incident_id = i.id
    JOIN responders r ON r.id = o.responder_id
    LEFT JOIN order_milestones accepted ON accepted.order_id = o.id AND accepted.name = 'accepted'
    LEFT JOIN order_milestones left_at ON left_at.order_id = o.id AND left_at.name = 'en_route'
    LEFT JOIN order_milestones arrived ON arrived.order_id = o.id AND arrived.name = 'arrived'
    WHERE i.station_id = :station_id AND i.received_at >= :since AND NOT i.drill AND (t.demo OR NOT i.demo)
      AND NOT o.forced
      AND (accepted.at IS NOT NULL OR o.state = 'declined'
           OR (o.state = 'expired' AND o.reason IS DISTINCT FROM 'off_duty'))
    ORDER BY o.offered_at, o.id
    """
)
# a station at which somebody was asked since it was last learned from
_DUE = text(
    """
    SELECT t.id FROM stations t LEFT JOIN calibrations c ON c.station_id = t.id
    WHERE (c.made_at IS NULL OR c.made_at < :before)
      AND EXISTS (SELECT FROM incidents i WHERE i.station_id = t.id
                  AND i.received_at >= coalesce(c.made_at - interval '1 day', '-infinity'))
    ORDER BY c.made_at NULLS FIRST, t.id LIMIT :limit
    """
)
_TRY = text("SELECT pg_try_advisory_xact_lock(hashtextextended('calibration:' || CAST(:id AS text), 0))")
_PUT = text(
    """
    INSERT INTO calibrations AS c (station_id, version, made_at, since, log_rows, experience, reliability)
    VALUES (:station_id, 1, :made_at, :since, :log_rows, CAST(:experience AS jsonb), CAST(:reliability AS jsonb))
    ON CONFLICT (station_id) DO UPDATE SET version = c.version + 1, made_at = excluded.made_at, since = excluded.since,
        log_rows = excluded.log_rows, experience = excluded.experience, reliability = excluded.reliability
    """
)
# of a station's many people only those who are looked at: the row stays one, the answer small
_GROUND = text(
    """
    SELECT t.settings, c.version, c.experience - 'responders' AS experience,
           (SELECT jsonb_object_agg(p.key, p.value) FROM jsonb_each(c.experience -> 'responders') p
            WHERE p.key = ANY(:ids)) AS responders
    FROM stations t LEFT JOIN calibrations c ON c.station_id = t.id WHERE t.id = :station_id
    """
)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A station's settings, and its experience with the people asked about; None before it has learned."""

    settings: dict[str, Any]
    version: int | None
    experience: dict[str, Any] | None


def list_log(session: Session, station_id: uuid.UUID, *, since: datetime) -> list[LogRow]:
    """The station's orders that were answered or ran out, oldest first."""
    rows = session.execute(_LOG, {"station_id": station_id, "since": since})
    return [
        LogRow(
            responder_id=row.responder_id,
            kind=row.kind,
            scenario=row.scenario,
            at=row.at,
            accepted=row.accepted,
            accept_s=_seconds(row.accept_s),
            turnout_s=_seconds(row.turnout_s),
            arrive_s=_seconds(row.arrive_s),
            predicted=row.predicted,
            told_turnout_s=row.told_turnout_s,
            told_arrive_s=row.told_arrive_s,
        )
        for row in rows
    ]


def list_due(session: Session, *, before: datetime, limit: int) -> list[uuid.UUID]:
    """Stations whose calibration is older than ``before`` although something happened."""
    return list(session.scalars(_DUE, {"before": before, "limit": limit}))


def try_hold(session: Session, station_id: uuid.UUID) -> bool:
    """Keep other workers from learning the same; False when one does already."""
    return bool(session.scalar(_TRY, {"id": str(station_id)}))


def put(
    session: Session,
    *,
    station_id: uuid.UUID,
    made_at: datetime,
    since: datetime,
    log_rows: int,
    experience: dict[str, Any],
    reliability: dict[str, Any],
) -> None:
    """Put it in place of the one before, as its next version."""
    values = {
        "station_id": station_id,
        "made_at": made_at,
        "since": since,
        "log_rows": log_rows,
        "experience": json.dumps(experience),
        "reliability": json.dumps(reliability),
    }
    session.execute(_PUT, values)


def find(session: Session, station_id: uuid.UUID) -> Calibration | None:
    """The station's calibration, as the database has it."""
    return session.get(Calibration, station_id, populate_existing=True)


def read_ground(session: Session, station_id: uuid.UUID, responder_ids: Collection[uuid.UUID]) -> Ground:
    """What dispatch needs of a station, in one trip."""
    ids = [str(id_) for id_ in responder_ids]
    row = session.execute(_GROUND, {"station_id": station_id, "ids": ids}).one()
    experience = None if row.experience is None else {**row.experience, "responders": row.responders or {}}
    return Ground(settings=row.settings, version=row.version, experience=experience)


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
