"""Looking at those who are on their way, and letting another one go instead.

The worker proposes; a dispatcher accepts or dismisses with one tap. Where the scenario says ``automatic`` the
machine accepts; where it says ``never`` nothing is proposed.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch.access.table import Permission
from dispatch.access.table import grant as grant_of
from dispatch.matching import service as matching
from dispatch.matching.rank import replay as rank_again
from dispatch.orders import dispatching, telling
from dispatch.orders import repository as orders
from dispatch.orders.firing import fire as fire_order
from dispatch.orders.needs import open_needs
from dispatch.orders.states import OrderState
from dispatch.scenarios.service import get_spec
from dispatch.swaps import repository
from dispatch.swaps.decide import Other, Swap, SwapInputs, SwapRules, next_event, replay
from dispatch.swaps.model import SwapProposal
from dispatch.swaps.projection import ENTITY
from dispatch.swaps.states import SWAP, SwapState
from kit import feed, record
from kit.actor import SYSTEM, Actor, Grant
from kit.errors import Conflict, PinganError

#: the reason that stands in the order that ended by it; see dispatch/vocabulary.py and the matcher's candidates
SWAPPED = "swapped"
RULES = SwapRules()
#: a proposal older than this is about another situation
LIFE = timedelta(seconds=180)
#: each live order is looked at so often, and so many at a turn: a look reads all candidates of its need
_EVERY, _BATCH = timedelta(seconds=15), 5


class SwapOver(Conflict):
    """This proposal has been decided, or has lapsed."""

    slug, title, hint = "swap-over", "换人建议已失效", "请查看警情最新状态；确需换人请用“改派”。"


def tick(session: Session, at: datetime) -> int:
    """Accept what the scenario lets happen, end what is over, propose what is worth it; how many things were done.

    An acceptance takes locks from the incident on: it has a turn of its own.
    """
    waiting = repository.find_automatic(session)
    if waiting is not None:
        return _accept_by_itself(session, waiting, at=at)
    repository.note_progress(session)
    return _settle(session, at) + _propose(session, at)


def accept(session: Session, *, grant: Grant, swap_id: uuid.UUID, at: datetime) -> SwapProposal:
    """The other one goes: the first is stood down, with a receipt to come, and the other gets a named order.

    Raises NotFound, SwapOver, IncidentNotWorkable, ResponderTaken, ResponderUnfit.
    """
    seen = repository.get_visible(session, swap_id, grant)
    incident = dispatching.lock_workable_of_order(session, seen.incident_id)
    needs = open_needs(session, incident, at=at)
    swap = repository.get_visible(session, swap_id, grant, lock=True)
    if swap.state in (SwapState.ACCEPTED, SwapState.DONE):
        return swap
    order = orders.lock(session, swap.order_id)
    if swap.state != SwapState.PROPOSED or order.state not in (OrderState.ACCEPTED, OrderState.EN_ROUTE):
        raise SwapOver(state=swap.state)
    by = grant.actor
    order = fire_order(session, order, "stand_down", by=by, at=at, reason=SWAPPED)
    telling.call_off(session, order, at=at)
    his = [need for need in needs if need.id == order.need_id]
    new = dispatching.name(
        session, incident, his, swap.to_responder_id, by=by, at=at, reason=SWAPPED, replaces=order
    )  # fmt: skip
    swap.new_order_id = new.id
    _fire(session, swap, "accept", by=by, at=at)
    return swap


def dismiss(session: Session, *, grant: Grant, swap_id: uuid.UUID, at: datetime) -> SwapProposal:
    """He goes on. Raises NotFound, SwapOver."""
    swap = repository.get_visible(session, swap_id, grant, lock=True)
    if swap.state == SwapState.DISMISSED:
        return swap
    if swap.state != SwapState.PROPOSED:
        raise SwapOver(state=swap.state)
    _fire(session, swap, "dismiss", by=grant.actor, at=at)
    return swap


def _accept_by_itself(session: Session, swap_id: uuid.UUID, *, at: datetime) -> int:
    machine = grant_of(SYSTEM, Permission.SWAP_DECIDE)
    try:
        with session.begin_nested():
            accept(session, grant=machine, swap_id=swap_id, at=at)
    except PinganError:
        # whoever should go is gone, or it is over: the proposal is, too
        swap = repository.lock_free(session, swap_id)
        if swap is not None and swap.state == SwapState.PROPOSED:
            _fire(session, swap, "lapse", by=SYSTEM, at=at)
    return 1


def _settle(session: Session, at: datetime) -> int:
    done = 0
    for swap_id, standing in repository.list_standing(session, near_m=RULES.near_m):
        event = next_event(standing, at)
        swap = repository.lock_free(session, swap_id) if event is not None else None
        if swap is not None and event is not None and swap.state == standing.state:
            _fire(session, swap, event, by=SYSTEM, at=at)
            done += 1
    return done


def _propose(session: Session, at: datetime) -> int:
    again = timedelta(seconds=RULES.again_s)
    watched = repository.take_watched(session, at, every=_EVERY, again=again, limit=_BATCH)
    return sum(_look(session, one, at) for one in watched)


def _look(session: Session, watched: repository.Watched, at: datetime) -> int:
    incident = orders.get_incident(session, watched.incident_id)
    spec = get_spec(session, incident.scenario_id)
    if spec.swap == "never" or (watched.direct_m is not None and watched.direct_m <= RULES.near_m):
        return 0
    need = next(need for need in orders.list_needs(session, incident.id) if need.id == watched.need_id)
    gathered = matching.gather(session, incident, need, at=at, also=[watched.responder_id])
    plan = rank_again(gathered)
    way = gathered.travel.get(watched.responder_id)
    inputs = SwapInputs(
        traveller=replace(
            watched.traveller,
            remaining_s=way.seconds if way is not None else None,
            remaining_m=watched.direct_m,
        ),
        others=tuple(
            Other(responder_id=s.responder_id, eta_s=s.eta_s)
            for s in (*plan.chosen, *plan.reserves)
            # nobody is called out of his rest to save minutes
            if s.waived is None
        ),
        rules=RULES,
        now=at,
    )  # fmt: skip
    swap = replay(inputs)
    if swap is None:
        return 0
    swap_id = repository.add_once(session, watched, incident, swap, inputs, lapses_at=at + LIFE)
    if swap_id is None:
        return 0
    _note_proposal(session, swap_id, incident.station_id, watched, swap, at=at)
    return 1


def _note_proposal(
    session: Session,
    swap_id: uuid.UUID,
    station_id: uuid.UUID,
    watched: repository.Watched,
    swap: Swap,
    *,
    at: datetime,
) -> None:
    record.write(
        session,
        "swap.proposed",
        actor=SYSTEM,
        at=at,
        subject_kind=ENTITY,
        subject_id=swap_id,
        station_id=station_id,
        incident_id=str(watched.incident_id),
        order_id=str(watched.order_id),
        to_responder_id=str(swap.to_responder_id),
        cause=str(swap.cause),
        gain_s=round(swap.expected_s - swap.eta_s, 1),
    )
    feed.changed(session, ENTITY, swap_id)


def _fire(session: Session, swap: SwapProposal, event: str, *, by: Actor, at: datetime) -> None:
    """The only way to change the state of a proposal."""
    source = SwapState(swap.state)
    swap.state = SWAP.target(event, source, by=by.role)
    if source is SwapState.PROPOSED:
        swap.decided_at, swap.decided_by = at, by.account_id
    session.flush()
    record.write(
        session,
        f"swap.{swap.state}",
        actor=by,
        at=at,
        subject_kind=ENTITY,
        subject_id=swap.id,
        station_id=swap.station_id,
        incident_id=str(swap.incident_id),
        order_id=str(swap.order_id),
        new_order_id=str(swap.new_order_id) if swap.new_order_id is not None else None,
    )
    feed.changed(session, ENTITY, swap.id)
