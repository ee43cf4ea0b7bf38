"""Past incidents, duties and places, as the coverage reads them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position

_GROUND = text(
    "SELECT ST_AsGeoJSON(outline, 7) FROM areas WHERE station_id = :station_id AND kind = 'jurisdiction' ORDER BY id"
)
_INCIDENTS = text(
    """
    SELECT ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat,
           CAST(extract(hour FROM received_at AT TIME ZONE 'Asia/Shanghai') AS integer) AS hour
    FROM incidents WHERE station_id = :station_id AND received_at >= :since AND NOT drill
      AND state NOT IN ('cancelled', 'merged')
    """
)
# of the days since the station's first duty in the window, on how many each was on duty at that hour
_SHARES = text(
    """
    WITH own AS (
        SELECT d.responder_id, d.started_at, coalesce(d.ended_at, :until) AS ended_at FROM duties d
        WHERE d.station_id = :station_id AND d.started_at < :until AND coalesce(d.ended_at, :until) > :since
    ), days AS (
        SELECT day + make_interval(hours => :hour) AS begins
        FROM generate_series(date_trunc('day', :since AT TIME ZONE 'Asia/Shanghai'),
                             date_trunc('day', :until AT TIME ZONE 'Asia/Shanghai'), interval '1 day') AS day
        WHERE day + make_interval(hours => :hour + 1) > (SELECT min(started_at) FROM own) AT TIME ZONE 'Asia/Shanghai'
          AND day + make_interval(hours => :hour) < :until AT TIME ZONE 'Asia/Shanghai'
    )
    SELECT p.id, ST_X(p.position::geometry) AS lon, ST_Y(p.position::geometry) AS lat,
           count(*)::float8 / greatest(1, (SELECT count(*) FROM days)) AS people
    FROM (SELECT DISTINCT own.responder_id, days.begins FROM own JOIN days
              ON own.started_at < (days.begins + interval '1 hour') AT TIME ZONE 'Asia/Shanghai'
             AND own.ended_at > days.begins AT TIME ZONE 'Asia/Shanghai') AS present
    JOIN responders r ON r.id = present.responder_id AND r.active
    JOIN posts p ON p.id = r.post_id
    GROUP BY p.id ORDER BY p.id
    """
)
_HOUSES = text(
    """
    SELECT ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat, opening_hours FROM responders
    WHERE station_id = :station_id AND kind = 'safe_house' AND active AND position IS NOT NULL ORDER BY id
    """
)
_PLACES = text(
    """
    SELECT id, name, ST_X(position::geometry) AS lon, ST_Y(position::geometry) AS lat, category, demo FROM places
    WHERE district_id = :district_id AND position && ST_MakeEnvelope(:west, :south, :east, :north, 4326)::geography
    ORDER BY name, id LIMIT 20000
    """
)


def list_grounds(session: Session, station_id: uuid.UUID) -> list[dict[str, Any]]:
    """The outlines of the station's jurisdiction as GeoJSON geometries."""
    return [json.loads(outline) for outline in session.scalars(_GROUND, {"station_id": station_id})]


def list_incidents(session: Session, station_id: uuid.UUID, *, since: datetime) -> list[tuple[Position, int]]:
    """Where the incidents were, and at which hour of the local day."""
    rows = session.execute(_INCIDENTS, {"station_id": station_id, "since": since})
    return [(Position(row.lon, row.lat), row.hour) for row in rows]


def list_post_staff(
    session: Session, station_id: uuid.UUID, *, hour: int, since: datetime, until: datetime
) -> list[tuple[Position, float]]:
    """Per post how many of its people were on duty at that local hour, on the average day."""
    values = {"station_id": station_id, "hour": hour, "since": since, "until": until}
    return [(Position(row.lon, row.lat), row.people) for row in session.execute(_SHARES, values)]


def list_houses(session: Session, station_id: uuid.UUID) -> list[tuple[Position, dict[str, Any]]]:
    """Each safe-house and its opening hours."""
    rows = session.execute(_HOUSES, {"station_id": station_id})
    return [(Position(row.lon, row.lat), row.opening_hours or {}) for row in rows]


def list_places(session: Session, district_id: uuid.UUID, around: Sequence[Position]) -> list[tuple[str, Position]]:
    """Named places of the district in the box around these points."""
    if not around:
        return []
    lons, lats = [p.lon for p in around], [p.lat for p in around]
    box = {"west": min(lons), "east": max(lons), "south": min(lats), "north": max(lats)}
    rows = session.execute(_PLACES, {"district_id": district_id, **box})
    return [(row.name, Position(row.lon, row.lat)) for row in rows]
