"""Lists and details of incidents, for screens."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.aid.rows import lent_by, narrow
from dispatch.incidents import pictures, repository
from dispatch.incidents.model import Incident, IncidentMilestone, IncidentNote
from dispatch.incidents.pictures import Beside
from dispatch.incidents.views import (
    HelperIncidentView,
    IncidentView,
    helper_view,
    is_neighbours,
    neighbour_view,
    room_view,
)
from dispatch.orders.labels import label_for
from dispatch.orders.lent import called
from dispatch.orders.model import Order
from dispatch.scenarios.service import get_version
from dispatch.tenancy.repository import list_duty_phones
from geo.responders.model import Responder
from kit.actor import HELPERS, Actor, Grant, Role
from kit.paging import After, Slice, next_after


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a list is narrowed to; None: not at all."""

    open: bool | None = None
    states: Collection[str] = ()
    levels: Collection[int] = ()
    categories: Collection[str] = ()
    types: Collection[str] = ()
    received_from: datetime | None = None
    received_to: datetime | None = None
    words: str | None = None
    drill: bool | None = None
    #: these and no others
    ids: Collection[uuid.UUID] | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """A remark with its author."""

    id: uuid.UUID
    account_id: uuid.UUID
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One order on the incident, in a line."""

    id: uuid.UUID
    responder_id: uuid.UUID
    responder_kind: str
    responder_name: str
    mode: str
    state: str
    label: str
    offered_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IncidentDetail:
    """One incident with all that belongs to it."""

    incident: IncidentView
    milestones: list[IncidentMilestone]
    notes: list[Note]
    orders: list[OrderLine]


def list_incidents(
    session: Session, *, grant: Grant, only: Filter, slice_: Slice
) -> tuple[list[IncidentView], After | None]:
    """The visible incidents that pass the filter, latest first, and where the next page starts."""
    query = select(Incident).where(repository.visible(narrow(session, grant)))
    if only.open is not None:
        query = query.where(Incident.ended_at.is_(None) if only.open else Incident.ended_at.is_not(None))
    for column, values in (
        (Incident.state, only.states),
        (Incident.level, only.levels),
        (Incident.category, only.categories),
        (func.concat(Incident.category, ".", Incident.type), only.types),
    ):
        if values:
            query = query.where(column.in_(values))
    if only.received_from is not None:
        query = query.where(Incident.received_at >= only.received_from)
    if only.received_to is not None:
        query = query.where(Incident.received_at < only.received_to)
    if only.ids is not None:
        query = query.where(Incident.id.in_(only.ids))
    if only.drill is not None:
        query = query.where(Incident.drill == only.drill)
    if only.words:
        found = (column.icontains(only.words, autoescape=True) for column in (Incident.address, Incident.summary))
        query = query.where(or_(Incident.number.startswith(only.words, autoescape=True), *found))
    query = slice_.newest_first(query, Incident.received_at, Incident.id)
    rows = list(session.execute(query).scalars())
    after = next_after(rows, limit=slice_.limit, at="received_at")
    return show_to(session, rows[: slice_.limit], grant.actor), after


def show(session: Session, incidents: Sequence[Incident], *, role: Role) -> list[IncidentView]:
    """The incidents as police of that role see them, in the order given."""
    if not incidents:
        return []
    beside = pictures.list_beside(session, [incident.id for incident in incidents])
    return [picture(session, incident, beside[incident.id], role=role) for incident in incidents]


def picture(session: Session, incident: Incident, beside: Beside, *, role: Role) -> IncidentView:
    """``show`` for one of which all has been read."""
    return room_view(incident, get_version(session, incident.scenario_id), beside, role=role)


def show_to(session: Session, incidents: Sequence[Incident], actor: Actor) -> list[IncidentView]:
    """``show``, and of a neighbour's incident that is open to the actor's command room only what it needs."""
    views = show(session, incidents, role=actor.role)
    return [neighbour_view(view) if is_neighbours(view.station_id, actor) else view for view in views]


def show_to_helpers(session: Session, incident: Incident, *, role: Role) -> HelperIncidentView:
    """The incident as a guard or keeper sees it while his order is open."""
    scenario = get_version(session, incident.scenario_id)
    duty_phone = list_duty_phones(session, [incident.station_id])[incident.station_id]
    return helper_view(incident, scenario, duty_phone=duty_phone, role=role)


def get_incident(session: Session, *, grant: Grant, incident_id: uuid.UUID) -> IncidentView | HelperIncidentView:
    """One incident as the asker may see it; raises NotFound."""
    incident = repository.get_visible(session, incident_id, grant)
    role = grant.actor.role
    if role in HELPERS:
        return show_to_helpers(session, incident, role=role)
    return show_to(session, [incident], grant.actor)[0]


def get_detail(
    session: Session, *, grant: Grant, incident_id: uuid.UUID
) -> tuple[IncidentView | HelperIncidentView, IncidentDetail | None]:
    """One incident; police get the rest of the file with it. Raises NotFound."""
    view = get_incident(session, grant=grant, incident_id=incident_id)
    if isinstance(view, HelperIncidentView):
        return view, None
    lent_only = is_neighbours(view.station_id, grant.actor)
    notes = session.execute(
        select(IncidentNote, Account.name)
        .join(Account, Account.id == IncidentNote.account_id)
        .where(IncidentNote.incident_id == incident_id)
        .order_by(IncidentNote.at, IncidentNote.id)
    )
    query = (
        select(Order, Responder)
        .join(Responder, Responder.id == Order.responder_id)
        .where(Order.incident_id == incident_id)
    )
    if lent_only:
        query = query.where(lent_by(grant.actor.station_id))
    orders = session.execute(query.order_by(Order.offered_at, Order.id))
    return view, IncidentDetail(
        incident=view,
        milestones=repository.list_milestones(session, incident_id),
        notes=[
            Note(id=note.id, account_id=note.account_id, author=author, at=note.at, text=note.text)
            for note, author in notes
            if not lent_only
        ],
        orders=[
            OrderLine(
                id=order.id,
                responder_id=order.responder_id,
                responder_kind=responder.kind,
                responder_name=called(
                    responder.name,
                    responder.kind,
                    (order.state,),
                    own_station_id=responder.station_id,
                    host_station_id=order.station_id,
                    role=grant.actor.role,
                    station_id=grant.actor.station_id,
                ),
                mode=order.mode,
                state=order.state,
                label=label_for(grant.actor.role, order.state, mode=order.mode),
                offered_at=order.offered_at,
                ended_at=order.ended_at,
            )
            for order, responder in orders
        ],
    )


def show_note(session: Session, note: IncidentNote) -> Note:
    """The remark with its author's name."""
    author = session.execute(select(Account.name).where(Account.id == note.account_id)).scalar_one()
    return Note(id=note.id, account_id=note.account_id, author=author, at=note.at, text=note.text)
