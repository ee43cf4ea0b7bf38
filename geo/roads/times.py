"""Travel times by road, as the matcher asks for them: one search per means, from the scene outwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from geo.crs import Position
from geo.roads.hours import factor_at
from geo.roads.network import Network
from geo.roads.search import many_to_one
from geo.roads.snapping import snap
from geo.roads.speeds import YARD_MPS
from geo.roads.store import STORE, RoadStore
from geo.travel import StraightLine, Travel

#: whoever needs longer than this is no helper: beyond it nobody is looked for
MOST_S = 3600.0
#: (factor, seconds more): a search goes so much farther than the straight line's guess for the farthest one; the next
#: only where somebody was not found (a river between), and the last one as far as MOST_S.
_STAGES = ((1.0, 60.0), (2.0, 120.0))


def list_limits(guess_s: float, factor: float) -> list[float]:
    """Limits of the searches, shortest first, in seconds of an hour without traffic."""
    most = MOST_S / factor
    return [limit for limit in (guess_s * times + more for times, more in _STAGES) if limit < most] + [most]


@dataclass(frozen=True)
class RoadTimes:
    """Along the streets where there is a network, else, and for whoever is off it, by the straight line.

    ``basis`` of each answer says which. Who is on the map but has no way within an hour is guessed by the straight
    line too, at no less than that hour: a gap in the map must not make a helper vanish.
    """

    store: RoadStore = STORE
    straight: StraightLine = field(default_factory=StraightLine)

    def estimate(
        self,
        session: Session,
        origins: Sequence[Position],
        target: Position,
        mobility: Sequence[str],
        *,
        at: datetime | None = None,
    ) -> list[Travel]:
        """As TravelTimes says."""
        answers = self.straight.estimate(session, origins, target, mobility)
        network = self.store.find(session) if answers else None
        if network is not None:
            for means in sorted(set(mobility)):
                which = [n for n, own in enumerate(mobility) if own == means]
                found = times_to(network, means, [origins[n] for n in which], target, [answers[n] for n in which], at)
                for n, travel in zip(which, found, strict=True):
                    answers[n] = travel
        return answers


def times_to(
    network: Network,
    means: str,
    origins: Sequence[Position],
    target: Position,
    straight: Sequence[Travel],
    at: datetime | None = None,
) -> list[Travel]:
    """By one means to one place; ``straight`` is the answer for whoever is off the map. Reads no database."""
    graph = network.graph_of(means)
    answers = list(straight)
    goal = snap(graph, [target])
    if not goal.on[0]:
        return answers
    snaps = snap(graph, origins)
    on = np.flatnonzero(snaps.on)
    if not len(on):
        return answers
    own = snaps.pick(on)
    net = network.net(means, towards=True)
    factor = factor_at(network.hours, means, at)
    farthest = max(straight[n].seconds for n in on.tolist())
    together = graph.part[graph.u[own.street]] == graph.part[graph.u[goal.street[0]]]
    for limit_s in list_limits(farthest, factor):
        ways, _ = many_to_one(net, own, goal, limit_s=limit_s)
        if not (together & ~np.isfinite(ways.seconds)).any():
            break
    # on foot from the street to the scene, and out of the yard to the street
    beside_m = own.gap_m + goal.gap_m[0]
    beside_s = own.gap_m / YARD_MPS[means] + goal.gap_m[0] / YARD_MPS["foot"]
    for n, seconds, metres, more_s, more_m, near in zip(
        on.tolist(), ways.seconds.tolist(), ways.metres.tolist(), beside_s.tolist(), beside_m.tolist(),
        together.tolist(), strict=True,
    ):  # fmt: skip
        if np.isfinite(seconds):
            answers[n] = Travel(seconds=seconds * factor + more_s, metres=metres + more_m, basis="road")
        elif near:
            guess = straight[n]
            answers[n] = Travel(seconds=max(guess.seconds, MOST_S), metres=guess.metres, basis="straight_line")
    return answers
