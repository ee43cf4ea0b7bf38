"""The needs of one incident filled together, so that none takes another's only possible person. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from dispatch.matching.rank import judge, replay
from dispatch.matching.values import Inputs, Plan

#: a place that stays empty is worse than any way: first as many places as possible, then the least seconds
_EMPTY_S = 1e7
#: whom a rule spares is taken before a place stays empty, and after everybody else
_WAIVED_S = 1e5


def plan_team(team: Sequence[Inputs]) -> list[tuple[Inputs, Plan]]:
    """A plan for each need of an incident, in the order given, and the inputs from which ``replay`` makes it again.

    Needs compete for people of one kind. Their empty places are assigned exactly: as many filled as can be, then the
    least sum of scores; so who fits two needs goes where he is needed most. Whom a need asks beyond its places it
    takes from those who are left, the need with the fewest possible people first. The order of the needs and of the
    candidates changes nothing.
    """
    planned: dict[int, tuple[Inputs, Plan]] = {}
    # safe-houses first: whoever alone keeps one that is asked is not called away from it
    for kind in sorted({inputs.need.kind for inputs in team}, key=lambda kind: (kind != "safe_house", kind)):
        houses = {s.responder_id for inputs, plan in planned.values() for s in plan.chosen if _is_house(inputs)}
        rivals = {n: _keep(inputs, houses) for n, inputs in enumerate(team) if inputs.need.kind == kind}
        planned |= _plan_rivals(rivals) if len(rivals) > 1 else {n: _plan(inputs, ()) for n, inputs in rivals.items()}
    return [planned[n] for n in range(len(team))]


def _is_house(inputs: Inputs) -> bool:
    return inputs.need.kind == "safe_house"


def _keep(inputs: Inputs, houses: Collection[uuid.UUID]) -> Inputs:
    if not any(candidate.house_id in houses for candidate in inputs.candidates):
        return inputs
    return replace(
        inputs,
        candidates=tuple(replace(c, keeps_house=True) if c.house_id in houses else c for c in inputs.candidates),
    )


def _plan_rivals(team: Mapping[int, Inputs]) -> dict[int, tuple[Inputs, Plan]]:
    costs = {n: _costs(inputs) for n, inputs in team.items()}
    # the scarcest first; what is alike goes by what it wants, not by where it stands
    order = sorted(team, key=lambda n: (len(costs[n]), -len(team[n].need.skills), team[n].need.skills, n))
    places = [(n, place) for n in order for place in range(max(0, team[n].need.places - team[n].need.waiting))]
    held = assign([costs[n] for n, _ in places])
    core = {n: {held[row] for row, (of, _) in enumerate(places) if of == n} - {None} for n in order}
    planned: dict[int, tuple[Inputs, Plan]] = {}
    given: set[uuid.UUID] = set()
    for step, n in enumerate(order):
        later = {id_ for other in order[step + 1 :] for id_ in core[other] if id_ is not None}
        planned[n] = _plan(team[n], given | later)
        given |= {scored.responder_id for scored in planned[n][1].chosen}
    return planned


def assign(costs: Sequence[dict[uuid.UUID, float]]) -> list[uuid.UUID | None]:
    """Who takes each place, nobody two: the most places filled, then the least sum of costs. Exact (Kuhn–Munkres).

    A place has the seconds of whoever can take it; None: it stays empty.
    """
    people = sorted(set().union(*costs)) if costs else []
    if not people:
        return [None] * len(costs)
    column = {id_: n for n, id_ in enumerate(people)}
    # beside the people each place has a nobody of its own
    table = np.full((len(costs), len(people) + len(costs)), 2 * _EMPTY_S)
    for row, seconds in enumerate(costs):
        table[row, len(people) + row] = _EMPTY_S
        for id_, cost in seconds.items():
            table[row, column[id_]] = cost
    taken = linear_sum_assignment(table)[1]
    return [people[n] if n < len(people) else None for n in taken]


def _costs(inputs: Inputs) -> dict[uuid.UUID, float]:
    fit, _ = judge(inputs.need, inputs.scene, inputs.candidates, inputs.travel, inputs.weights, inputs.now)
    return {s.responder_id: s.score_s + (_WAIVED_S if s.waived is not None else 0.0) for s, _ in fit}


def _plan(inputs: Inputs, elsewhere: set[uuid.UUID] | tuple[()]) -> tuple[Inputs, Plan]:
    # only of those whom this need looked at: what is stored is what it depends on
    looked_at = {candidate.responder_id for candidate in inputs.candidates}
    given = replace(inputs, elsewhere=tuple(sorted(looked_at & set(elsewhere) | set(inputs.elsewhere))))
    return given, replay(given)
