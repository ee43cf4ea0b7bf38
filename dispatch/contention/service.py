"""Several calls that want the same people: offers that nobody has answered move to where they help most.

A call is answered at once by itself (``orders.dispatching``); this looks afterwards. It reads and reckons while it
holds nothing, then holds what is to change, and gives up where anything has changed meanwhile.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.aid.lending import list_stations
from dispatch.contention import repository
from dispatch.contention.groups import group
from dispatch.contention.model import KeptPlan
from dispatch.incidents.model import Incident
from dispatch.matching import repository as recommendations
from dispatch.matching import service as matching
from dispatch.matching.joint import (
    Contender,
    JointInputs,
    JointPlan,
    JointRules,
    Option,
    read_inputs,
    solve_jointly,
    write_inputs,
    write_plan,
)
from dispatch.matching.model import Need
from dispatch.matching.rank import replay
from dispatch.matching.repository import NewRecommendation
from dispatch.matching.stored import dump_inputs, dump_plan
from dispatch.matching.values import Candidate, Inputs, Plan
from dispatch.orders import opening, telling
from dispatch.orders import repository as orders
from dispatch.orders.firing import fire_all
from dispatch.orders.model import Order
from kit import record
from kit.actor import SYSTEM
from kit.ids import new_id

#: the reason that stands in an offer which moved; see dispatch/vocabulary.py
MOVED = "moved_to_other_call"
#: what was looked at is left alone so long
LOOK_AGAIN = timedelta(seconds=10)
#: so many needs are asked for rivals at a turn, and so many chosen for together: the rest waits for the next one
_BATCH, _MOST = 40, 20


@dataclass(frozen=True)
class _Look:
    """A need with what was known of it when one looked: its incident, inputs as if every offer were free, answer."""

    need: Need
    incident: Incident
    inputs: Inputs
    plan: Plan
    #: of the incident and of the need: whoever changes anything meanwhile changes one of them
    version: int
    accepted: int


def tick(session: Session, at: datetime) -> int:
    """Look at one group of competing needs; how many offers moved. Several workers may look at once."""
    due = repository.list_due(session, at - LOOK_AGAIN, limit=_BATCH)
    groups = group(repository.list_wanting(session, due)) if due else []
    moved = _look_at(session, sorted(groups[0])[:_MOST], at=at) if groups else 0
    competing = frozenset[uuid.UUID]().union(*groups)
    repository.mark(session, [need_id for need_id in due if need_id not in competing], at)
    return moved


def _look_at(session: Session, need_ids: Collection[uuid.UUID], *, at: datetime) -> int:
    held = repository.list_held(session, need_ids)
    looks = _look(session, need_ids, held, at=at)
    inputs = JointInputs(contenders=tuple(_contender(look, held) for look in looks.values()), rules=JointRules())
    plan = solve_jointly(inputs)
    moved = _carry_out(session, looks, held, inputs, plan, at=at) if plan.moves else 0
    if moved or not plan.moves:
        # what somebody changed meanwhile is looked at again at once
        repository.mark(session, need_ids, at)
    return moved


def recompute(kept: KeptPlan) -> dict[str, object]:
    """The result once more, from the stored inputs alone."""
    return write_plan(solve_jointly(read_inputs(kept.inputs)))


def _look(
    session: Session, need_ids: Collection[uuid.UUID], held: Collection[Order], *, at: datetime
) -> dict[uuid.UUID, _Look]:
    movable = frozenset(order.responder_id for order in held)
    looks: dict[uuid.UUID, _Look] = {}
    for need in repository.list_needs(session, need_ids):
        incident = orders.get_incident(session, need.incident_id)
        stations = {incident.station_id, *list_stations(session, incident.id, need.kind, at)}
        gathered = matching.gather(session, incident, need, at=at, also=sorted(movable))
        inputs = as_if_free(gathered, movable, stations)
        looks[need.id] = _Look(
            need=need,
            incident=incident,
            inputs=inputs,
            plan=replay(inputs),
            version=incident.version,
            accepted=need.accepted,
        )
    return looks


def as_if_free(inputs: Inputs, movable: Collection[uuid.UUID], stations: Collection[uuid.UUID]) -> Inputs:
    """The inputs of a need as they would be if nobody had been asked: those with an unanswered offer are free, back
    on their posts, and not alerted that once. Left out is whom another station lends to another call."""
    own = [c for c in inputs.candidates if c.station_id in stations]
    back = Counter(c.post_id for c in own if c.responder_id in movable and c.engaged)
    return replace(
        inputs,
        need=replace(inputs.need, waiting=0, pending=()),
        candidates=tuple(_put_back(c, back[c.post_id], c.responder_id in movable) for c in own),
    )


def _put_back(candidate: Candidate, back: int, movable: bool) -> Candidate:
    once = int(movable)
    return replace(
        candidate,
        engaged=candidate.engaged and not movable,
        post_spare=None if candidate.post_spare is None else candidate.post_spare + back,
        post_present=None if candidate.post_present is None else candidate.post_present + back,
        alerts_hour=max(0, candidate.alerts_hour - once),
        alerts_shift=max(0, candidate.alerts_shift - once),
    )


def _contender(look: _Look, held: Collection[Order]) -> Contender:
    scored = (*look.plan.chosen, *look.plan.reserves)
    return Contender(
        need_id=look.need.id,
        level=look.incident.level,
        places=look.inputs.need.places,
        asks=look.plan.ask,
        options=tuple(Option(responder_id=s.responder_id, score_s=s.score_s) for s in scored),
        holders=tuple(sorted(order.responder_id for order in held if order.need_id == look.need.id)),
    )


def _carry_out(
    session: Session,
    looks: Mapping[uuid.UUID, _Look],
    held: Collection[Order],
    inputs: JointInputs,
    plan: JointPlan,
    *,
    at: datetime,
) -> int:
    touched = {move.from_need_id for move in plan.moves}
    touched |= {move.to_need_id for move in plan.moves if move.to_need_id is not None}
    touched |= {ask.need_id for ask in plan.asks}
    incidents = repository.lock_incidents(session, {looks[need_id].incident.id for need_id in touched})
    needs = {need.id: need for need in repository.lock_needs(session, touched)}
    moved_by = {move.responder_id: move for move in plan.moves}
    seen = {order.id for order in held if order.responder_id in moved_by}
    leaving = [order for order in repository.list_held(session, touched, lock=True) if order.id in seen]
    unchanged = (
        {incident.id for incident in incidents} == {looks[need_id].incident.id for need_id in touched}
        and all(looks[need_id].incident.version == looks[need_id].version for need_id in touched)
        and needs.keys() == touched
        and len(leaving) == len(seen)
        and all(n.state in ("open", "short") and n.accepted == looks[n.id].accepted for n in needs.values())
    )
    if not unchanged:
        return 0
    kept = KeptPlan(
        id=new_id(),
        station_id=next(iter(looks.values())).incident.station_id,
        need_ids=sorted(looks),
        made_at=at,
        inputs=write_inputs(inputs),
        result=write_plan(plan),
    )
    repository.add(session, kept)
    _take_back(session, leaving, needs, at=at)
    _ask(session, looks, needs, plan, {order.responder_id: order for order in leaving}, at=at)
    _note_places(session, needs, at=at)
    record.write(
        session,
        "offers.moved",
        actor=SYSTEM,
        at=at,
        subject_kind="joint_plan",
        subject_id=kept.id,
        station_id=kept.station_id,
        moved=len(plan.moves),
        unserved_before=plan.unserved_before,
        unserved=plan.unserved,
        incident_ids=sorted({str(looks[need_id].incident.id) for need_id in touched}),
    )
    return len(plan.moves)


def _take_back(session: Session, leaving: Collection[Order], needs: Mapping[uuid.UUID, Need], *, at: datetime) -> None:
    """Stood down, not cancelled: if this call wants him later he may be asked again."""
    for incident_id in sorted({order.incident_id for order in leaving}):
        theirs = [order for order in leaving if order.incident_id == incident_id]
        fire_all(session, theirs, "stand_down", needs=needs.values(), by=SYSTEM, at=at, reason=MOVED)
    telling.call_all_off(session, list(leaving), at=at)


def _ask(
    session: Session,
    looks: Mapping[uuid.UUID, _Look],
    needs: Mapping[uuid.UUID, Need],
    plan: JointPlan,
    left: Mapping[uuid.UUID, Order],
    *,
    at: datetime,
) -> None:
    wanted: dict[uuid.UUID, set[uuid.UUID]] = {}
    for move in plan.moves:
        if move.to_need_id is not None:
            wanted.setdefault(move.to_need_id, set()).add(move.responder_id)
    for ask in plan.asks:
        wanted.setdefault(ask.need_id, set()).add(ask.responder_id)
    # by incident, as its screens change together; within it by need, as everywhere
    for need_id in sorted(wanted, key=lambda id_: (looks[id_].incident.id, id_)):
        look = looks[need_id]
        recommendation = NewRecommendation(
            id=new_id(),
            incident_id=look.incident.id,
            need_id=need_id,
            made_at=at,
            made_by=None,
            inputs=dump_inputs(look.inputs),
            result=dump_plan(look.plan),
        )
        recommendations.add_all(session, [recommendation])
        asking = opening.Asking(
            incident=look.incident,
            need=needs[need_id],
            recommendation_id=recommendation.id,
            at=at,
            by=SYSTEM,
            reason=MOVED,
        )
        scored = [s for s in (*look.plan.chosen, *look.plan.reserves) if s.responder_id in wanted[need_id]]
        opening.ask(session, [(asking, [(s.responder_id, s) for s in scored], len(scored))])


def _note_places(session: Session, needs: Mapping[uuid.UUID, Need], *, at: datetime) -> None:
    """Whoever has too few asked now is looked at by the escalation at its next turn: it widens, and it alarms."""
    for need in needs.values():
        missing = need.needed - need.accepted - orders.count_unanswered(session, need.id)
        if missing > 0:
            need.retry_at = at
        else:
            need.state, need.retry_at = "open", None
    session.flush()
