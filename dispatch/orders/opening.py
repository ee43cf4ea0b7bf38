"""Opening needs and orders: who is asked is the matcher's advice or a dispatcher's word."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid import proposing
from dispatch.aid.following import follow
from dispatch.aid.lending import Lenders
from dispatch.escalation.alarms import raise_alarm
from dispatch.incidents.model import Incident
from dispatch.matching import service as matching
from dispatch.matching.model import Need
from dispatch.matching.values import Plan, Scored
from dispatch.orders import claiming, repository, telling
from dispatch.orders.firing import ENTITY
from dispatch.orders.model import Order
from dispatch.scenarios.service import get_spec
from dispatch.scenarios.tasks import task_for
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


def fill(
    session: Session,
    incident: Incident,
    need: Need,
    *,
    at: datetime,
    by: Actor,
    replaces: Order | None = None,
) -> Opened:
    """``fill_all`` for one need, which takes nobody whom another one that is short waits for."""
    beside = repository.list_short(session, incident.id, kind=need.kind, other_than=need.id)
    return fill_all(session, incident, [need], at=at, by=by, replaces=replaces, beside=beside)[0]


def fill_all(
    session: Session,
    incident: Incident,
    needs: Sequence[Need],
    *,
    at: datetime,
    by: Actor,
    replaces: Order | None = None,
    beside: Sequence[Need] = (),
    untouched: bool = False,
) -> list[Opened]:
    """Ask the next ones for each need; when nobody is left widen once, then ask the neighbours who have agreed to it,
    then alarm. The caller holds the needs. ``untouched``: nobody was asked for this incident before, no neighbour
    either."""
    opened = {need.id: Opened() for need in needs}
    open_ = [need for need in needs if need.state in ("open", "short")]
    plans = _ask_as_advised(
        session, incident, open_, opened, at=at, by=by, replaces=replaces, beside=beside, untouched=untouched
    )
    narrow = [need for need in open_ if opened[need.id].short_of > 0 and not need.widened]
    for need in narrow:
        _widen(need)
    plans |= _ask_as_advised(session, incident, narrow, opened, at=at, by=by, replaces=replaces, beside=beside)
    lent = [n for n in open_ if proposing.ask_where_agreed(session, incident, n, opened[n.id].short_of, at=at)]
    plans |= _ask_as_advised(session, incident, lent, opened, at=at, by=by, replaces=replaces, beside=beside)
    for need in open_:
        short_of = opened[need.id].short_of
        if short_of > 0:
            _run_short(session, incident, need, plans[need.id], short_of, at=at)
        else:
            need.state, need.retry_at = "open", None
    session.flush()
    return [opened[need.id] for need in needs]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What the orders of one asking have in common."""

    incident: Incident
    need: Need
    recommendation_id: uuid.UUID
    at: datetime
    by: Actor
    replaces: Order | None = None
    reason: str | None = None
    #: those of them who were read already, as the advice has them
    people: Mapping[uuid.UUID, Any] = field(default_factory=dict)


#: responders in the order in which they are to be asked, each with his score
Wanted = Sequence[tuple[uuid.UUID, Scored | None]]


def ask(session: Session, askings: Sequence[tuple[Asking, Wanted, int]]) -> list[Order]:
    """Orders for so many of the wanted of each asking; who got another one meanwhile is left out.

    All in one go; where somebody was had, the next ones of that need in another. The caller holds the needs.
    """
    orders: list[Order] = []
    left = [(asking, list(wanted), count) for asking, wanted, count in askings if wanted and count > 0]
    while left:
        lenders = Lenders(session, left[0][0].at)
        values = [v for asking, wanted, count in left for v in _orders_for(session, asking, wanted[:count], lenders)]
        got = claiming.claim(session, values)
        orders += got
        had = Counter(order.need_id for order in got)
        left = [
            (asking, wanted[count:], count - had[asking.need.id])
            for asking, wanted, count in left
            if had[asking.need.id] < count and len(wanted) > count
        ]
    if orders:
        _tell_of(session, {asking.need.id: asking for asking, _, _ in askings}, orders)
    return orders


