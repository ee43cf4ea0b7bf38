"""How an order looks: to the consoles of its station, and to the person who got it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Row, Uuid, and_, any_, bindparam, literal_column, or_, select
from sqlalchemy.orm import Session

from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.chats import projection as chats
from dispatch.incidents import catalogue
from dispatch.incidents.model import Incident
from dispatch.matching.labels import BASIS
from dispatch.orders.labels import label_for
from dispatch.orders.lent import is_hidden, without_person, without_place
from dispatch.orders.model import Order
from dispatch.orders.states import OPEN
from dispatch.scenarios.verbs import VERBS
from geo.crs import Position
from geo.responders.model import Responder
from kit import feed
from kit.actor import Role
from kit.feed import Projection, account_audience, station_audience
from kit.tenancy import Station

ENTITY = "order"
#: all orders of an incident, whoever opened one of them meanwhile
ALL_OF_INCIDENT = "orders_of_incident"


def project(session: Session, ids: list[uuid.UUID]) -> Iterable[Projection]:
    """The station sees every order of an incident that goes on, one that helps those of its own people; a helper the
    open ones of his own."""
    rows = fetch(session, ids)
    for row in rows:
        order = row.Order
        on_console = row.incident_ended_at is None or order.state in OPEN
        room = view_for_room(row)
        hidden = is_hidden(
            order.state, lent_by=row.helping_station_id, role=Role.DISPATCHER, station_id=order.station_id
        )
        yield Projection(
            audience=station_audience(order.station_id),
            entity=ENTITY,
            entity_id=order.id,
            value=None if not on_console else without_person(room, row.kind) if hidden else room,
        )
        if row.helping_station_id is not None:
            shared = row.aid_state == AidState.ACTIVE
            to_lender = on_console if shared else order.state in OPEN
            yield Projection(
                audience=station_audience(row.helping_station_id),
                entity=ENTITY,
                entity_id=order.id,
                value=None if not to_lender else room if shared else without_place(room),
            )
        yield Projection(
            audience=account_audience(order.account_id),
            entity=ENTITY,
            entity_id=order.id,
            value=view_for_helper(row) if order.state in OPEN else None,
        )


def project_all(session: Session, incident_ids: list[uuid.UUID]) -> Iterable[Projection]:
    """``project`` for every order of these incidents."""
    return project(session, list(session.scalars(select(Order.id).where(Order.incident_id.in_(incident_ids)))))


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """Ids of the orders on the screen of ``audience``."""
    kind, _, owner = audience.partition(":")
    query = select(Order.id).order_by(Order.offered_at, Order.id)
    if kind == "account":
        query = query.where(Order.account_id == uuid.UUID(owner), Order.state.in_(OPEN))
    elif kind == "station":
        mine, goes_on = uuid.UUID(owner), Incident.ended_at.is_(None)
        shared = and_(
            Aid.helping_station_id == mine, or_(Order.state.in_(OPEN), and_(Aid.state == AidState.ACTIVE, goes_on))
        )
        query = query.join(Incident, Incident.id == Order.incident_id).outerjoin(Aid, Aid.id == Order.aid_id)
        query = query.where(or_(and_(Order.station_id == mine, or_(Order.state.in_(OPEN), goes_on)), shared))
    else:
        return []
    return list(session.scalars(query))


def changed_with_incident(session: Session, incident_id: uuid.UUID) -> None:
    """The incident ended or began again: its orders leave the consoles or come back. For dispatch.incidents."""
    feed.changed(session, ALL_OF_INCIDENT, incident_id, under=incident_id)
    chats.changed_with_orders(session, [incident_id])


def view_for_room(row: Row[Any]) -> dict[str, Any]:
    """JSON of an order as the command room sees it, from a row of ``fetch``."""
    order = row.Order
    return {
        **_common(row),
        "label": label_for(Role.DISPATCHER, order.state),
        "need_id": str(order.need_id),
        "organization_id": str(order.organization_id),
        "responder": {
            "id": str(order.responder_id),
            "kind": row.kind,
            "name": row.name,
            "call_sign": row.call_sign,
        },
        "score": order.score,
        "replaces_id": str(order.replaces_id) if order.replaces_id else None,
        "reason": order.reason,
    }


def view_for_helper(row: Row[Any]) -> dict[str, Any]:
    """JSON of an order as the person who got it sees it: what and where, nothing of the caller."""
    order = row.Order
    return {
        **_common(row),
        "label": label_for(Role.GUARD, order.state, mode=order.mode),
        "instruction": order.instruction,
        "allowed_verbs": list(order.allowed_verbs),
        "verb_names": [VERBS.get(verb, verb) for verb in order.allowed_verbs],
        "checklist": order.checklist,
        "photo_required": order.photo_required,
        "incident": {
            "id": str(order.incident_id),
            "number": row.number,
            "category": row.category,
            "type": row.type,
            "subtype": row.subtype,
            "type_name": catalogue.type_name(row.category, row.type),
            "subtype_name": catalogue.subtype_name(row.category, row.type, row.subtype),
            "level": row.level,
            "summary": row.summary,
            "address": row.address,
            "position": _point(Position.of(row.position)),
            "drill": row.drill,
            "demo": row.demo,
        },
    }


def _common(row: Row[Any]) -> dict[str, Any]:
    order = row.Order
    passed = zip(row.passed_name, row.passed_at, row.passed_how, strict=True)
    return {
        "id": str(order.id),
        "incident_id": str(order.incident_id),
        "mode": order.mode,
        "state": order.state,
        "forced": order.forced,
        "target": _point(Position.of(order.target)),
        "stand_off_m": order.stand_off_m,
        "duty_phone": row.duty_phone,
        "way": _way(order),
        "withdraw_first": _stands_too_near(order),
        "offered_at": order.offered_at.isoformat(),
        "accept_due_at": _instant(order.accept_due_at),
        "ended_at": _instant(order.ended_at),
        "milestones": {name: {"at": at.isoformat(), "how": how} for name, at, how in passed},
        "version": order.version,
    }


def _way(order: Order) -> dict[str, Any] | None:
    """The way to the scene as the recommendation had it at the offer; None for one named off the list."""
    score = order.score
    if not score:
        return None
    return {
        "distance_m": score["travel_m"],
        "straight_m": score["distance_m"],
        "travel_s": score["parts"]["travel_s"],
        "eta_s": score["eta_s"],
        "basis": score["basis"],
        "basis_label": BASIS.get(score["basis"], score["basis"]),
        "as_of": order.offered_at.isoformat(),
    }


def _stands_too_near(order: Order) -> bool:
    """He was inside the stand-off circle as he was asked: his point is one to withdraw to."""
    return bool(order.score) and order.score["distance_m"] < order.stand_off_m


def _point(position: Position) -> dict[str, Any]:
    return {"lon": position.lon, "lat": position.lat, "crs": "wgs84"}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


_FETCH = (
    select(
        Order,
        *(getattr(Incident, name) for name in ("number", "category", "type", "subtype", "level", "summary", "address")),
        *(getattr(Incident, name) for name in ("position", "drill", "demo")),
        Incident.ended_at.label("incident_ended_at"),
        *(getattr(Responder, name) for name in ("kind", "name", "call_sign")),
        Station.duty_phone,
        Aid.helping_station_id,
        Aid.state.label("aid_state"),
        Aid.ends_at,
        *(
            literal_column(
                f"ARRAY(SELECT m.{column} FROM order_milestones m WHERE m.order_id = orders.id ORDER BY m.at, m.name)"
            ).label(f"passed_{column}")
            for column in ("name", "at", "how")
        ),
    )
    .join(Incident, Incident.id == Order.incident_id)
    .join(Responder, Responder.id == Order.responder_id)
    .join(Station, Station.id == Order.station_id)
    .outerjoin(Aid, Aid.id == Order.aid_id)
    .where(Order.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(Order.id)
)


def fetch(session: Session, ids: list[uuid.UUID]) -> list[Row[Any]]:
    """Orders (``Order``) with what is shown of their incidents (under the incident's own names, and
    ``incident_ended_at``) and responders (kind, name, call_sign), the number of the command room that sends, by which
    station's aid the responder came, and the milestones (``passed_name``, ``passed_at``, ``passed_how``)."""
    # a row made in this transaction still carries its point as it was given
    return list(session.execute(_FETCH, {"ids": ids}, execution_options={"populate_existing": True}))
