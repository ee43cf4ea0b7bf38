"""Putting right what is known of an incident while it is worked on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.incidents import catalogue, repository
from dispatch.incidents.caller import hide_in, open_
from dispatch.incidents.errors import CallerConfidential, TypeUnknown
from dispatch.incidents.model import Incident, IncidentNote
from dispatch.incidents.states import ENDED, IncidentState
from dispatch.orders.moving import follow_scene
from dispatch.orders.projection import changed_with_incident
from dispatch.scenarios import service as scenarios
from geo.crs import Position
from kit import feed, record
from kit.actor import Actor, Grant, Role
from kit.errors import Conflict, StaleVersion
from kit.ids import new_id


class AlreadyEnded(Conflict):
    """The incident has ended; reopen it before changing it."""

    slug, title, hint = "incident-ended", "警情已办结，不能修改", "确需更改的，请由值班领导重新打开。"


class _Unset:
    """Marks a member that an edit does not touch."""


UNSET = _Unset()


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What to change; what is not given stays."""

    summary: str | _Unset = UNSET
    address: str | _Unset = UNSET
    position: Position | _Unset = UNSET
    level: int | _Unset = UNSET
    category: str | _Unset = UNSET
    type: str | _Unset = UNSET
    subtype: str | _Unset | None = UNSET
    scenario_key: str | _Unset = UNSET
    occurred_at: datetime | _Unset | None = UNSET
    confidential_caller: bool | _Unset = UNSET

    def given(self) -> dict[str, Any]:
        """The members that are set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not UNSET}


def edit(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, version: int, changes: Edit, at: datetime
) -> Incident:
    """Change what is given; raises NotFound, StaleVersion, AlreadyEnded, TypeUnknown, CallerConfidential.

    Anybody who edits may promise the caller secrecy, the leader alone may lift it.
    Another type brings that type's scenario along unless one is named: it counts for needs opened from now on.
    """
    incident = repository.get_visible(session, incident_id, grant, lock=True)
    if incident.version != version:
        raise StaleVersion(version=incident.version)
    lifts = incident.confidential_caller and changes.confidential_caller is False
    if lifts and grant.actor.role is not Role.LEADER:
        raise CallerConfidential
    return apply(session, incident, changes, by=grant.actor, at=at, action="incident.edited")


def apply(
    session: Session, incident: Incident, changes: Edit, *, by: Actor, at: datetime, action: str, **detail: Any
) -> Incident:
    """Write the changes to a locked incident; nothing is written when nothing differs."""
    if IncidentState(incident.state) in ENDED:
        raise AlreadyEnded
    columns = _columns(session, incident, changes, at)
    if not columns:
        return incident
    codes = {name: value for name, value in columns.items() if name in ("level", "category", "type", "subtype")}
    before = {f"{name}_before": getattr(incident, name) for name in codes}
    for name, value in columns.items():
        setattr(incident, name, value)
    incident.version += 1
    session.flush()
    if "position" in columns:
        session.refresh(incident, ["position"])
        follow_scene(session, incident, by=by, at=at)
    record.write(
        session,
        action,
        actor=by,
        at=at,
        subject_kind="incident",
        subject_id=incident.id,
        station_id=incident.station_id,
        fields=sorted(columns),
        **codes,
        **before,
        **detail,
    )
    feed.changed(session, "incident", incident.id, under=incident.id)
    # a helper reads what happened in his order
    changed_with_incident(session, incident.id)
    return incident


def _columns(session: Session, incident: Incident, changes: Edit, at: datetime) -> dict[str, Any]:
    """The columns that differ, with their new values."""
    given = changes.given()
    scenario_key = given.pop("scenario_key", None)
    if {"category", "type", "subtype"} & given.keys():
        category = given.setdefault("category", incident.category)
        type_ = given.setdefault("type", incident.type)
        same_type = (category, type_) == (incident.category, incident.type)
        subtype = given.setdefault("subtype", incident.subtype if same_type else None)
        kind = catalogue.find_kind(category, type_)
        if kind is None or (subtype is not None and catalogue.find_subtype(kind, subtype) is None):
            raise TypeUnknown
        if scenario_key is None and not same_type:
            found = scenarios.find_for(session, incident.station_id, category, type_, subtype, at=at)
            given["scenario_id"] = found.id
    if scenario_key is not None:
        given["scenario_id"] = scenarios.get_current(session, incident.station_id, scenario_key).id
    position = given.pop("position", None)
    caller = open_(incident)
    for name in ("summary", "address"):
        if name in given:
            given[name] = hide_in(given[name], caller)
    columns = {name: value for name, value in given.items() if value != getattr(incident, name)}
    if position is not None and position != Position.of(incident.position):
        columns["position"] = position.ewkt
    return columns


def set_level(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, level: int, reason: str, at: datetime
) -> Incident:
    """Raise or lower the level at once, whatever others edit meanwhile; raises NotFound, AlreadyEnded."""
    incident = repository.get_visible(session, incident_id, grant, lock=True)
    action = "incident.upgraded" if level < incident.level else "incident.downgraded"
    reason = hide_in(reason, open_(incident))
    return apply(session, incident, Edit(level=level), by=grant.actor, at=at, action=action, reason=reason)


def add_note(session: Session, *, grant: Grant, incident_id: uuid.UUID, text: str, at: datetime) -> IncidentNote:
    """A remark for those who work on it, also after the end; raises NotFound."""
    incident = repository.get_visible(session, incident_id, grant)
    assert grant.actor.account_id is not None
    note = repository.add_note(
        session,
        IncidentNote(
            id=new_id(),
            incident_id=incident.id,
            account_id=grant.actor.account_id,
            at=at,
            text=hide_in(text, open_(incident)),
        ),
    )
    record.write(
        session,
        "incident.noted",
        actor=grant.actor,
        at=at,
        subject_kind="incident",
        subject_id=incident.id,
        station_id=incident.station_id,
        note_id=str(note.id),
    )
    feed.changed(session, "incident", incident.id, under=incident.id)
    return note
