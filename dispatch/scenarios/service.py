"""Which scenario an incident follows, and how a leader changes one: every change is a new version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from dispatch.scenarios import repository
from dispatch.scenarios.defaults import DEFAULTS, FALLBACK_KEY
from dispatch.scenarios.errors import (
    FallbackNeeded,
    OnlyOneFallback,
    ScenarioExists,
    SkillUnknown,
    TypeAlreadyMatched,
)
from dispatch.scenarios.model import Scenario
from dispatch.scenarios.repository import InForce
from dispatch.scenarios.spec import ScenarioSpec
from geo.responders.vocabulary import ASKED_FOR, list_unknown, say_known
from kit import record
from kit.actor import Grant
from kit.errors import Fault, NotFound, StaleVersion
from kit.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a scenario, which never changes."""

    key: str
    version: int
    name: str
    stored: dict[str, Any]

    @cached_property
    def spec(self) -> ScenarioSpec:
        """The content."""
        return ScenarioSpec.model_validate(self.stored)


#: of this process, by id
_versions: dict[uuid.UUID, Version] = {}


def spec_of(scenario: Scenario) -> ScenarioSpec:
    """The scenario's content."""
    return ScenarioSpec.model_validate(scenario.spec)


def get_version(session: Session, scenario_id: uuid.UUID) -> Version:
    """That version; read once by each process. Raises NotFound."""
    found = _versions.get(scenario_id)
    return found if found is not None else keep(repository.get_scenario(session, scenario_id))


def keep(scenario: Scenario) -> Version:
    """The version of a row that was read; it need not be read again."""
    version = Version(key=scenario.key, version=scenario.version, name=scenario.name, stored=scenario.spec)
    _versions[scenario.id] = version
    return version


def get_spec(session: Session, scenario_id: uuid.UUID) -> ScenarioSpec:
    """The content of that version."""
    return get_version(session, scenario_id).spec


def seed_defaults(session: Session, station_id: uuid.UUID, at: datetime) -> int:
    """Give the station the default scenarios that it lacks; how many were added. Safe to repeat."""
    return sum(
        repository.add_unless_there(
            session,
            Scenario(
                id=new_id(),
                station_id=station_id,
                key=default.key,
                version=1,
                name=default.name,
                spec=default.spec.model_dump(mode="json"),
                current=True,
                made_by=None,
                made_at=at,
            ),
        )
        for default in DEFAULTS
    )


def choose(scenarios: Sequence[InForce], category: str, type_: str) -> InForce | None:
    """The one for the type, else for the category, else the general one."""
    key = f"{category}.{type_}"
    by_category = general = None
    for scenario in scenarios:
        # as stored: every version was validated when it was made, and a call should not wait for ten validations
        if key in scenario.match["types"]:
            return scenario
        if category in scenario.match["categories"]:
            by_category = by_category or scenario
        if scenario.key == FALLBACK_KEY:
            general = scenario
    return by_category or general


def find_for(
    session: Session, station_id: uuid.UUID, category: str, type_: str, subtype: str | None = None, *, at: datetime
) -> InForce:
    """The scenario that an incident of this type follows at the station.

    A station without scenarios is given the defaults first: a call is never refused for want of one.
    ``subtype`` is for stations that will tell them apart; the defaults do not.
    """
    chosen = choose(repository.list_in_force(session, station_id), category, type_)
    if chosen is None:
        seed_defaults(session, station_id, at)
        chosen = choose(repository.list_in_force(session, station_id), category, type_)
    if chosen is None:
        raise NotFound
    return chosen


def get_current(session: Session, station_id: uuid.UUID, key: str) -> InForce:
    """The version in force; raises NotFound."""
    found = repository.list_in_force(session, station_id, key=key)
    if not found:
        raise NotFound
    return found[0]


def change(
    session: Session, *, grant: Grant, key: str, name: str, spec: ScenarioSpec, version: int, at: datetime
) -> Scenario:
    """Put a new version in force at the leader's own station; raises StaleVersion, SkillUnknown, TypeAlreadyMatched."""
    station_id = _station_of(grant)
    current = repository.find_current(session, station_id, key, lock=True)
    if current is None:
        raise NotFound
    if current.version != version:
        raise StaleVersion(version=current.version)
    _check_skills(spec)
    _check_match(session, station_id, key, spec)
    current.current = False
    session.flush()
    return _add_version(session, grant, station_id, key, name, spec, version + 1, at)


def create(session: Session, *, grant: Grant, key: str, name: str, spec: ScenarioSpec, at: datetime) -> Scenario:
    """A scenario of a new key; raises ScenarioExists, SkillUnknown, TypeAlreadyMatched."""
    station_id = _station_of(grant)
    if repository.find_current(session, station_id, key) is not None:
        raise ScenarioExists
    _check_skills(spec)
    _check_match(session, station_id, key, spec)
    return _add_version(session, grant, station_id, key, name, spec, 1, at)


def _station_of(grant: Grant) -> uuid.UUID:
    if grant.actor.station_id is None:
        raise NotFound
    return grant.actor.station_id


def _check_match(session: Session, station_id: uuid.UUID, key: str, spec: ScenarioSpec) -> None:
    named = bool(spec.match.types or spec.match.categories)
    if key == FALLBACK_KEY and named:
        raise FallbackNeeded
    if key != FALLBACK_KEY and not named:
        raise OnlyOneFallback
    for other in repository.list_current(session, station_id):
        if other.key == key:
            continue
        match = spec_of(other).match
        if set(match.types) & set(spec.match.types) or set(match.categories) & set(spec.match.categories):
            raise TypeAlreadyMatched(scenario=other.key)


def _check_skills(spec: ScenarioSpec) -> None:
    faults = tuple(
        Fault(pointer=f"/spec/need/{n}/skills/{place}", code=SkillUnknown.slug, message=say_known(ASKED_FOR))
        for n, need in enumerate(spec.need)
        for place in list_unknown(need.skills, ASKED_FOR)
    )
    if faults:
        raise SkillUnknown(faults=faults)


def _add_version(
    session: Session, grant: Grant, station_id: uuid.UUID, key: str, name: str, spec: ScenarioSpec, version: int,
    at: datetime,
) -> Scenario:  # fmt: skip
    scenario = repository.add(
        session,
        Scenario(
            id=new_id(),
            station_id=station_id,
            key=key,
            version=version,
            name=name,
            spec=spec.model_dump(mode="json"),
            current=True,
            made_by=grant.actor.account_id,
            made_at=at,
        ),
    )
    record.write(
        session,
        "scenario.created" if version == 1 else "scenario.changed",
        actor=grant.actor,
        at=at,
        subject_kind="scenario",
        subject_id=scenario.id,
        station_id=station_id,
        key=key,
        version=version,
    )
    return scenario
