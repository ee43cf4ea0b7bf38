"""One city, one list of calls, one policy: what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from simulation.twin.agenda import Agenda
from simulation.twin.city import City
from simulation.twin.crowd import People
from simulation.twin.desk import Desk
from simulation.twin.dice import Dice
from simulation.twin.generate import Population
from simulation.twin.ground import Ground
from simulation.twin.orders import Incident
from simulation.twin.policies import Policy
from simulation.twin.values import Call, Crowd
from simulation.twin.walking import Walking


@dataclass(frozen=True, kw_only=True)
class Run:
    """All incidents, in the order of the calls, and the city as it was left. ``events``: how much happened.
    ``since_s``: what was before is not measured."""

    policy: Policy
    incidents: Sequence[Incident]
    city: City
    events: int
    since_s: float = -math.inf

    def after(self, first: int) -> Run:
        """Without the first so many incidents: by then the log is that of a station that has been at work."""
        kept = self.incidents[first:]
        return replace(self, incidents=kept, since_s=kept[0].call.at_s if first else self.since_s)


def play(
    calls: Sequence[Call],
    population: Population,
    ground: Ground,
    policy: Policy,
    *,
    seed: int,
    crowd: Crowd | None = None,
) -> Run:
    """Let every call happen. The same arguments give the same run, to the last digit."""
    dice = Dice(seed)
    crowd = crowd or People(population.characters, dice)
    city = City(population.guards, population.posts, ground, crowd)
    agenda = Agenda(min((call.at_s for call in calls), default=0.0))
    desk = Desk(agenda, city, crowd, policy)
    Walking(desk, city, dice)
    for call in sorted(calls, key=lambda call: (call.at_s, call.number)):
        agenda.at(call.at_s, partial(desk.take, call))
    events = agenda.run()
    city.close_books(agenda.now_s)
    return Run(policy=policy, incidents=desk.incidents, city=city, events=events)
