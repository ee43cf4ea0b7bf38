"""How an incident looks on the consoles of its station and on the phones of those who work on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import exists, or_, select, text
from sqlalchemy.orm import Session

from dispatch.accounts.model import Account
from dispatch.aid.model import Aid
from dispatch.aid.states import AidState
from dispatch.incidents import pictures, queries
from dispatch.incidents.model import Incident
from dispatch.incidents.repository import DONE_ORDER, OPEN_ORDER
from dispatch.incidents.views import as_json, helper_view, neighbour_view
from dispatch.orders.model import Order
from dispatch.scenarios.service import get_version
from kit.actor import Role
from kit.feed import Projection, account_audience, station_audience

ENTITY = "incident"


_CONCERNED = text(
    "SELECT o.incident_id, o.account_id, a.role, o.state FROM orders o JOIN accounts a ON a.id = o.account_id"
    " WHERE o.incident_id = ANY(:ids)"
)


def project(session: Session, ids: list[uuid.UUID]) -> Iterator[Projection]:
    """The station sees it until it ends, and one that helps as long as the aid is open; a helper while his order is
    open; an officer who has done his part, too."""
    pictured = pictures.list_pictures(session, ids)
    concerned = session.execute(_CONCERNED, {"ids": ids})
    people: dict[uuid.UUID, dict[tuple[uuid.UUID, Role], bool]] = {}
    for incident_id, account_id, role, state in concerned:
        shown = people.setdefault(incident_id, {})
        key = (account_id, Role(role))
        working = state in OPEN_ORDER or (role == Role.OFFICER and state in DONE_ORDER)
        shown[key] = shown.get(key, False) or working
    for incident, beside in pictured:
        # one audience is heard by dispatchers and leaders alike: it gets what the dispatcher may see
        view = queries.picture(session, incident, beside, role=Role.DISPATCHER)
        to_police = as_json(view) if incident.ended_at is None else None
        yield Projection(
            audience=station_audience(incident.station_id), entity=ENTITY, entity_id=incident.id, value=to_police
        )
        for station_id, is_open in beside.helping.items():
            shared = as_json(neighbour_view(view)) if is_open and incident.ended_at is None else None
            yield Projection(audience=station_audience(station_id), entity=ENTITY, entity_id=incident.id, value=shared)
        for (account_id, role), working in sorted(people.get(incident.id, {}).items()):
            value = None
            if working and role is Role.OFFICER:
                value = to_police
            elif working:
                scenario, duty_phone = get_version(session, incident.scenario_id), view.duty_phone
                value = as_json(helper_view(incident, scenario, duty_phone=duty_phone, role=role))
            yield Projection(audience=account_audience(account_id), entity=ENTITY, entity_id=incident.id, value=value)


def list_shown(session: Session, audience: str) -> list[uuid.UUID]:
    """The incidents on the screen of that audience."""
    kind, _, key = audience.partition(":")
    owner = uuid.UUID(key)
    if kind == "station":
        helps = exists().where(
            Aid.incident_id == Incident.id, Aid.helping_station_id == owner, Aid.state == AidState.ACTIVE
        )
        query = select(Incident.id).where(or_(Incident.station_id == owner, helps), Incident.ended_at.is_(None))
    else:
        role = session.execute(select(Account.role).where(Account.id == owner)).scalar_one_or_none()
        query = select(Incident.id).join(Order, Order.incident_id == Incident.id).where(Order.account_id == owner)
        if role == Role.OFFICER:
            query = query.where(Incident.ended_at.is_(None), Order.state.in_((*OPEN_ORDER, *DONE_ORDER)))
        else:
            query = query.where(Order.state.in_(OPEN_ORDER))
    return sorted(set(session.execute(query).scalars()))
