"""What a station decides for itself: where it lies, how long each stage may take, where it is called, whom it
spares."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from dispatch.incidents import repository as incidents
from dispatch.orders.projection import changed_with_incident
from dispatch.tenancy import repository
from kit import feed, record
from kit.actor import Grant
from kit.errors import StaleVersion
from kit.phones import normalize_phone
from kit.tenancy import Station

Zone = Literal["city", "suburb"]


class _Unset:
    """Marks a setting that is not given."""


UNSET = _Unset()


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
    duty_phone: str | _Unset | None = UNSET,
    matching: Mapping[str, Any] | None = None,
    at: datetime,
) -> Station:
    """Put these settings in place of the present ones; a target that is not named has its default.

    ``targets``: members of dispatch.closures.overdue.Targets, seconds. They count at once, also for what is
    under way. ``duty_phone``: the command room's number as people write it; not given it stays. ``matching``: members
    of dispatch.matching.policy.Policy; None: it stays.
    Raises NotFound, StaleVersion, PhoneFormat.
    """
    station = repository.get_visible_station(session, station_id, grant, lock=True)
    if station.version != version:
        raise StaleVersion(version=station.version)
    before = station.settings
    station.settings = {"zone": zone, "targets": dict(targets)}
    spared = before.get("matching") if matching is None else dict(matching)
    if spared:
        station.settings = {**station.settings, "matching": spared}
    called = station.duty_phone
    if not isinstance(duty_phone, _Unset):
        station.duty_phone = normalize_phone(duty_phone, pointer="/duty_phone") if duty_phone else None
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
        duty_phone_changed=station.duty_phone != called,
    )
    if station.duty_phone != called:
        # it stands in every order and incident on a phone
        for incident_id in incidents.list_open_ids(session, station.id):
            feed.changed(session, "incident", incident_id, under=incident_id)
            changed_with_incident(session, incident_id)
    return station
