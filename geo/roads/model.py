"""An imported road network and its ways."""

from __future__ import annotations

import uuid
from datetime import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class RoadNetwork(Base):
    """One import. At most one is ``current``; its arrays lie in the file that ``file_digest`` names."""

    __tablename__ = "road_networks"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    imported_at: Mapped[datetime]
    source: Mapped[str]
    attribution: Mapped[str]
    file_digest: Mapped[str]
    current: Mapped[bool]
    ways: Mapped[int]
    walk_nodes: Mapped[int]
    walk_streets: Mapped[int]
    drive_nodes: Mapped[int]
    drive_streets: Mapped[int]
    demo: Mapped[bool] = mapped_column(default=False)


class RoadWay(Base):
    """A way of the current network, as the map has it. ``oneway``: 1 in the order of its points, -1 against it."""

    __tablename__ = "road_ways"

    network_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    osm_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    piece: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    foot: Mapped[bool]
    car: Mapped[bool]
    private: Mapped[bool]
    oneway: Mapped[int] = mapped_column(SmallInteger)
    car_kmh: Mapped[float | None]
    bridge: Mapped[bool]
    tunnel: Mapped[bool]
    line: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=4326, spatial_index=False))
