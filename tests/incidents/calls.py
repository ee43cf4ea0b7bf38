"""Builders: calls and incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401  (how changed entities look on screens)
from dispatch.access.table import Permission, grant
from dispatch.incidents.model import Incident
from dispatch.incidents.reception import NewIncident, receive
from dispatch.incidents.states import ENDED, IncidentState
from dispatch.scenarios import repository as scenario_rows
from dispatch.scenarios.service import seed_defaults
from geo.crs import Position
from kit.actor import SYSTEM, Actor
from kit.ids import new_id
from kit.tenancy import Station
from tests.support.people import LAT, LON, START, east, point

AT_TOWN = Position(LON, LAT)


def metres_east(metres: float) -> Position:
    return Position(east(metres), LAT)


def new_call(station: Station, **values: Any) -> NewIncident:
    """A lost child at the town's centre."""
    given: dict[str, Any] = {
        "source": "manual",
        "category": "help",
        "type": "lost_person",
        "summary": "一名七岁男童在剑川路龙吴路口与家人走散，身穿黄色外套、背蓝色书包。",
        "address": "剑川路龙吴路口",
        "position": AT_TOWN,
        "station_id": station.id,
        **values,
    }
    return NewIncident(**given)


def call_in(session: Session, station: Station, *, at: datetime = START, by: Actor = SYSTEM, **values: Any) -> Incident:
    """An incident as the service opens it."""
    return receive(session, new=new_call(station, **values), grant=grant(by, Permission.INCIDENT_CREATE), at=at)


def make_incident(session: Session, station: Station, *, state: str = "received", **values: Any) -> Incident:
    """A bare row in any state, past the service."""
    seed_defaults(session, station.id, START)
    scenario = scenario_rows.find_current(session, station.id, "other")
    assert scenario is not None
    merged_into = make_incident(session, station).id if state == "merged" else None
    incident = Incident(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        number=new_id().hex[:16],
        source="manual",
        state=state,
        category="help",
        type="other",
        level=3,
        scenario_id=scenario.id,
        summary="测试警情",
        address="剑川路 100 号",
        position=values.pop("position", point()),
        received_at=values.pop("received_at", START),
        ended_at=START if IncidentState(state) in ENDED else None,
        merged_into_id=merged_into,
        **values,
    )
    session.add(incident)
    session.flush()
    session.refresh(incident)
    return incident
