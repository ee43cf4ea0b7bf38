"""The only way to change the state of an order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.aid.following import follow
from dispatch.chats import projection as chats
from dispatch.incidents.hiding import hide_caller
from dispatch.matching.model import Need
from dispatch.orders import repository
from dispatch.orders.errors import OrderTaken
from dispatch.orders.model import Order
from dispatch.orders.states import COUNTED, ENDED, OPEN, ORDER, UNANSWERED, WAY, OrderState
from geo.responders import service as responders
from kit import feed, record
from kit.actor import Actor

ENTITY = "order"
#: events that say nothing about who gets a place
_BESIDE_THE_NEED = frozenset({"receive", "show", "depart", "arrive", "complete", "rate"})
#: reached by a word of the command room, which says nothing about the phone
_SAYS_NOTHING_OF_RECEIPT = frozenset({"force"})


def fire(
    session: Session,
    order: Order,
    event: str,
    *,
    by: Actor,
    at: datetime,
    how: str = "measured",
    evidence: dict[str, Any] | None = None,
    reason: str | None = None,
    need: Need | None = None,
    written_at: datetime | None = None,
) -> Order:
    """Move ``order`` by ``event``: table, places of its need, milestones, responder, record and screens together.

    ``how`` is "measured", "inferred" or "stated". Raises TransitionRefused (with the present state) and
    OrderTaken when the need has no place left. The need is locked before the order, everywhere; who passes
    ``need`` says that he holds both and has read them since. ``written_at``: now, where ``at`` is earlier.
    """
    if need is None:
        need = None if event in _BESIDE_THE_NEED else repository.lock_need(session, order.need_id)
        order = repository.lock(session, order.id)
    fire_all(
        session, [order], event, needs=[need] if need is not None else [], by=by, at=at, how=how, evidence=evidence,
        reason=reason, written_at=written_at,
    )  # fmt: skip
    return order


def fire_all(
    session: Session,
    orders: Sequence[Order],
    event: str,
    *,
    needs: Collection[Need],
    by: Actor,
    at: datetime,
    how: str = "measured",
    evidence: dict[str, Any] | None = None,
    reason: str | None = None,
    written_at: datetime | None = None,
) -> None:
    """``fire`` for orders of one incident. The caller holds them, and the ``needs`` of events that give or take
    a place, and has read them since."""
    incident_id = orders[0].incident_id
    reason = hide_caller(session, incident_id, reason)
    if evidence and "text" in evidence:
        evidence = {**evidence, "text": hide_caller(session, incident_id, evidence["text"])}
    moves = [Move(order, event, by=by, at=at, how=how, evidence=evidence) for order in orders]
    _move_all(session, moves, needs=needs, reason=reason, written_at=written_at)


@dataclass(frozen=True)
class Move:
    """One order and what happens to it."""

    order: Order
    event: str
    _: KW_ONLY
    by: Actor
    at: datetime
    how: str = "measured"
    evidence: Mapping[str, Any] | None = None


def fire_beside(session: Session, moves: Sequence[Move]) -> None:
    """``fire`` for orders of any incidents, with events that give or take no place and carry no words.

    The caller holds the orders and has read them since. A move after which its event is no longer possible
    (its phone showed it before it said that it has it) is left out.
    """
    _move_all(session, moves, needs=[], reason=None, written_at=None, late_is_nothing=True)


def _move_all(
    session: Session,
    moves: Sequence[Move],
    *,
    needs: Collection[Need],
    reason: str | None,
    written_at: datetime | None,
    late_is_nothing: bool = False,
) -> None:
    need_of = {need.id: need for need in needs}
    milestones: list[repository.Passed] = []
    freed: list[uuid.UUID] = []
    left: set[uuid.UUID] = set()
    joined: set[uuid.UUID] = set()
    for move in moves:
        order, event, at = move.order, move.event, move.at
        source = OrderState(order.state)
        if late_is_nothing and not ORDER.allows(event, source):
            continue
        target = ORDER.target(event, source, by=move.by.role)
        if event not in _BESIDE_THE_NEED:
            _count(need_of[order.need_id], source, target)
        _move(order, source, target, at=at, reason=reason)
        milestones += _passed(order, move)
        record.write(
            session,
            f"order.{target}",
            actor=move.by,
            at=written_at or at,
            subject_kind=ENTITY,
            subject_id=order.id,
            station_id=order.station_id,
            reason=reason,
            event=event,
            source=str(source),
            how=move.how,
            incident_id=str(order.incident_id),
            **record.happened(at, written_at),
        )
        feed.changed(session, ENTITY, order.id, under=order.incident_id)
        if chats.changes_talk(source, target):
            joined.add(order.incident_id)
        if source in OPEN and target in ENDED:
            freed.append(order.responder_id)
            left.add(order.incident_id)
        follow(session, [order], by=move.by, at=written_at or at)
    if milestones:
        repository.add_milestones(session, milestones)
    if freed:
        responders.set_all_engaged(session, freed, engaged=False)
    if joined:
        chats.changed_with_orders(session, joined)
    for incident_id in left:
        # with his order the incident leaves his screen
        feed.changed(session, "incident", incident_id, under=incident_id)


def mark_beside(
    session: Session, order_id: uuid.UUID, name: str, *, at: datetime, evidence: dict[str, Any] | None = None
) -> bool:
    """Write a milestone that is no state (``stand_down_received``), once; False when it was there."""
    return repository.add_milestones(session, [(order_id, name, at, "measured", evidence)]) == 1


def _count(need: Need, source: OrderState, target: OrderState) -> None:
    before, after = source in COUNTED, target in COUNTED
    if after and not before:
        if need.accepted >= need.needed:
            raise OrderTaken(state=str(source))
        need.accepted += 1
        if need.accepted == need.needed and need.state != "closed":
            need.state, need.retry_at = "filled", None
    elif before and not after:
        need.accepted -= 1
        if need.state == "filled":
            need.state = "open"


def _move(order: Order, source: OrderState, target: OrderState, *, at: datetime, reason: str | None) -> None:
    order.state = target
    order.version += 1
    order.accepted_from = None
    if target is not OrderState.OFFERED:
        order.receipt_due_at = None
    if target not in UNANSWERED:
        order.accept_due_at = None
    if source in OPEN and target in ENDED:
        order.ended_at = at
    if reason is not None:
        order.reason = reason


def _passed(order: Order, move: Move) -> list[repository.Passed]:
    target = OrderState(order.state)
    rows: list[repository.Passed] = []
    answered = target in WAY or target is OrderState.DECLINED
    if answered and move.event not in _SAYS_NOTHING_OF_RECEIPT:
        # who declines has seen it
        way = WAY[: WAY.index(target)] if target in WAY else WAY[:3]
        unknown = {OrderState.RECEIVED, OrderState.SHOWN} if order.forced else set()
        rows += [(order.id, str(s), move.at, "inferred", {"from": str(target)}) for s in way if s not in unknown]
    return [*rows, (order.id, str(target), move.at, move.how, move.evidence)]
