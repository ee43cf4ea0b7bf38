"""Many calls that want the same people: who should be asked for which, all at once. Values in, a value out.

Nobody unserved before anybody is quick: first as few places as possible stay without anybody asked, then the
expected seconds of those who are asked count. Beside each place stand the further people whom a need alerts
because some will not answer; their seconds weigh less. Taking back an offer that somebody is looking at costs
``switch_s``, once: it happens only where all together gain more.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from dispatch.matching.assign import NOBODY, Edges, assign

_LEAST_LEVEL = 4


@dataclass(frozen=True, kw_only=True)
class Option:
    """Somebody who could be asked, and his score for this need in seconds."""

    responder_id: uuid.UUID
    score_s: float


@dataclass(frozen=True, kw_only=True)
class Contender:
    """A need with places still empty. ``asks`` people are to be asked for its ``places``; ``holders`` are those with
    an offer of it that they have not answered. ``options``: whoever could be asked, free or holding such an offer."""

    need_id: uuid.UUID
    level: int
    places: int
    asks: int
    options: tuple[Option, ...]
    holders: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class JointRules:
    """This project's judgement, in seconds."""

    #: what it costs to take back an offer that somebody has on his phone
    switch_s: float = 60.0
    #: what a second of somebody alerted beyond the places counts
    extra_weight: float = 0.2
    #: of two calls of which one stays unserved, each level of gravity is worth so much of the way
    level_s: float = 300.0
    #: and the one for which somebody has been asked already so much
    hold_s: float = 300.0
    nearest: int = 20


@dataclass(frozen=True, kw_only=True)
class JointInputs:
    """All that a joint plan was made from: with it the plan can be made again."""

    contenders: tuple[Contender, ...]
    rules: JointRules


@dataclass(frozen=True, kw_only=True)
class Move:
    """An offer taken back from one need and made for another; None: the person is left in peace."""

    responder_id: uuid.UUID
    from_need_id: uuid.UUID
    to_need_id: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Somebody without an offer who is to be asked."""

    need_id: uuid.UUID
    responder_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class JointPlan:
    """What is to change. ``unserved``: places for which nobody can be asked, before and after."""

    moves: tuple[Move, ...]
    asks: tuple[Ask, ...]
    unserved_before: int
    unserved: int


@dataclass(frozen=True)
class _Place:
    contender: int
    extra: bool
    empty: float


def solve_jointly(inputs: JointInputs) -> JointPlan:
    """The plan; the same for the same inputs, in whatever order the needs come."""
    contenders = sorted(inputs.contenders, key=lambda c: c.need_id)
    places = [place for n in range(len(contenders)) for place in _places(n, contenders[n], inputs.rules)]
    people = sorted({option.responder_id for c in contenders for option in c.options})
    number = {responder_id: n for n, responder_id in enumerate(people)}
    edges = _edges(contenders, places, number, inputs.rules)
    taken = assign(edges, _empty(places, edges), nearest=inputs.rules.nearest)
    now: dict[uuid.UUID, uuid.UUID] = {}
    unserved = 0
    for place, who in zip(places, taken.tolist(), strict=True):
        if who != NOBODY:
            now[people[who]] = contenders[place.contender].need_id
        elif not place.extra:
            unserved += 1
    return _plan(contenders, now, unserved)


def _places(n: int, contender: Contender, rules: JointRules) -> list[_Place]:
    known = {option.responder_id for option in contender.options}
    # who holds an offer and cannot be judged now (his position is old) keeps it
    beside = sum(1 for holder in contender.holders if holder not in known)
    served = len(contender.holders) - beside
    wanted = max(0, contender.places - beside)
    graver = (_LEAST_LEVEL - contender.level) * rules.level_s
    first = [
        _Place(contender=n, extra=False, empty=graver + (rules.hold_s if i < served else 0.0)) for i in range(wanted)
    ]
    further = max(0, contender.asks - beside - wanted)
    return first + [_Place(contender=n, extra=True, empty=0.0)] * further


def _edges(
    contenders: Sequence[Contender], places: Sequence[_Place], number: dict[uuid.UUID, int], rules: JointRules
) -> Edges:
    who: list[np.ndarray[Any, Any]] = []
    cost: list[np.ndarray[Any, Any]] = []
    cheapest: dict[tuple[int, bool], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}
    for place in places:
        key = (place.contender, place.extra)
        if key not in cheapest:
            cheapest[key] = _options(contenders[place.contender], number, place.extra, rules)
        who.append(cheapest[key][0])
        cost.append(cheapest[key][1])
    start = np.concatenate([[0], np.cumsum([len(part) for part in who], dtype=np.int64)])
    none = np.zeros(0)
    return Edges(
        start=start.astype(np.int64),
        who=np.concatenate([none, *who]).astype(np.int64),
        cost=np.concatenate([none, *cost]),
    )


def _options(
    contender: Contender, number: dict[uuid.UUID, int], extra: bool, rules: JointRules
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    who = np.array([number[option.responder_id] for option in contender.options], dtype=np.int64)
    score = np.array([option.score_s for option in contender.options], dtype=np.float64)
    new = np.array([option.responder_id not in contender.holders for option in contender.options], dtype=bool)
    cost = score * (rules.extra_weight if extra else 1.0) + np.where(new, rules.switch_s, 0.0)
    order = np.lexsort((who, cost))
    return who[order], cost[order]


def _empty(places: Sequence[_Place], edges: Edges) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What an empty place costs: for an alerted one more than any way, for a first one more than all ways together."""
    dearest = float(edges.cost.max(initial=0.0)) + 1.0
    graver = max((place.empty for place in places), default=0.0)
    all_together = (dearest + graver) * (len(places) + 1)
    return np.array([dearest if place.extra else all_together + place.empty for place in places], dtype=np.float64)


def _plan(contenders: Sequence[Contender], now: dict[uuid.UUID, uuid.UUID], unserved: int) -> JointPlan:
    moves: list[Move] = []
    held: set[uuid.UUID] = set()
    for contender in contenders:
        known = {option.responder_id for option in contender.options}
        for holder in sorted(contender.holders):
            held.add(holder)
            to = now.get(holder)
            if holder in known and to != contender.need_id:
                moves.append(Move(responder_id=holder, from_need_id=contender.need_id, to_need_id=to))
    asks = [Ask(need_id=need_id, responder_id=who) for who, need_id in now.items() if who not in held]
    return JointPlan(
        moves=tuple(moves),
        asks=tuple(sorted(asks, key=lambda ask: (ask.need_id, ask.responder_id))),
        unserved_before=sum(max(0, c.places - len(c.holders)) for c in contenders),
        unserved=unserved,
    )


_INPUTS = TypeAdapter(JointInputs)
_PLAN = TypeAdapter(JointPlan)


def write_inputs(inputs: JointInputs) -> dict[str, Any]:
    """JSON."""
    written: dict[str, Any] = _INPUTS.dump_python(inputs, mode="json")
    return written


def read_inputs(value: dict[str, Any]) -> JointInputs:
    return _INPUTS.validate_python(value)


def write_plan(plan: JointPlan) -> dict[str, Any]:
    """JSON."""
    written: dict[str, Any] = _PLAN.dump_python(plan, mode="json")
    return written


def read_plan(value: dict[str, Any]) -> JointPlan:
    return _PLAN.validate_python(value)
