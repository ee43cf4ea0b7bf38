"""Opening needs and orders: who is asked is the matcher's advice or a dispatcher's word."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.escalation.alarms import raise_alarm
from dispatch.incidents.model import Incident
from dispatch.matching import service as matching
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.values import Plan, Scored
from dispatch.orders import claiming, repository, telling
from dispatch.orders.firing import ENTITY
from dispatch.orders.model import Order
from dispatch.scenarios.service import get_spec
from dispatch.scenarios.spec import NeedSpec, ScenarioSpec
from geo.crs import Position
from geo.standoff import stand_off_points
from kit import feed, record
from kit.actor import Actor
from kit.ids import new_id

WIDEN_BY = 2
MAX_RADIUS_M = 50_000
#: while places stay empty, somebody may come on duty or be free again
LOOK_AGAIN = timedelta(seconds=30)


@dataclass
class Opened:
    """Orders that were opened for a need, and how many places nobody could be asked for."""

    orders: list[Order] = field(default_factory=list)
    short_of: int = 0


def open_needs(session: Session, incident: Incident, *, at: datetime) -> list[Need]:
    """The needs of this round, commands first; made from the scenario once. The caller holds the incident."""
    present = [need for need in repository.lock_needs(session, incident.id) if need.state != "closed"]
    if not present:
        spec = get_spec(session, incident.scenario_id)
        present = [_need(incident, wanted, at) for wanted in spec.need]
        repository.add_needs(session, present)
    return sorted(present, key=lambda need: (need.mode != "command", need.kind, need.skills, str(need.id)))


def fill(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    at: datetime,
    by: Actor,
    replaces: Order | None = None,
) -> Opened:
    """Ask the next ones; when nobody is left widen once, then alarm. The caller holds the need's lock."""
    opened = Opened()
    if need.state not in ("open", "short"):
        return opened
    plan = _ask_as_advised(session, incident, need, opened, at=at, by=by, replaces=replaces)
    if opened.short_of > 0 and not need.widened:
        _widen(session, need)
        plan = _ask_as_advised(session, incident, need, opened, at=at, by=by, replaces=replaces)
    if opened.short_of > 0:
        _run_short(session, incident, need, plan, opened.short_of, at=at)
    else:
        need.state, need.retry_at = "open", None
    session.flush()
    return opened


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What the orders of one asking have in common."""

    incident: Incident
    need: Need
    recommendation: Recommendation
    at: datetime
    by: Actor
    replaces: Order | None = None
    reason: str | None = None


def ask(
    session: Session, asking: Asking, wanted: Sequence[tuple[uuid.UUID, Scored | None]], *, count: int
) -> list[Order]:
    """Orders for the first ``count`` of ``wanted`` (responder, his score); who got another one meanwhile is left out.

    The caller holds the need.
    """
    spec = get_spec(session, asking.incident.scenario_id)
    orders: list[Order] = []
    while wanted and len(orders) < count:
        missing = count - len(orders)
        orders += claiming.claim(session, _orders_for(session, asking, spec, wanted[:missing]))
        wanted = wanted[missing:]
    if orders:
        _tell_of(session, asking, orders)
    return orders


def _orders_for(
    session: Session, asking: Asking, spec: ScenarioSpec, wanted: Sequence[tuple[uuid.UUID, Scored | None]]
) -> list[dict[str, Any]]:
    incident, need, at = asking.incident, asking.need, asking.at
    civilian = need.mode == "offer"
    stand_off_m = spec.stand_off_m if civilian else 0
    found = claiming.list_who(session, [responder_id for responder_id, _ in wanted])
    people = [(found[id_], scored) for id_, scored in wanted if id_ in found and found[id_].account_id is not None]
    targets = stand_off_points(
        session,
        scene=Position.of(incident.position),
        helpers=[Position(who.lon, who.lat) if who.lon is not None else None for who, _ in people],
        stand_off_m=stand_off_m,
    )
    return [
        {
            "id": new_id(),
            "district_id": incident.district_id,
            "station_id": incident.station_id,
            "incident_id": incident.id,
            "need_id": need.id,
            "responder_id": who.id,
            "account_id": who.account_id,
            "organization_id": who.organization_id,
            "mode": need.mode,
            "state": "offered",
            "recommendation_id": asking.recommendation.id,
            "score": asdict(scored) | {"responder_id": str(who.id)} if scored is not None else {},
            "replaces_id": asking.replaces.id if asking.replaces is not None else None,
            "forced": False,
            "instruction": _instruction(spec, need),
            "allowed_verbs": list(spec.allowed_verbs) if civilian else [],
            "target": target.ewkt,
            "stand_off_m": stand_off_m,
            "checklist": [item.model_dump(mode="json") for item in spec.checklist] if civilian else [],
            "photo_required": spec.photo_required and civilian,
            "offered_at": at,
            "receipt_due_at": at + timedelta(seconds=need.receipt_s),
            "accept_due_at": at + timedelta(seconds=need.accept_s),
            "reminders": 0,
            "version": 1,
        }
        for (who, scored), target in zip(people, targets, strict=True)
    ]


def _tell_of(session: Session, asking: Asking, orders: Sequence[Order]) -> None:
    for order in orders:
        record.write(
            session,
            "order.offered",
            actor=asking.by,
            at=asking.at,
            subject_kind=ENTITY,
            subject_id=order.id,
            station_id=order.station_id,
            reason=asking.reason,
            mode=order.mode,
            incident_id=str(order.incident_id),
            responder_id=str(order.responder_id),
            recommendation_id=str(order.recommendation_id),
            replaces_id=str(order.replaces_id) if order.replaces_id is not None else None,
        )
        feed.changed(session, ENTITY, order.id)
    evidence = {"mode": asking.need.mode}
    repository.add_milestones(session, [(o.id, "offered", asking.at, "measured", evidence) for o in orders])
    telling.ask(session, orders, at=asking.at)
    # with his order the incident comes to his screen
    feed.changed(session, "incident", asking.incident.id)


def _ask_as_advised(
    session: Session,
    incident: Incident,
    need: Need,
    opened: Opened,
    *,
    at: datetime,
    by: Actor,
    replaces: Order | None,
) -> Plan:
    recommendation = matching.recommend(session, incident, need, at=at, made_by=by.account_id)
    plan = matching.plan_of(recommendation)
    asking = Asking(incident=incident, need=need, recommendation=recommendation, at=at, by=by, replaces=replaces)
    wanted = [(scored.responder_id, scored) for scored in (*plan.chosen, *plan.reserves)]
    opened.orders += ask(session, asking, wanted, count=plan.ask)
    opened.short_of = max(0, need.needed - need.accepted - repository.count_unanswered(session, need.id))
    return plan


def _widen(session: Session, need: Need) -> None:
    need.radius_m = min(MAX_RADIUS_M, need.radius_m * WIDEN_BY)
    need.widened = True
    session.flush()


def _run_short(session: Session, incident: Incident, need: Need, plan: Plan, short_of: int, *, at: datetime) -> None:
    need.retry_at = at + LOOK_AGAIN
    if need.state == "short":
        return
    need.state = "short"
    raise_alarm(
        session,
        station_id=incident.station_id,
        incident_id=incident.id,
        kind="police_short" if need.mode == "command" else "helpers_short",
        at=at,
        detail={
            "need_id": str(need.id),
            "kind": need.kind,
            "short_of": short_of,
            "reasons": [{"reason": str(s.reason), "count": s.count} for s in plan.shortfall],
        },
    )


def _need(incident: Incident, wanted: NeedSpec, at: datetime) -> Need:
    return Need(
        id=new_id(),
        incident_id=incident.id,
        kind=wanted.kind,
        mode=wanted.mode,
        skills=sorted(wanted.skills),
        needed=wanted.needed,
        accepted=0,
        alert_factor=wanted.alert_factor,
        radius_m=wanted.radius_m,
        widened=False,
        receipt_s=wanted.receipt_s,
        accept_s=wanted.accept_s,
        state="open",
        opened_at=at,
        retry_at=None,
    )


def _instruction(spec: ScenarioSpec, need: Need) -> str:
    for wanted in spec.need:
        if (wanted.kind, sorted(wanted.skills)) == (need.kind, sorted(need.skills)):
            return spec.instruction_for(wanted)
    return spec.instruction
