"""Scenarios for screens."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.scenarios import repository
from dispatch.scenarios.model import Scenario
from kit.actor import Grant
from kit.errors import NotFound


def list_scenarios(session: Session, *, grant: Grant, station_id: uuid.UUID | None = None) -> list[Scenario]:
    """Those in force that ``grant`` reaches."""
    return repository.list_visible(session, grant, station_id)


def list_versions(session: Session, *, grant: Grant, key: str, station_id: uuid.UUID | None = None) -> list[Scenario]:
    """Every version, newest first; raises NotFound. ``station_id`` defaults to the asker's own."""
    station = station_id or grant.actor.station_id
    found = repository.list_versions(session, grant, station, key) if station is not None else []
    if not found:
        raise NotFound
    return found


def get_version(session: Session, *, grant: Grant, key: str, station_id: uuid.UUID | None = None) -> Scenario:
    """The version in force; raises NotFound."""
    return next(row for row in list_versions(session, grant=grant, key=key, station_id=station_id) if row.current)


def list_makers(session: Session, scenarios: Iterable[Scenario]) -> Mapping[uuid.UUID, str]:
    """Who put these versions in force, by account."""
    ids = {scenario.made_by for scenario in scenarios} - {None}
    if not ids:
        return {}
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}
