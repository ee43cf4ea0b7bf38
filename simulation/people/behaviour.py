"""How simulated people are: how long they think, how often they say no, lose their signal or give up.

The shares are this project's guesses, made to exercise the system and no statement about real people.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

Answer = Literal["accept", "decline", "ignore", "no_signal"]

#: reasons for which a helper says no, with how often each
_DECLINES = (("busy", 4), ("post", 4), ("too_far", 2), ("unable", 1))
_WITHDRAWALS = (("recalled", 3), ("hindered", 2), ("not_found", 1))


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One kind of person. Shares are 0–1 of the offers; spans are seconds, the first three by the wall clock."""

    #: of the offers that he answers at all
    accepts: float = 0.8
    ignores: float = 0.05
    loses_signal: float = 0.03
    #: of those that he accepted
    withdraws: float = 0.02
    #: presses the button on arrival although his phone says it
    taps_arrival: float = 0.2
    #: has a bad receiver
    blurred: float = 0.15
    reads_s: tuple[float, float] = (1.0, 3.0)
    decides_s: tuple[float, float] = (1.0, 5.0)
    without_signal_s: tuple[float, float] = (20.0, 60.0)
    #: simulated seconds
    turns_out_s: tuple[float, float] = (5.0, 40.0)
    works_s: tuple[float, float] = (60.0, 240.0)

    def answer(self, chance: random.Random) -> Answer:
        """What he does with an offer."""
        drawn = chance.random()
        if drawn < self.ignores:
            return "ignore"
        if drawn < self.ignores + self.loses_signal:
            return "no_signal"
        return "accept" if chance.random() < self.accepts else "decline"

    @staticmethod
    def decline_reason(chance: random.Random) -> str:
        return chance.choices([r for r, _ in _DECLINES], [w for _, w in _DECLINES])[0]

    @staticmethod
    def withdraw_reason(chance: random.Random) -> str:
        return chance.choices([r for r, _ in _WITHDRAWALS], [w for _, w in _WITHDRAWALS])[0]


#: nobody fails on purpose, nobody is slow: the one incident of ``demo --once`` goes its way
RELIABLE = Behaviour(
    accepts=0.92,
    ignores=0.0,
    loses_signal=0.0,
    withdraws=0.0,
    blurred=0.0,
    decides_s=(0.8, 2.5),
    turns_out_s=(5.0, 25.0),
    works_s=(60.0, 150.0),
)
EVERYDAY = Behaviour()


def span(bounds: tuple[float, float], chance: random.Random) -> float:
    """Some seconds between the bounds."""
    return chance.uniform(*bounds)
