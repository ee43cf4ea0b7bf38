"""Opening needs and orders: who is asked is the matcher's advice or a dispatcher's word."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.escalation.alarms import raise_alarm
from dispatch.incidents.model import Incident
from dispatch.matching import service as matching
from dispatch.matching.model import Need, Recommendation
from dispatch.matching.values import Plan, Scored
from dispatch.orders import claiming, repository, telling
from dispatch.orders.firing import ENTITY
from dispatch.orders.model import Order
from dispatch.scenarios import repository as scenarios
from dispatch.scenarios.service import spec_of
from dispatch.scenarios.spec import NeedSpec, ScenarioSpec
from geo.crs import Position
from geo.standoff import stand_off_point
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
        spec = spec_of(scenarios.get_scenario(session, incident.scenario_id))
        present = [_need(incident, wanted, at) for wanted in spec.need]
        for need in present:
            repository.add_need(session, need)
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
    recommendation, plan = _advise(session, incident, need, at=at, by=by)
    _ask_in_order(session, incident, need, recommendation, plan, opened, at=at, by=by, replaces=replaces)
    if opened.short_of > 0 and not need.widened:
        _widen(session, need)
        recommendation, plan = _advise(session, incident, need, at=at, by=by)
        _ask_in_order(session, incident, need, recommendation, plan, opened, at=at, by=by, replaces=replaces)
    if opened.short_of > 0:
        _run_short(session, incident, need, plan, opened.short_of, at=at)
    else:
        need.state, need.retry_at = "open", None
    session.flush()
    return opened


def ask(
    session: Session,
    incident: Incident,
    need: Need,
    recommendation: Recommendation,
    *,
    responder_id: uuid.UUID,
    scored: Scored | None,
    at: datetime,
    by: Actor,
    replaces: Order | None = None,
    reason: str | None = None,
    spec: ScenarioSpec | None = None,
) -> Order | None:
    """Open one order; None when the responder got another one meanwhile."""
    who = claiming.find_who(session, responder_id)
    if who is None or who.account_id is None:
        return None
    spec = spec or spec_of(scenarios.get_scenario(session, incident.scenario_id))
    civilian = need.mode == "offer"
    stand_off_m = spec.stand_off_m if civilian else 0
    scene = Position.of(incident.position)
    helper = Position(who.lon, who.lat) if who.lon is not None else None
    target = stand_off_point(session, scene=scene, helper=helper, stand_off_m=stand_off_m)
    order = claiming.claim(
        session,
        {
            "id": new_id(),
            "district_id": incident.district_id,
            "station_id": incident.station_id,
            "incident_id": incident.id,
            "need_id": need.id,
            "responder_id": responder_id,
            "account_id": who.account_id,
            "organization_id": who.organization_id,
            "mode": need.mode,
            "state": "offered",
            "recommendation_id": recommendation.id,
            "score": asdict(scored) | {"responder_id": str(responder_id)} if scored is not None else {},
            "replaces_id": replaces.id if replaces is not None else None,
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
        },
    )
    if order is None:
        return None
    repository.add_milestones(session, order.id, [("offered", at, "measured", {"mode": need.mode})])
    record.write(
        session,
        "order.offered",
        actor=by,
        at=at,
        subject_kind="order",
        subject_id=order.id,
        station_id=order.station_id,
        reason=reason,
        mode=order.mode,
        incident_id=str(incident.id),
        responder_id=str(responder_id),
        recommendation_id=str(recommendation.id),
        replaces_id=str(replaces.id) if replaces is not None else None,
    )
    telling.ask(session, order, at=at)
    feed.changed(session, ENTITY, order.id)
    # with his order the incident comes to his screen
    feed.changed(session, "incident", incident.id)
    return order


def _advise(
    session: Session, incident: Incident, need: Need, *, at: datetime, by: Actor
) -> tuple[Recommendation, Plan]:
    recommendation = matching.recommend(session, incident, need, at=at, made_by=by.account_id)
    return recommendation, matching.plan_of(recommendation)


def _ask_in_order(
    session: Session,
    incident: Incident,
    need: Need,
    recommendation: Recommendation,
    plan: Plan,
    opened: Opened,
    *,
    at: datetime,
    by: Actor,
    replaces: Order | None,
) -> None:
    asked = 0
    spec = spec_of(scenarios.get_scenario(session, incident.scenario_id)) if plan.chosen else None
    for scored in (*plan.chosen, *plan.reserves):
        if asked >= plan.ask:
            break
        order = ask(
            session,
            incident,
            need,
            recommendation,
            responder_id=scored.responder_id,
            scored=scored,
            at=at,
            by=by,
            replaces=replaces,
            spec=spec,
        )
        if order is not None:
            asked += 1
            opened.orders.append(order)
    places = need.needed - need.accepted
    opened.short_of = max(0, places - repository.count_unanswered(session, need.id))


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
    )


def _instruction(spec: ScenarioSpec, need: Need) -> str:
    for wanted in spec.need:
        if (wanted.kind, sorted(wanted.skills)) == (need.kind, sorted(need.skills)):
            return spec.instruction_for(wanted)
    return spec.instruction
