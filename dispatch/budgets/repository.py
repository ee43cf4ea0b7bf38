"""How often each helper on duty was asked, counted as dispatch counts it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_HELPERS = text(
    """
    SELECT r.id, r.kind, r.name, r.station_id, o.name AS organization_name, i.engaged,
           lately.last_done_at, lately.alerts_hour, lately.alerts_shift
    FROM responders r
    JOIN responder_index i ON i.responder_id = r.id AND i.on_duty
    JOIN organizations o ON o.id = r.organization_id
    LEFT JOIN LATERAL (
        SELECT max(n.ended_at) FILTER (WHERE n.state IN ('completed', 'rated', 'failed')) AS last_done_at,
               count(*) FILTER (WHERE n.offered_at > :at - interval '1 hour') AS alerts_hour,
               count(*) AS alerts_shift
        FROM orders n
        WHERE n.responder_id = r.id AND n.offered_at > greatest(
            :at - interval '12 hours',
            (SELECT d.started_at FROM duties d WHERE d.responder_id = r.id AND d.ended_at IS NULL
             ORDER BY d.started_at DESC LIMIT 1))) AS lately ON true
    WHERE r.active AND r.station_id = :station_id AND r.kind IN ('guard', 'safe_house')
    ORDER BY r.id
    """
)


def list_helpers(session: Session, station_id: uuid.UUID, *, at: datetime) -> Sequence[Any]:
    """Guards and safe-houses on duty."""
    return session.execute(_HELPERS, {"station_id": station_id, "at": at}).all()
