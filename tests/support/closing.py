"""Builders: an incident that has come as far as a test wants it, with its orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.incidents.model import Incident, IncidentMilestone
from dispatch.matching.model import Need
from dispatch.orders.model import Order, OrderMilestone
from dispatch.orders.states import OPEN
from dispatch.scenarios.model import Scenario
from kit.actor import Role
from kit.ids import new_id
from kit.tenancy import Station
from tests.support.people import START, Login, guard, make_organization, make_station, officer, point, staff

CHECKLIST = [{"key": "stayed", "text": "陪同至民警到场", "required": True}]


def after(minutes: float = 0, *, seconds: float = 0, hours: float = 0) -> datetime:
    """So long after START."""
    return START + timedelta(minutes=minutes, seconds=seconds, hours=hours)


def add_marks(session: Session, incident: Incident, **at: datetime | tuple[datetime, str]) -> None:
    """Milestones of the incident; a bare time is a measured one."""
    for name, value in at.items():
        when, how = value if isinstance(value, tuple) else (value, "measured")
        session.add(IncidentMilestone(incident_id=incident.id, round=incident.reopened, name=name, at=when, how=how))
    session.flush()


def make_incident(
    session: Session, station: Station, *, state: str = "received", received_at: datetime = START, **values: Any
) -> Incident:
    """An incident without orders; it has the milestone that it was received."""
    scenario = Scenario(
        id=new_id(),
        station_id=station.id,
        key=f"case-{new_id().hex[:8]}",
        version=1,
        name="迷途走失",
        spec={},
        current=True,
        made_at=START,
    )
    session.add(scenario)
    session.flush()
    incident = Incident(
        id=new_id(),
        district_id=station.district_id,
        station_id=station.id,
        number=f"T{new_id().hex[:12]}",
        source="manual",
        state=state,
        category="help",
        type="lost_person",
        level=3,
        scenario_id=scenario.id,
        summary="老人走失",
        address="剑川路 1 号（演示）",
        position=point(),
        received_at=received_at,
        **values,
    )
    session.add(incident)
    session.flush()
    add_marks(session, incident, received=received_at)
    return incident


def make_order(
    session: Session,
    incident: Incident,
    login: Login,
    *,
    state: str = "completed",
    marks: Mapping[str, datetime | tuple[datetime, str]] | None = None,
    offered_at: datetime = START,
    ended_at: datetime | None = None,
    **values: Any,
) -> Order:
    """An order of that person: a command for police, an offer for a helper."""
    responder = login.responder
    assert responder is not None
    mode = "command" if responder.kind == "patrol_unit" else "offer"
    need = Need(
        id=new_id(),
        incident_id=incident.id,
        kind=responder.kind,
        mode=mode,
        needed=1,
        accepted=1,
        alert_factor=1.0,
        radius_m=1000,
        receipt_s=20,
        accept_s=40,
        state="filled",
        opened_at=offered_at,
    )
    session.add(need)
    session.flush()
    if state not in OPEN and ended_at is None:
        ended_at = offered_at + timedelta(minutes=20)
    order = Order(
        id=new_id(),
        district_id=incident.district_id,
        station_id=incident.station_id,
        incident_id=incident.id,
        need_id=need.id,
        responder_id=responder.id,
        account_id=login.account.id,
        organization_id=responder.organization_id,
        mode=mode,
        state=state,
        instruction="请前往查找并陪同。",
        allowed_verbs=["guide"],
        target=point(),
        checklist=values.pop("checklist", CHECKLIST),
        offered_at=offered_at,
        ended_at=ended_at,
        **values,
    )
    session.add(order)
    session.flush()
    for name, value in (marks or {"offered": offered_at}).items():
        when, how = value if isinstance(value, tuple) else (value, "measured")
        session.add(OrderMilestone(order_id=order.id, name=name, at=when, how=how))
    session.flush()
    return order


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A handled incident: the officer still there, two guards done, nobody rated."""

    station: Station
    incident: Incident
    officer: Login
    guards: Sequence[Login]
    orders: Sequence[Order]
    police_order: Order
    leader: Login
    dispatcher: Login


def make_scene(
    session: Session,
    *,
    state: str = "arrived",
    guards: int = 2,
    still_there: int = 0,
    station: Station | None = None,
) -> Scene:
    """Call at START, police dispatched after 30 s and there after 4 min, guards before them; most have finished."""
    station = station or make_station(session)
    incident = make_incident(session, station, state=state)
    add_marks(session, incident, dispatched=after(seconds=30), arrived=after(4))
    if state in ("handled", "feedback"):
        add_marks(session, incident, handled=after(20))
    officer_login = officer(session, station)
    police_order = make_order(
        session,
        incident,
        officer_login,
        state="arrived",
        offered_at=after(seconds=30),
        marks={
            "offered": after(seconds=30),
            "received": after(seconds=32),
            "shown": after(seconds=35),
            "accepted": after(seconds=50),
            "en_route": after(1),
            "arrived": after(4),
        },
    )
    company = make_organization(session, station)
    logins = [guard(session, station, organization=company) for _ in range(guards)]
    orders = [
        make_order(
            session,
            incident,
            login,
            state="arrived" if n < still_there else "completed",
            offered_at=after(seconds=30),
            ended_at=None if n < still_there else after(18),
            marks={
                "offered": after(seconds=30),
                "received": after(seconds=31),
                "shown": after(seconds=33),
                "accepted": after(seconds=45),
                "en_route": (after(seconds=45), "inferred"),
                "arrived": after(3),
                **({} if n < still_there else {"completed": after(18)}),
            },
        )
        for n, login in enumerate(logins)
    ]
    return Scene(
        station=station,
        incident=incident,
        officer=officer_login,
        guards=logins,
        orders=orders,
        police_order=police_order,
        leader=staff(session, Role.LEADER, station),
        dispatcher=staff(session, Role.DISPATCHER, station),
    )
