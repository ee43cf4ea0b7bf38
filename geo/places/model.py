"""Names and addresses with a point."""

from __future__ import annotations

import uuid

from geoalchemy2 import Geography, WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from kit.database import Base


class Place(Base):
    """A name or address that becomes a point, and a point that becomes readable."""

    __tablename__ = "places"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    district_id: Mapped[uuid.UUID]
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(default=list)
    category: Mapped[str]
    position: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    words: Mapped[str]
    attribution: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
