"""How mutual aid looks to each of the two stations: before the grant nothing of the incident but its kind and level."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid import repository
from dispatch.aid.labels import CONSENTS, END_REASONS, LABELS, TIERS
from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.incidents import catalogue
from dispatch.incidents.model import Incident
from kit.actor import Role


def view(
    aid: Aid, incident: Incident, names: Mapping[uuid.UUID, str], *, station_id: uuid.UUID | None, leader: bool = False
) -> dict[str, Any]:
    """JSON of an aid as ``station_id`` reads it (None: the district)."""
    asking, helping, deciding = LABELS[AidState(aid.state)]
    label = deciding if leader or station_id is None else asking if station_id == aid.requesting_station_id else helping
    return {
        "id": str(aid.id),
        "state": aid.state,
        "label": label,
        "tier": aid.tier,
        "tier_label": TIERS[aid.tier],
        "kinds": list(aid.kinds),
        "max_people": aid.max_people,
        "incident_id": str(aid.incident_id),
        "category": incident.category,
        "type": incident.type,
        "type_name": catalogue.type_name(incident.category, incident.type),
        "level": incident.level,
        "requesting_station": _station(aid.requesting_station_id, names),
        "helping_station": _station(aid.helping_station_id, names),
        "reason": aid.reason,
        "automatic": aid.automatic,
        "requested_at": aid.requested_at.isoformat(),
        "consent_due_at": aid.consent_due_at.isoformat(),
        "approved_a": _consent(aid.approved_a_how, aid.approved_a_at),
        "approved_b": _consent(aid.approved_b_how, aid.approved_b_at),
        "force_proposed": aid.forced_first_by is not None,
        "starts_at": _instant(aid.starts_at),
        "ends_at": _instant(aid.ends_at),
        "ended_at": _instant(aid.ended_at),
        "end_reason": END_REASONS.get(aid.end_reason, aid.end_reason) if aid.end_reason else None,
        "drill": incident.drill,
        "demo": incident.demo,
        "version": aid.version,
    }


def show(
    session: Session, aids: Sequence[Aid], *, station_id: uuid.UUID | None, role: Role = Role.DISPATCHER
) -> list[dict[str, Any]]:
    """JSON of each, in the order given."""
    session.flush()
    stations = {id_ for aid in aids for id_ in (aid.requesting_station_id, aid.helping_station_id)}
    names = repository.names_of(session, stations)
    return [
        view(
            aid,
            repository.get_incident(session, aid.incident_id),
            names,
            station_id=station_id,
            leader=role is Role.LEADER,
        )
        for aid in aids
    ]


def _station(station_id: uuid.UUID, names: Mapping[uuid.UUID, str]) -> dict[str, str]:
    return {"id": str(station_id), "name": names[station_id]}


def _consent(how: str | None, at: datetime | None) -> dict[str, str] | None:
    if how is None or at is None:
        return None
    return {"how": how, "label": CONSENTS[how], "at": at.isoformat()}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
