"""Stations by their name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kit.tenancy import Station


def find_station_by_name(session: Session, name: str) -> Station | None:
    return session.execute(select(Station).where(Station.name == name)).scalar_one_or_none()
