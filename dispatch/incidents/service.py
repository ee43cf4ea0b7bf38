"""What may be done with an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid import ending as aid_ending
from dispatch.escalation.alarms import take_up_with_incident
from dispatch.incidents import repository
from dispatch.incidents.hiding import hide_caller
from dispatch.incidents.model import Incident
from dispatch.incidents.states import ENDED, INCIDENT_STATES, PAST_TENSE, IncidentState, milestone_of
from dispatch.orders.projection import changed_with_incident
from kit import feed, record
from kit.actor import Actor


def fire(
    session: Session,
    incident: Incident,
    event: str,
    *,
    by: Actor,
    at: datetime,
    how: str = "measured",
    evidence: dict[str, Any] | None = None,
    reason: str | None = None,
    values: Mapping[str, Any] | None = None,
    written_at: datetime | None = None,
    held: bool = False,
    **detail: Any,
) -> Incident:
    """Change the state: the only way to do so. Raises TransitionRefused.

    The row is locked and read anew, so ``incident`` is current afterwards; ``held``: the caller has done so in this
    transaction, or made the row in it. ``at`` is when it happened,
    ``how`` one of measured, inferred, stated; a milestone of the present round that was passed before stays.
    ``values`` are columns that change together with the state; ``detail`` goes into the record (ids, codes).
    ``written_at``: now, where that is not when it happened. The record is in the order of writing.
    """
    if not held:
        incident = repository.get_locked(session, incident.id)
    reason = hide_caller(session, incident.id, reason)
    source = IncidentState(incident.state)
    target = INCIDENT_STATES.target(event, source, by=by.role)
    incident.state = target
    incident.version += 1
    if event == "reopen":
        incident.reopened += 1
    if target in ENDED:
        incident.ended_at = at
    else:
        incident.ended_at = None
    for column, value in (values or {}).items():
        setattr(incident, column, value)
    session.flush()
    milestone = milestone_of(event, target)
    if milestone is not None:
        repository.add_milestone(session, incident, milestone, at=at, how=how, evidence=evidence)
    record.write(
        session,
        PAST_TENSE[event],
        actor=by,
        at=written_at or at,
        subject_kind="incident",
        subject_id=incident.id,
        station_id=incident.station_id,
        reason=reason,
        source=str(source),
        target=str(target),
        how=how,
        **record.happened(at, written_at),
        **detail,
    )
    feed.changed(session, "incident", incident.id, under=incident.id)
    if target in ENDED:
        take_up_with_incident(session, incident.id, by=by, at=written_at or at)
        aid_ending.incident_over(session, incident.id, ended_at=at, at=written_at or at)
    if target in ENDED or event == "reopen":
        changed_with_incident(session, incident.id)
    return incident
