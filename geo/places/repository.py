"""Where places are put."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.places.model import Place

_UPSERT = text(
    """
    INSERT INTO places (id, district_id, name, address, aliases, category, position, words, attribution, demo)
    VALUES (:id, :district_id, :name, :address, :aliases, :category, ST_GeogFromText(:point), :words, :attribution,
            :demo)
    ON CONFLICT (district_id, name, address) DO UPDATE SET
        aliases = excluded.aliases, category = excluded.category, position = excluded.position,
        words = excluded.words, attribution = excluded.attribution, demo = excluded.demo
    """
)
_COUNT = text("SELECT count(*) FROM places WHERE district_id = :district_id")


def add(session: Session, place: Place) -> None:
    session.add(place)
    session.flush()


def put_many(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add each, or bring the one of that name and address up to date."""
    session.execute(_UPSERT, rows)


def count(session: Session, district_id: uuid.UUID) -> int:
    counted: int = session.execute(_COUNT, {"district_id": district_id}).scalar_one()
    return counted
