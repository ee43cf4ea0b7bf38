"""How an incident looks to each audience: one shape for lists, details, snapshots and live events.

Values, already masked: the caller's number only as ``138****0001`` and only for police; of a confidential
caller for the leader alone, on request, never in the feed that a whole station hears.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dispatch.incidents import catalogue
from dispatch.incidents.caller import mask_for
from dispatch.incidents.labels import LABELS
from dispatch.incidents.model import Incident
from dispatch.incidents.pictures import Beside
from dispatch.incidents.states import IncidentState
from dispatch.scenarios.service import Version
from dispatch.scenarios.tasks import verbs_of_kind
from geo.crs import Position
from kit.actor import Actor, Role

#: a keeper is told where; what to look for only when he is asked to look
_LOOKING = frozenset({"look_for", "identify"})


@dataclass(frozen=True, kw_only=True)
class IncidentView:
    """For police: everything but the caller in clear."""

    id: uuid.UUID
    station_id: uuid.UUID
    number: str
    source: str
    state: str
    state_label: str
    category: str
    category_name: str
    type: str
    type_name: str
    subtype: str | None
    subtype_name: str | None
    level: int
    scenario_key: str
    scenario_name: str
    scenario_version: int
    summary: str
    address: str
    place_id: uuid.UUID | None
    position: Position
    confidential_caller: bool
    has_caller: bool
    caller_phone_mask: str | None
    duty_phone: str | None
    occurred_at: datetime | None
    received_at: datetime
    ended_at: datetime | None
    milestones: dict[str, datetime]
    last_note_at: datetime | None
    merged_into_id: uuid.UUID | None
    reopened: int
    drill: bool
    demo: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class HelperIncidentView:
    """For a guard or keeper while his order is open: what, where, how grave. Nothing of the caller."""

    id: uuid.UUID
    state: str
    state_label: str
    type_name: str
    level: int
    summary: str | None
    address: str
    position: Position
    duty_phone: str | None
    received_at: datetime
    drill: bool
    demo: bool
    version: int


def room_view(
    incident: Incident,
    scenario: Version,
    beside: Beside,
    *,
    role: Role,
) -> IncidentView:
    """What police of that role see."""
    label = LABELS[IncidentState(incident.state)]
    return IncidentView(
        id=incident.id,
        station_id=incident.station_id,
        number=incident.number,
        source=incident.source,
        state=incident.state,
        state_label=label.leader if role is Role.LEADER else label.room,
        category=incident.category,
        category_name=catalogue.category_name(incident.category),
        type=incident.type,
        type_name=catalogue.type_name(incident.category, incident.type),
        subtype=incident.subtype,
        subtype_name=catalogue.subtype_name(incident.category, incident.type, incident.subtype),
        level=incident.level,
        scenario_key=scenario.key,
        scenario_name=scenario.name,
        scenario_version=scenario.version,
        summary=incident.summary,
        address=incident.address,
        place_id=incident.place_id,
        position=Position.of(incident.position),
        confidential_caller=incident.confidential_caller,
        has_caller=incident.caller_phone_box is not None or incident.caller_name_box is not None,
        caller_phone_mask=mask_for(incident, role),
        duty_phone=beside.duty_phone,
        occurred_at=incident.occurred_at,
        received_at=incident.received_at,
        ended_at=incident.ended_at,
        milestones=beside.milestones,
        last_note_at=beside.last_note_at,
        merged_into_id=incident.merged_into_id,
        reopened=incident.reopened,
        drill=incident.drill,
        demo=incident.demo,
        version=incident.version,
    )


def is_neighbours(station_id: uuid.UUID, actor: Actor) -> bool:
    """Whether the actor's command room sees it by mutual aid only. An officer sees what he works on."""
    return actor.role in (Role.DISPATCHER, Role.LEADER) and station_id != actor.station_id


def neighbour_view(view: IncidentView) -> IncidentView:
    """What the command room of a station sees that helps with it: what and where, and nothing of the caller."""
    return replace(
        view, confidential_caller=False, has_caller=False, caller_phone_mask=None, last_note_at=None, occurred_at=None
    )


def helper_view(incident: Incident, scenario: Version, *, duty_phone: str | None, role: Role) -> HelperIncidentView:
    """What somebody sees who is asked to help."""
    return HelperIncidentView(
        id=incident.id,
        state=incident.state,
        state_label=LABELS[IncidentState(incident.state)].guard,
        type_name=catalogue.type_name(incident.category, incident.type),
        level=incident.level,
        summary=incident.summary if role is Role.GUARD or _keeper_looks(scenario) else None,
        address=incident.address,
        position=Position.of(incident.position),
        duty_phone=duty_phone,
        received_at=incident.received_at,
        drill=incident.drill,
        demo=incident.demo,
        version=incident.version,
    )


def _keeper_looks(scenario: Version) -> bool:
    return not _LOOKING.isdisjoint(verbs_of_kind(scenario.spec, "safe_house"))


def as_json(view: IncidentView | HelperIncidentView) -> dict[str, Any]:
    """The view as an event of the live feed carries it."""
    return {name: _json(value) for name, value in vars(view).items()}


def _json(value: Any) -> Any:
    if isinstance(value, Position):
        return {"lon": value.lon, "lat": value.lat, "crs": "wgs84"}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _json(each) for name, each in value.items()}
    return value