def _orders_for(session: Session, asking: Asking, wanted: Wanted, lenders: Lenders) -> list[dict[str, Any]]:
    incident, need, at = asking.incident, asking.need, asking.at
    spec = get_spec(session, incident.scenario_id)
    task = task_for(spec, kind=need.kind, skills=need.skills)
    stand_off_m = spec.stand_off_m if need.mode == "offer" else 0
    unread = [responder_id for responder_id, _ in wanted if responder_id not in asking.people]
    found = {**asking.people, **(claiming.list_who(session, unread) if unread else {})}
    people = [(found[id_], scored) for id_, scored in wanted if id_ in found and found[id_].account_id is not None]
    aids = {
        who.id: lenders.take(incident, need.kind, who.station_id)
        for who, _ in people
        if who.station_id != incident.station_id
    }
    # of a neighbour only as many as it lends
    people = [(who, scored) for who, scored in people if aids.get(who.id, incident.id) is not None]
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
            "recommendation_id": asking.recommendation_id,
            "score": asdict(scored) | {"responder_id": str(who.id)} if scored is not None else {},
            "replaces_id": asking.replaces.id if asking.replaces is not None else None,
            "aid_id": aids.get(who.id),
            "forced": False,
            "instruction": task.instruction,
            "allowed_verbs": list(task.allowed_verbs),
            "target": target.ewkt,
            "stand_off_m": stand_off_m,
            "checklist": [item.model_dump(mode="json", exclude={"kinds"}) for item in task.checklist],
            "photo_required": task.photo_required,
            "offered_at": at,
            "receipt_due_at": at + timedelta(seconds=need.receipt_s),
            "accept_due_at": at + timedelta(seconds=need.accept_s),
            "reminders": 0,
            "version": 1,
        }
        for (who, scored), target in zip(people, targets, strict=True)
    ]


def _tell_of(session: Session, asking_for: Mapping[uuid.UUID, Asking], orders: Sequence[Order]) -> None:
    for order in orders:
        asking = asking_for[order.need_id]
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
        feed.changed(session, ENTITY, order.id, under=order.incident_id)
        follow(session, [order], by=asking.by, at=asking.at)
    repository.add_milestones(session, [(o.id, "offered", o.offered_at, "measured", {"mode": o.mode}) for o in orders])
    telling.ask(session, orders, at=asking.at)
    # with his order the incident comes to his screen
    feed.changed(session, "incident", asking.incident.id, under=asking.incident.id)


def _ask_as_advised(
    session: Session,
    incident: Incident,
    needs: Sequence[Need],
    opened: Mapping[uuid.UUID, Opened],
    *,
    at: datetime,
    by: Actor,
    replaces: Order | None,
    beside: Sequence[Need],
    untouched: bool = False,
) -> dict[uuid.UUID, Plan]:
    askings: list[tuple[Asking, Wanted, int]] = []
    waiting: Counter[uuid.UUID] = Counter()
    plans: dict[uuid.UUID, Plan] = {}
    if not needs:
        return plans
    advices = matching.recommend_all(
        session, incident, needs, at=at, made_by=by.account_id, beside=beside, untouched=untouched
    )
    for need, advice in zip(needs, advices, strict=True):
        plan = plans[need.id] = advice.plan
        asking = Asking(
            incident=incident, need=need, recommendation_id=advice.recommendation_id, at=at, by=by, replaces=replaces,
            people=advice.people,
        )  # fmt: skip
        wanted = [(scored.responder_id, scored) for scored in (*plan.chosen, *plan.reserves)]
        askings.append((asking, wanted, plan.ask))
        waiting[need.id] = advice.inputs.need.waiting
    for order in ask(session, askings):
        opened[order.need_id].orders.append(order)
        waiting[order.need_id] += 1
    for need in needs:
        opened[need.id].short_of = max(0, need.needed - need.accepted - waiting[need.id])
    return plans


def _widen(need: Need) -> None:
    need.radius_m = min(MAX_RADIUS_M, need.radius_m * WIDEN_BY)
    need.widened = True


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
            "neighbours": proposing.tell(proposing.list_of_need(session, incident, need, at=at)),
        },
    )
