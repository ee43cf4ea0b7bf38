"""The incidents of a scope as cases, in a handful of queries per thousand."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from dispatch.accounts.model import Account
from dispatch.aid.names import name_at
from dispatch.closures.loading import load_facts
from dispatch.figures.cases import Asked, Case
from dispatch.figures.scope import Scope, Sort, TooManyIncidents
from dispatch.incidents.model import Incident
from dispatch.matching.model import Need, Recommendation
from dispatch.orders.model import Order
from dispatch.ratings.model import Rating
from dispatch.reviews.model import Review
from dispatch.scenarios.model import Scenario
from geo.responders.model import Responder
from kit.actor import Grant, Reach
from kit.reach import rows_within
from kit.tenancy import Organization, Station

MAX_INCIDENTS = 20_000
_CHUNK = 1_000

SORTS: dict[Sort, ColumnElement[bool]] = {
    Sort.REAL: and_(Incident.drill.is_(False), Incident.demo.is_(False)),
    Sort.DRILL: Incident.drill.is_(True),
    Sort.DEMO: and_(Incident.demo.is_(True), Incident.drill.is_(False)),
}


def _visible(grant: Grant) -> ColumnElement[bool]:
    def having(*whose: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(Order.incident_id == Incident.id, *whose)

    return rows_within(
        grant,
        own=having(Order.account_id == grant.actor.account_id),
        organization=having(Order.organization_id == grant.actor.organization_id),
        station=Incident.station_id,
        district=Incident.district_id,
    )


def _wanted(grant: Grant, scope: Scope) -> list[ColumnElement[bool]]:
    conditions = [
        _visible(grant),
        Incident.received_at >= scope.start,
        Incident.received_at < scope.end,
        SORTS[scope.sort],
    ]
    if scope.scenarios:
        conditions.append(Scenario.key.in_(scope.scenarios))
    narrowed = [
        column == id_
        for column, id_ in (
            (Order.organization_id, scope.organization_id),
            (Order.responder_id, scope.responder_id),
        )
        if id_ is not None
    ]
    if narrowed:
        conditions.append(exists().where(Order.incident_id == Incident.id, *narrowed))
    return conditions


def load_cases(session: Session, grant: Grant, scope: Scope) -> list[Case]:
    """In the order of reception. A company's are its own orders only. Raises TooManyIncidents."""
    taker = aliased(Account)
    query: Select[Any] = (
        select(
            Incident,
            Scenario.key,
            Scenario.name,
            Scenario.spec,
            Station.name.label("station"),
            taker.name.label("taker"),
        )
        .join(Scenario, Scenario.id == Incident.scenario_id)
        .join(Station, Station.id == Incident.station_id)
        .outerjoin(taker, taker.id == Incident.made_by)
        .where(*_wanted(grant, scope))
        .order_by(Incident.received_at, Incident.id)
        .limit(MAX_INCIDENTS + 1)
    )
    rows = session.execute(query).all()
    if len(rows) > MAX_INCIDENTS:
        raise TooManyIncidents
    cases: list[Case] = []
    for start in range(0, len(rows), _CHUNK):
        cases += _cases(session, grant, scope, rows[start : start + _CHUNK])
    return cases


def _cases(session: Session, grant: Grant, scope: Scope, rows: Sequence[Any]) -> list[Case]:
    facts = load_facts(session, [row.Incident for row in rows])
    ids = [row.Incident.id for row in rows]
    people = _people(session, grant, scope, ids)
    shortfalls = _shortfalls(session, ids)
    returned = _returned(session, ids)
    return [
        Case(
            id=row.Incident.id,
            station_id=row.Incident.station_id,
            station=row.station,
            received_at=row.Incident.received_at,
            state=row.Incident.state,
            scenario_key=row.key,
            scenario=row.name,
            wants_helpers=any(need.get("mode") == "offer" for need in row.spec.get("need", ())),
            taker_id=row.Incident.made_by,
            taker=row.taker,
            facts=facts[row.Incident.id],
            asked=tuple(
                Asked(facts=order, **people[order.id]) for order in facts[row.Incident.id].orders if order.id in people
            ),
            shortfall=shortfalls.get(row.Incident.id),
            returned=returned.get(row.Incident.id, 0),
        )
        for row in rows
    ]


def _people(session: Session, grant: Grant, scope: Scope, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Who got which order; those of others are left out where a company or a person is asked about."""
    query = (
        select(
            Order.id,
            Responder.kind,
            Order.responder_id,
            name_at(Order.station_id, grant).label("responder"),
            Order.organization_id,
            Organization.name.label("organization"),
            Rating.score,
            Rating.id.is_not(None).label("rated"),
        )
        .join(Responder, Responder.id == Order.responder_id)
        .join(Organization, Organization.id == Order.organization_id)
        .outerjoin(Rating, Rating.order_id == Order.id)
        .where(Order.incident_id.in_(ids))
    )
    if grant.reach is Reach.ORGANIZATION:
        query = query.where(Order.organization_id == grant.actor.organization_id)
    if grant.reach is Reach.OWN:
        query = query.where(Order.account_id == grant.actor.account_id)
    if scope.organization_id is not None:
        query = query.where(Order.organization_id == scope.organization_id)
    if scope.responder_id is not None:
        query = query.where(Order.responder_id == scope.responder_id)
    found = {}
    for row in session.execute(query):
        values = row._asdict()
        found[values.pop("id")] = values
    return found


def _shortfalls(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The weightiest reason of the last advice that found nobody among the helpers."""
    rows = session.execute(
        select(Recommendation.incident_id, Recommendation.result["shortfall"])
        .join(Need, Need.id == Recommendation.need_id)
        .where(
            Recommendation.incident_id.in_(ids),
            Need.mode == "offer",
            func.jsonb_array_length(Recommendation.result["chosen"]) == 0,
        )
        .order_by(Recommendation.made_at)
    )
    found: dict[uuid.UUID, str] = {}
    for incident_id, shortfall in rows:
        if shortfall:
            found[incident_id] = max(shortfall, key=lambda one: one["count"])["reason"]
    return found


def _returned(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = defaultdict(int)
    query = select(Review.incident_id).where(Review.incident_id.in_(ids), Review.decision == "returned")
    for incident_id in session.scalars(query):
        found[incident_id] += 1
    return found
