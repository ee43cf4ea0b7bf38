"""A small town for tests of the twin: one street of guards, or a few dozen around invented calls."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from dispatch.scenarios.spec import NeedSpec
from geo.crs import Position
from simulation.twin.arrivals import draw
from simulation.twin.compare import Case
from simulation.twin.generate import populate
from simulation.twin.ground import OpenGround
from simulation.twin.invent import invent_process
from simulation.twin.values import Call, Guard, Reaction
from tests.support.people import LAT, LON, START, east

START_S = START.timestamp()


def a_need(needed: int = 1, **values: object) -> NeedSpec:
    """A need of guards as a scenario has it."""
    return NeedSpec.model_validate(
        {"kind": "guard", "mode": "offer", "needed": needed, "radius_m": 600, "receipt_s": 10, "accept_s": 30} | values
    )


def a_call(*needs: NeedSpec, number: int = 0, at_s: float = START_S) -> Call:
    """A call at the centre of the town."""
    return Call(number=number, at_s=at_s, position=Position(LON, LAT), scenario="other", needs=needs or (a_need(),))


def on_a_line(count: int, *, first_m: float = 100, step_m: float = 50) -> list[Guard]:
    """Guards east of the centre, the nearest first; always on duty, at no post."""
    return [
        Guard(number=n, responder_id=uuid.UUID(int=n + 1), home=Position(east(first_m + step_m * n), LAT))
        for n in range(count)
    ]


class Script:
    """People who do what is written down; who is not named never answers, though his phone has it after a second."""

    def __init__(self, reactions: Mapping[int, Reaction]) -> None:
        self._reactions = reactions

    def react(self, call: Call, guard: Guard, at_s: float) -> Reaction:
        return self._reactions.get(guard.number, Reaction(received_s=1.0))

    def silent_since(self, guard: Guard, at_s: float) -> float | None:
        return None


def a_case(*, incidents: int = 60, guards: int = 40, accepts: float = 0.6, seed: int = 3, hidden: int = 3) -> Case:
    """Invented calls and people on open ground."""
    calls: Sequence[Call] = draw(invent_process(seed), count=incidents, start_s=START_S, seed=seed)
    people = populate(
        [call.position for call in calls], guards=guards, accepts=accepts, seed=seed, hidden_seed=hidden
    )  # fmt: skip
    return Case(calls=calls, population=people, ground=OpenGround(), seed=seed)
