"""What a station decides for itself: where it lies, and how long each stage may take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.tenancy import repository
from kit import record
from kit.actor import Grant
from kit.errors import StaleVersion
from kit.tenancy import Station

Zone = Literal["city", "suburb"]


def get_settings_of(session: Session, *, grant: Grant, station_id: uuid.UUID) -> Station:
    """The station with its settings; raises NotFound."""
    return repository.get_visible_station(session, station_id, grant)


def change(
    session: Session,
    *,
    grant: Grant,
    station_id: uuid.UUID,
    version: int,
    zone: Zone,
    targets: Mapping[str, int],
    at: datetime,
) -> Station:
    """Put these settings in place of the present ones; a target that is not named has its default.

    ``targets``: members of dispatch.closures.overdue.Targets, seconds. They count at once, also for what is
    under way. Raises NotFound, StaleVersion.
    """
    station = repository.get_visible_station(session, station_id, grant, lock=True)
    if station.version != version:
        raise StaleVersion(version=station.version)
    before = station.settings
    station.settings = {"zone": zone, "targets": dict(targets)}
    station.version += 1
    session.flush()
    record.write(
        session,
        "station.settings_changed",
        actor=grant.actor,
        at=at,
        subject_kind="station",
        subject_id=station.id,
        station_id=station.id,
        before=before,
        after=station.settings,
    )
    return station
