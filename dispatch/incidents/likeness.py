"""Incidents that may tell of the same event, for whoever takes the call."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dispatch.incidents import repository
from dispatch.incidents.duplicates import PERIOD, RADIUS_M, Duplicate, Report, rank_duplicates
from dispatch.incidents.model import Incident
from dispatch.incidents.queries import show
from dispatch.incidents.views import IncidentView, is_neighbours
from geo.crs import Position
from geo.distance import metres_between
from geo.within import within
from kit.actor import Grant
from kit.errors import NotFound

MAX_DUPLICATES = 10
#: more calls than this of one half-hour and place are not compared
MAX_COMPARED = 50


@dataclass(frozen=True, kw_only=True)
class PossibleDuplicate:
    """Another incident that may be the same event."""

    incident: IncidentView
    score: float
    reasons: tuple[str, ...]
    distance_m: float
    apart_s: float


def list_duplicates(session: Session, *, grant: Grant, incident: Incident) -> list[PossibleDuplicate]:
    """Visible open incidents that may tell of the same event, the likeliest first.

    Raises NotFound for a neighbour's, whose calls are not open by mutual aid.
    """
    if is_neighbours(incident.station_id, grant.actor):
        raise NotFound
    here = Position.of(incident.position)
    near = within(Incident.position, here, RADIUS_M)
    index = incident.caller_phone_index
    query = (
        select(Incident)
        .where(
            repository.visible(grant),
            Incident.id != incident.id,
            # nor is one's own compared with what a neighbour has opened
            Incident.station_id == incident.station_id,
            Incident.ended_at.is_(None),
            Incident.received_at.between(incident.received_at - PERIOD, incident.received_at + PERIOD),
            near if index is None else or_(near, Incident.caller_phone_index == index),
        )
        .order_by(Incident.received_at.desc(), Incident.id)
        .limit(MAX_COMPARED)
    )
    reports = [
        Report(
            key=other,
            type=f"{other.category}.{other.type}",
            at=other.received_at,
            distance_m=metres_between(here, Position.of(other.position)),
            same_caller=index is not None and other.caller_phone_index == index,
        )
        for other in session.execute(query).scalars()
    ]
    found: list[Duplicate[Incident]] = rank_duplicates(
        type_=f"{incident.category}.{incident.type}", at=incident.received_at, others=reports
    )[:MAX_DUPLICATES]
    views = show(session, [each.key for each in found], role=grant.actor.role)
    return [
        PossibleDuplicate(
            incident=view,
            score=each.score,
            reasons=each.reasons,
            distance_m=each.distance_m,
            apart_s=each.apart_s,
        )
        for view, each in zip(views, found, strict=True)
    ]
