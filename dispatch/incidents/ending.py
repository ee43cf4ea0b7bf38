"""How an incident ends before or without closure, and how it begins anew."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from dispatch.incidents import repository
from dispatch.incidents.errors import AlarmFirst, NotMergeable
from dispatch.incidents.model import Incident
from dispatch.incidents.service import fire
from dispatch.incidents.states import ENDED, IncidentState
from dispatch.orders.ending import end_all
from dispatch.orders.states import OrderState
from kit import feed, record
from kit.actor import Grant
from kit.errors import StaleVersion


def cancel(session: Session, *, grant: Grant, incident_id: uuid.UUID, reason: str, at: datetime) -> Incident:
    """Nothing to do after all: every open order is called back. Raises NotFound, TransitionRefused."""
    incident = repository.get_visible(session, incident_id, grant, lock=True)
    incident = fire(session, incident, "cancel", by=grant.actor, at=at, reason=reason)
    end_all(session, incident.id, event="cancel", by=grant.actor, at=at, reason="incident_cancelled")
    return incident


def merge(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, into_id: uuid.UUID, reason: str | None, at: datetime
) -> Incident:
    """One event, called in twice: ``incident_id`` ends and points to ``into_id``, which goes on.

    Its open orders are stood down, since the other incident has its own; notes and caller stay with it.
    Raises NotFound, NotMergeable, TransitionRefused.
    """
    if incident_id == into_id:
        raise NotMergeable
    # locked in one order everywhere, so that two who merge crosswise do not wait for each other
    locked = {each: repository.get_visible(session, each, grant, lock=True) for each in sorted((incident_id, into_id))}
    incident, into = locked[incident_id], locked[into_id]
    if IncidentState(into.state) in ENDED or into.station_id != incident.station_id:
        raise NotMergeable
    incident = fire(
        session,
        incident,
        "merge",
        by=grant.actor,
        at=at,
        reason=reason,
        values={"merged_into_id": into.id},
        into_id=str(into.id),
    )
    end_all(session, incident.id, event="stand_down", by=grant.actor, at=at, reason="incident_merged")
    record.write(
        session,
        "incident.absorbed",
        actor=grant.actor,
        at=at,
        subject_kind="incident",
        subject_id=into.id,
        station_id=into.station_id,
        merged_id=str(incident.id),
    )
    feed.changed(session, "incident", into.id, under=into.id)
    return incident


def give_up(session: Session, *, grant: Grant, incident_id: uuid.UUID, reason: str, at: datetime) -> Incident:
    """Nobody can be sent, and a named person has acknowledged the alarm that said so.

    Raises NotFound, AlarmFirst, TransitionRefused.
    """
    incident = repository.get_visible(session, incident_id, grant, lock=True)
    if not repository.was_short(session, incident.id):
        raise AlarmFirst
    incident = fire(session, incident, "give_up", by=grant.actor, at=at, reason=reason)
    end_all(session, incident.id, event="stand_down", by=grant.actor, at=at, reason="incident_given_up")
    return incident


def reopen(
    session: Session, *, grant: Grant, incident_id: uuid.UUID, version: int, reason: str, at: datetime
) -> Incident:
    """A new round: milestones are passed again, orders are given anew.

    Raises NotFound, StaleVersion, TransitionRefused.
    """
    incident = repository.get_visible(session, incident_id, grant, lock=True)
    if incident.version != version:
        raise StaleVersion(version=incident.version)
    return fire(session, incident, "reopen", by=grant.actor, at=at, reason=reason)


def progress_by_hand(
    session: Session,
    *,
    grant: Grant,
    incident_id: uuid.UUID,
    event: Literal["dispatch", "arrive", "handle"],
    reason: str,
    at: datetime,
) -> Incident:
    """The command room enters what it heard over the radio; the milestone says that it was stated.

    Raises NotFound, TransitionRefused.
    """
    incident = repository.get_visible(session, incident_id, grant, lock=True)
    incident = fire(session, incident, event, by=grant.actor, at=at, how="stated", reason=reason)
    if event == "handle":
        end_all(
            session,
            incident.id,
            event="stand_down",
            by=grant.actor,
            at=at,
            reason="incident_handled",
            # whoever is there finishes by himself
            keep=(OrderState.ARRIVED,),
        )
    return incident
