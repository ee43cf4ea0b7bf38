"""Builders: calls and incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401  (how changed entities look on screens)
from dispatch.access.table import Permission, grant
from dispatch.incidents.model import Incident
from dispatch.incidents.reception import NewIncident, receive
from dispatch.incidents.repository import OPEN_ORDER
from dispatch.incidents.states import ENDED, IncidentState
from dispatch.matching.model import Need
from dispatch.orders.model import Order
from dispatch.scenarios import repository as scenario_rows
from dispatch.scenarios.service import seed_defaults
from geo.crs import Position
from kit.actor import SYSTEM, Actor
from kit.ids import new_id
from kit.tenancy import Station
from tests.support.people import LAT, LON, START, Login, east, point

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
        level=values.pop("level", 3),
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


def give_order(session: Session, incident: Incident, login: Login, *, state: str = "offered") -> Order:
    """A bare order on the incident for somebody, past the service."""
    assert login.responder is not None
    police = login.responder.kind == "patrol_unit"
    need = Need(
        id=new_id(),
        incident_id=incident.id,
        kind=login.responder.kind,
        mode="command" if police else "offer",
        needed=1,
        alert_factor=1.0,
        radius_m=500,
        receipt_s=20,
        accept_s=40,
        opened_at=START,
    )
    session.add(need)
    session.flush()
    order = Order(
        id=new_id(),
        district_id=incident.district_id,
        station_id=incident.station_id,
        incident_id=incident.id,
        need_id=need.id,
        responder_id=login.responder.id,
        account_id=login.account.id,
        organization_id=login.responder.organization_id,
        mode=need.mode,
        state=state,
        instruction="请到场协助",
        allowed_verbs=["observe"],
        target=point(),
        offered_at=START,
        ended_at=None if state in OPEN_ORDER else START,
    )
    session.add(order)
    session.flush()
    return order


def draw(session: Session, station: Station, west_m: float, east_m: float) -> None:
    """A jurisdiction from ``west_m`` to ``east_m`` of the town's centre, a kilometre high."""
    ring = [(east(west_m), LAT - 0.005), (east(east_m), LAT - 0.005), (east(east_m), LAT + 0.005),
            (east(west_m), LAT + 0.005), (east(west_m), LAT - 0.005)]  # fmt: skip
    outline = ", ".join(f"{lon!r} {lat!r}" for lon, lat in ring)
    session.execute(
        text(
            "INSERT INTO areas (id, district_id, station_id, kind, name, outline) VALUES (gen_random_uuid(),"
            " :district, :station, 'jurisdiction', '辖区', ST_GeomFromEWKT(:outline))"
        ),
        {
            "district": station.district_id,
            "station": station.id,
            "outline": f"SRID=4326;MULTIPOLYGON((({outline})))",
        },
    )
