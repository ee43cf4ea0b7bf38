"""Jurisdictions, beats, post areas."""

from __future__ import annotations

import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Area(Base):
    """A named outline that belongs to a station."""

    __tablename__ = "areas"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    station_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    name: Mapped[str]
    outline: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    attribution: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
