"""What screens ask about roads: the current import, the street at a point, who could set out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.responders.model import Responder, ResponderIndex
from geo.roads.model import RoadNetwork
from kit.actor import Grant
from kit.errors import NotFound

#: farther away a street's name says nothing about the point
NEAR_M = 300.0
MAX_RESULTS = 20

# few streets have a part so near: each is measured once, and of the ways of one name the nearest counts.
# The box lets the index find them; degrees of longitude shrink towards the poles.
_NEAR = text(
    """
    SELECT * FROM (
        SELECT DISTINCT ON (name) name, kind, ST_Distance(line::geography, ST_GeogFromText(:point)) AS distance_m
        FROM road_ways
        WHERE name IS NOT NULL AND NOT tunnel
            AND line && ST_Expand(ST_GeomFromEWKT(:point),
                                  :radius_m / (111000 * greatest(cos(radians(:lat)), 0.01)), :radius_m / 110000)
        ORDER BY name, distance_m
    ) AS named
    WHERE distance_m <= :radius_m
    ORDER BY distance_m, name
    LIMIT :limit
    """
)


@dataclass(frozen=True)
class NamedStreet:
    """A street's name, its class on the map, and how far away it is on the ellipsoid."""

    name: str
    kind: str
    distance_m: float


def list_streets_near(session: Session, position: Position, *, limit: int = 3) -> list[NamedStreet]:
    """The named streets within NEAR_M, the nearest first; those in tunnels, on which nobody stands, left out."""
    rows = session.execute(
        _NEAR,
        {"point": position.ewkt, "lat": position.lat, "radius_m": NEAR_M, "limit": min(limit, MAX_RESULTS)},
    )
    return [NamedStreet(name=row.name, kind=row.kind, distance_m=row.distance_m) for row in rows]


def find_network(session: Session) -> RoadNetwork | None:
    """The current import; None: there are no roads."""
    return session.execute(select(RoadNetwork).where(RoadNetwork.current)).scalar_one_or_none()


def list_free_places(session: Session, grant: Grant, *, kind: str, fresh_since: datetime) -> list[tuple[Position, str]]:
    """Where the responders of a kind are who could go now, in one's own station, and how each moves; raises NotFound
    for who has no station."""
    if grant.actor.station_id is None:
        raise NotFound
    rows = session.execute(
        select(ResponderIndex.position, Responder.mobility)
        .join(Responder, Responder.id == ResponderIndex.responder_id)
        .where(
            ResponderIndex.station_id == grant.actor.station_id,
            ResponderIndex.kind == kind,
            ResponderIndex.on_duty,
            ~ResponderIndex.engaged,
            ResponderIndex.position.is_not(None),
            or_(ResponderIndex.fixed, ResponderIndex.captured_at >= fresh_since),
        )
        .order_by(ResponderIndex.responder_id)
    )
    return [(Position.of(row.position), row.mobility or "foot") for row in rows]
