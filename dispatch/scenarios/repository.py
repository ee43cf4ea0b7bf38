"""Where scenarios are fetched from and put to."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.scenarios.model import Scenario
from kit.actor import Grant
from kit.errors import NotFound
from kit.reach import rows_within
from kit.tenancy import Station


def visible(grant: Grant) -> ColumnElement[bool]:
    """The scenarios that ``grant`` reaches."""
    stations = select(Station.id).where(Station.district_id == grant.actor.district_id)
    return rows_within(grant, station=Scenario.station_id, district=Scenario.station_id.in_(stations))


def get_scenario(session: Session, scenario_id: uuid.UUID) -> Scenario:
    """That version; raises NotFound."""
    scenario = session.get(Scenario, scenario_id)
    if scenario is None:
        raise NotFound
    return scenario


def find_current(session: Session, station_id: uuid.UUID, key: str, *, lock: bool = False) -> Scenario | None:
    """The version in force."""
    query = select(Scenario).where(Scenario.station_id == station_id, Scenario.key == key, Scenario.current)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


class InForce(NamedTuple):
    """What a call needs to know of a version in force."""

    id: uuid.UUID
    key: str
    version: int
    match: dict[str, Any]


#: JSON of those of the station ``s``, by key; all of them, or that of ``:key``
IN_FORCE = """(
    SELECT json_agg(json_build_array(c.id, c.key, c.version, c.spec -> 'match') ORDER BY c.key) FROM scenarios c
    WHERE c.station_id = s.id AND c.current AND c.key = coalesce(:key, c.key))"""
_IN_FORCE = text(f"SELECT {IN_FORCE} AS rows FROM stations s WHERE s.id = :station_id")


def read_in_force(rows: list[Any] | None) -> list[InForce]:
    """From what ``IN_FORCE`` selects."""
    return [InForce(uuid.UUID(id_), key, version, match) for id_, key, version, match in rows or ()]


def list_in_force(session: Session, station_id: uuid.UUID, *, key: str | None = None) -> list[InForce]:
    """The versions in force at the station, or that of the key."""
    return read_in_force(session.execute(_IN_FORCE, {"station_id": station_id, "key": key}).scalar_one_or_none())


def list_current(session: Session, station_id: uuid.UUID) -> list[Scenario]:
    """All versions in force at the station, by key."""
    query = select(Scenario).where(Scenario.station_id == station_id, Scenario.current)
    return list(session.execute(query.order_by(Scenario.key)).scalars())


def list_visible(session: Session, grant: Grant, station_id: uuid.UUID | None = None) -> list[Scenario]:
    """The versions in force that ``grant`` reaches, by station and key."""
    query = select(Scenario).where(Scenario.current, visible(grant))
    if station_id is not None:
        query = query.where(Scenario.station_id == station_id)
    return list(session.execute(query.order_by(Scenario.station_id, Scenario.key)).scalars())


def list_versions(session: Session, grant: Grant, station_id: uuid.UUID, key: str) -> list[Scenario]:
    """Every version of one scenario, newest first; empty when there is none or it is not visible."""
    query = select(Scenario).where(Scenario.station_id == station_id, Scenario.key == key, visible(grant))
    return list(session.execute(query.order_by(Scenario.version.desc())).scalars())


def add_unless_there(session: Session, scenario: Scenario) -> bool:
    """Insert a first version; False when the station has the key already."""
    values = {
        "id": scenario.id,
        "station_id": scenario.station_id,
        "key": scenario.key,
        "version": scenario.version,
        "name": scenario.name,
        "spec": scenario.spec,
        "current": scenario.current,
        "made_by": scenario.made_by,
        "made_at": scenario.made_at,
    }
    statement = insert(Scenario).values(values).on_conflict_do_nothing().returning(Scenario.id)
    return session.execute(statement).first() is not None


def add(session: Session, scenario: Scenario) -> Scenario:
    session.add(scenario)
    session.flush()
    return scenario
