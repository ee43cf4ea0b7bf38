"""Where networks and their ways are kept."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.roads.model import RoadNetwork
from geo.roads.osm import DEGREE, Way

_CHUNK = 20_000
_COPY = """
    COPY road_ways (network_id, osm_id, piece, kind, name, foot, car, private, oneway, car_kmh, bridge, tunnel, line)
    FROM STDIN (FORMAT csv)
"""
_CURRENT = text("SELECT file_digest FROM road_networks WHERE current")
#: one import at a time; whoever reads goes on reading the former network
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('road_networks'))")
_PATIENCE = text("SET LOCAL statement_timeout = 0")
_STEP_DOWN = text("UPDATE road_networks SET current = false WHERE current")
_FORGET_WAYS = text("DELETE FROM road_ways WHERE network_id <> :id")


def find_current_digest(session: Session) -> str | None:
    """The name of the current network's file; None: no roads were imported."""
    found: str | None = session.execute(_CURRENT).scalar_one_or_none()
    return found


def lock(session: Session) -> None:
    """Until the end of the transaction: no other import, and no statement is hurried."""
    session.execute(_PATIENCE)
    session.execute(_LOCK)


def replace(session: Session, network: RoadNetwork, ways: Sequence[Way]) -> None:
    """``network`` with its ways in the place of all others. Needs the lock."""
    session.execute(_STEP_DOWN)
    session.add(network)
    session.flush()
    connection: Any = session.connection().connection
    with connection.cursor() as cursor:
        for start in range(0, len(ways), _CHUNK):
            cursor.copy_expert(_COPY, _lines(network.id, ways[start : start + _CHUNK]))
    session.execute(_FORGET_WAYS, {"id": network.id})


def _lines(network_id: uuid.UUID, ways: Sequence[Way]) -> io.StringIO:
    lines = io.StringIO()
    csv.writer(lines).writerows(_rows(network_id, ways))
    lines.seek(0)
    return lines


def _rows(network_id: uuid.UUID, ways: Sequence[Way]) -> Iterator[tuple[Any, ...]]:
    owner = np.repeat(np.arange(len(ways)), [len(way.nodes) for way in ways])
    x = np.concatenate([np.frombuffer(way.lons, dtype=np.int32) for way in ways]) / DEGREE
    y = np.concatenate([np.frombuffer(way.lats, dtype=np.int32) for way in ways]) / DEGREE
    lines = shapely.linestrings(np.column_stack([x, y]), indices=owner)
    hexes = shapely.to_wkb(shapely.set_srid(lines, 4326), hex=True, include_srid=True)
    for way, line in zip(ways, hexes, strict=True):
        rules = way.rules
        yield (
            network_id, way.osm_id, way.piece, way.kind, way.name, rules.foot, rules.car, rules.private,
            rules.forward - rules.backward, rules.kmh or None, way.bridge, way.tunnel, line,
        )  # fmt: skip
