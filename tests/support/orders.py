"""A station with its scenario, an incident and people around it, for tests of orders."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import dispatch.projections  # noqa: F401
from dispatch.access.table import Permission, grant
from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.matching.model import Need
from dispatch.orders.model import Order, OrderMilestone
from dispatch.scenarios.model import Scenario
from kit.actor import Grant, Role
from kit.ids import new_id
from kit.tenancy import Station
from notifications.outbox.model import Message
from tests.support.people import START, Login, east, guard, make_station, officer, point, staff


def a_need(kind: str = "guard", needed: int = 1, **values: Any) -> dict[str, Any]:
    """A need as scenarios write it; police are commanded, others asked."""
    police = kind == "patrol_unit"
    return {
        "kind": kind,
        "mode": "command" if police else "offer",
        "needed": needed,
        "skills": [],
        "alert_factor": 1.0,
        "radius_m": 5000 if police else 600,
        "receipt_s": 10,
        "accept_s": 30,
        # never sure enough: as many as the factor allows
        "target_chance": 1.0,
        **values,
    }


def a_spec(*needs: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A scenario's content."""
    return {
        "need": list(needs) or [a_need("patrol_unit"), a_need()],
        "instruction": "请到现场协助警戒，劝离围观人员，等候民警到场。",
        "allowed_verbs": ["cordon", "observe"],
        "checklist": [],
        "photo_required": False,
        "stand_off_m": 0,
        "match": {"categories": [], "types": []},
        **values,
    }


def make_incident(session: Session, station: Station, spec: dict[str, Any], *, at: datetime = START) -> Incident:
    scenario = Scenario(
        id=new_id(), station_id=station.id, key=new_id().hex, version=1, name="测试场景", spec=spec, current=True,
        made_at=at,
    )  # fmt: skip
    session.add(scenario)
    session.flush()
    incident = Incident(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        number=new_id().hex,
        source="manual",
        category="public_order",
        type="fight",
        level=2,
        scenario_id=scenario.id,
        summary="两人在路口打架",
        address="剑川路路口",
        position=point(),
        received_at=at,
    )
    session.add(incident)
    session.flush()
    session.add(IncidentMilestone(incident_id=incident.id, round=0, name="received", at=at, how="measured"))
    session.flush()
    return incident


@dataclass
class Scene:
    """An incident at the centre of the town, guards east of it (the first is nearest), a patrol car, a dispatcher."""

    session: Session
    station: Station
    incident: Incident
    dispatcher: Login
    police: list[Login] = field(default_factory=list)
    guards: list[Login] = field(default_factory=list)

    def grant(self, login: Login, permission: Permission = Permission.ORDER_PROGRESS) -> Grant:
        return grant(login.actor, permission)

    @property
    def room(self) -> Grant:
        return grant(self.dispatcher.actor, Permission.ORDER_OFFER)

    @property
    def control(self) -> Grant:
        return grant(self.dispatcher.actor, Permission.ORDER_CONTROL)

    def orders(self, login: Login) -> list[Order]:
        return orders_of(self.session, login)

    def order(self, login: Login) -> Order:
        (only,) = self.orders(login)
        return only

    def needs(self, kind: str = "guard") -> Need:
        query = select(Need).where(Need.incident_id == self.incident.id, Need.kind == kind)
        return self.session.scalars(query, execution_options={"populate_existing": True}).one()

    def states(self) -> dict[str, str]:
        """State of the newest order by person: g0, g1, … and p0, p1, …"""
        people = {f"g{n}": g for n, g in enumerate(self.guards)} | {f"p{n}": p for n, p in enumerate(self.police)}
        return {name: found[-1].state for name, login in people.items() if (found := self.orders(login))}


def orders_of(session: Session, login: Login) -> list[Order]:
    query = select(Order).where(Order.account_id == login.account.id).order_by(Order.offered_at, Order.id)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def milestones(session: Session, order_id: uuid.UUID) -> dict[str, tuple[datetime, str]]:
    rows = session.scalars(select(OrderMilestone).where(OrderMilestone.order_id == order_id))
    return {row.name: (row.at, row.how) for row in rows}


def told(session: Session, login: Login) -> list[str]:
    """Kinds of the messages that stand for that person, oldest first."""
    query = (
        select(Message.kind)
        .where(Message.account_id == login.account.id, Message.recalled_at.is_(None))
        .order_by(Message.created_at, Message.id)
    )
    return list(session.scalars(query))


def make_scene(
    session: Session,
    *needs: dict[str, Any],
    guards: int = 2,
    police: int = 1,
    step_m: float = 50,
    at: datetime = START,
    **spec: Any,
) -> Scene:
    station = make_station(session)
    scene = Scene(
        session=session,
        station=station,
        incident=make_incident(session, station, a_spec(*needs, **spec), at=at),
        dispatcher=staff(session, Role.DISPATCHER, station, at=at),
        guards=[guard(session, station, lon=east(100 + step_m * n), at=at) for n in range(guards)],
        police=[officer(session, station, lon=east(-500 - step_m * n), at=at) for n in range(police)],
    )
    session.flush()
    return scene
