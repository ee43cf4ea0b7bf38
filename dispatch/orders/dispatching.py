"""Sending for an incident: commands to police and offers to helpers in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.incidents import repository as incidents
from dispatch.incidents import service as incident_service
from dispatch.incidents.hiding import hide_caller
from dispatch.incidents.model import Incident
from dispatch.incidents.states import WORKABLE, IncidentState
from dispatch.matching import service as matching
from dispatch.matching.labels import EXCLUSIONS
from dispatch.matching.model import Need
from dispatch.matching.values import Exclusion
from dispatch.orders import claiming, opening, repository
from dispatch.orders.errors import (
    IncidentNotWorkable,
    NoSuchNeed,
    ReasonRequired,
    ResponderTaken,
    ResponderUnfit,
)
from dispatch.orders.model import Order
from dispatch.orders.needs import make_needs, open_needs
from kit import feed, record
from kit.actor import Actor, Grant

#: what a dispatcher's word does not overcome: nobody can be told, or he is nobody's to send
_NEVER = frozenset({Exclusion.KIND, Exclusion.OFF_DUTY, Exclusion.CLOSED, Exclusion.NO_ACCOUNT})


def dispatch(
    session: Session,
    *,
    grant: Grant,
    incident_id: uuid.UUID,
    at: datetime,
    auto: bool = True,
    responder_ids: Sequence[uuid.UUID] = (),
    reason: str | None = None,
) -> list[Order]:
    """Ask whom the incident needs; the new orders. Safe to repeat: who is asked already is not asked again.

    ``responder_ids``: these and nobody else for their needs (``reason`` when the advice says otherwise);
    ``auto``: the machine's choice for the other needs. Raises NotFound, IncidentNotWorkable, ReasonRequired,
    ResponderTaken, ResponderUnfit, NoSuchNeed.
    """
    incident = lock_workable(session, incident_id, grant)
    needs = open_needs(session, incident, at=at)
    orders: list[Order] = []
    by_hand: set[uuid.UUID] = set()
    for responder_id in responder_ids:
        order = name(session, incident, needs, responder_id, by=grant.actor, at=at, reason=reason)
        orders.append(order)
        by_hand.add(order.need_id)
    if auto:
        left = [need for need in needs if need.id not in by_hand]
        for opened in opening.fill_all(session, incident, left, at=at, by=grant.actor):
            orders += opened.orders
    note_dispatch(session, incident, orders, by=grant.actor, at=at, held=True)
    feed.changed(session, "incident", incident.id, under=incident.id)
    return orders


def dispatch_new(session: Session, incident: Incident, *, by: Actor, at: datetime) -> list[Order]:
    """``dispatch`` for a call that this very transaction took: of that nobody else knows yet."""
    needs = make_needs(session, incident, at=at)
    orders = [
        order
        for opened in opening.fill_all(session, incident, needs, at=at, by=by, untouched=True)
        for order in opened.orders
    ]
    note_dispatch(session, incident, orders, by=by, at=at, held=True)
    return orders


def request_more(
    session: Session,
    *,
    grant: Grant,
    incident_id: uuid.UUID,
    kind: str,
    count: int,
    at: datetime,
    reason: str | None = None,
) -> list[Order]:
    """Whoever is there wants ``count`` more of ``kind``. Raises NotFound, IncidentNotWorkable, NoSuchNeed."""
    incident = lock_workable(session, incident_id, grant)
    reason = hide_caller(session, incident_id, reason)
    need = _need_of_kind(open_needs(session, incident, at=at), kind)
    raise_need(session, incident, need, by=count, actor=grant.actor, at=at, reason=reason)
    orders = opening.fill(session, incident, need, at=at, by=grant.actor).orders
    note_dispatch(session, incident, orders, by=grant.actor, at=at, held=True)
    feed.changed(session, "incident", incident.id, under=incident.id)
    return orders


def name(
    session: Session,
    incident: Incident,
    needs: Sequence[Need],
    responder_id: uuid.UUID,
    *,
    by: Actor,
    at: datetime,
    reason: str | None,
    replaces: Order | None = None,
) -> Order:
    """An order for the one whom a person named; a need that is full grows by one. The caller holds the needs."""
    reason = hide_caller(session, incident.id, reason)
    kind = claiming.find_kind(session, responder_id, incident, at=at)
    need = _need_of_kind(needs, kind)
    repository.lock_need(session, need.id)
    advice = matching.recommend(session, incident, need, at=at, made_by=by.account_id, also=(responder_id,))
    plan = advice.plan
    why_not = next((e.reason for e in plan.excluded if e.responder_id == responder_id), None)
    if why_not is Exclusion.ENGAGED:
        raise ResponderTaken(responder_id=str(responder_id))
    if why_not in _NEVER:
        raise ResponderUnfit(reason_label=EXCLUSIONS[why_not], responder_id=str(responder_id), reason=str(why_not))
    advised = any(scored.responder_id == responder_id for scored in plan.chosen)
    if not advised and not reason:
        raise ReasonRequired(
            reason_label=EXCLUSIONS[why_not] if why_not else "有更近或更合适的力量",
            responder_id=str(responder_id),
            reason=str(why_not) if why_not else "not_first",
        )
    if need.accepted >= need.needed:
        raise_need(session, incident, need, by=1, actor=by, at=at, reason=reason)
    scored = next((s for s in (*plan.chosen, *plan.reserves) if s.responder_id == responder_id), None)
    asking = opening.Asking(
        incident=incident, need=need, recommendation_id=advice.recommendation_id, at=at, by=by, replaces=replaces,
        reason=reason, people=advice.people,
    )  # fmt: skip
    orders = opening.ask(session, [(asking, [(responder_id, scored)], 1)])
    if not orders:
        raise ResponderTaken(responder_id=str(responder_id))
    (order,) = orders
    if not advised:
        record.write(
            session,
            "recommendation.overruled",
            actor=by,
            at=at,
            subject_kind="recommendation",
            subject_id=advice.recommendation_id,
            station_id=incident.station_id,
            reason=reason,
            incident_id=str(incident.id),
            order_id=str(order.id),
            excluded=str(why_not) if why_not else None,
        )
    return order


def raise_need(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    by: int,
    actor: Actor,
    at: datetime,
    reason: str | None,
) -> None:
    """``by`` more places."""
    need.needed += by
    if need.state == "filled":
        need.state = "open"
    session.flush()
    record.write(
        session,
        "need.raised",
        actor=actor,
        at=at,
        subject_kind="need",
        subject_id=need.id,
        station_id=incident.station_id,
        reason=reason,
        incident_id=str(incident.id),
        needed=need.needed,
    )


def note_dispatch(
    session: Session, incident: Incident, orders: Sequence[Order], *, by: Actor, at: datetime, held: bool = False
) -> None:
    """The first command to police dispatches the incident. ``held``: by the caller, who has read it since."""
    police = any(order.mode == "command" for order in orders)
    if police and incident.state == IncidentState.RECEIVED:
        incident_service.fire(session, incident, "dispatch", by=by, at=at, held=held)


def lock_workable(session: Session, incident_id: uuid.UUID, grant: Grant) -> Incident:
    """The incident, held; raises NotFound, IncidentNotWorkable."""
    incident = incidents.get_visible(session, incident_id, grant, lock=True)
    if incident.state not in WORKABLE:
        raise IncidentNotWorkable(state=incident.state)
    return incident


def lock_workable_of_order(session: Session, incident_id: uuid.UUID) -> Incident:
    """The incident of an order that one may control, held; raises IncidentNotWorkable."""
    incident = incidents.get_locked(session, incident_id)
    if incident.state not in WORKABLE:
        raise IncidentNotWorkable(state=incident.state)
    return incident


def _need_of_kind(needs: Sequence[Need], kind: str) -> Need:
    # of two needs of a kind the one that asks for less skill takes whoever is named
    fitting = sorted((n for n in needs if n.kind == kind), key=lambda n: (n.state == "filled", len(n.skills)))
    if not fitting:
        raise NoSuchNeed(kind=kind)
    return fitting[0]
