"""Chance that does not depend on what was drawn before: the same question gets the same answer under every policy.

Two policies that ask the same guard about the same incident hear the same word after the same seconds, whatever else
they did meanwhile (common random numbers); so their difference is the policy's and not the dice's.
"""

from __future__ import annotations

import math
from enum import IntEnum
from statistics import NormalDist

_MASK = (1 << 64) - 1
_NORMAL = NormalDist()


class Die(IntEnum):
    """What is drawn."""

    ANSWER = 1
    KIND_OF_NO = 2
    ANSWER_S = 3
    NETWORK_S = 4
    TURNOUT_S = 5
    WORK_S = 6
    PACE = 7
    WITHDRAW = 8
    STAY = 9
    OUTAGE = 10
    OUTAGE_BEGIN = 11
    OUTAGE_S = 12
    OUTAGE_KIND = 13
    FIX_EAST = 14
    FIX_NORTH = 15
    FIX_ACCURACY = 16


class Dice:
    """Draws by key: a die and the numbers of whom and what it is about."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, *key: int) -> float:
        """Between 0 and 1, both excluded."""
        state = self.seed & _MASK
        for part in key:
            # splitmix64, once per part of the key
            state = (state ^ (part & _MASK)) + 0x9E3779B97F4A7C15 & _MASK
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
            state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
            state ^= state >> 31
        return ((state >> 12) + 0.5) / (1 << 52)

    def normal(self, *key: int) -> float:
        """Mean 0, deviation 1."""
        return _NORMAL.inv_cdf(self.uniform(*key))

    def around(self, median: float, spread: float, *key: int) -> float:
        """Log-normal: half lie below ``median``; two thirds within a factor of exp(``spread``)."""
        return median * math.exp(spread * self.normal(*key))
