"""How often each guard was asked lately, and when he was last done: what the matcher spares people by."""

from __future__ import annotations

import bisect
from collections import defaultdict
from dataclasses import dataclass

from simulation.twin.rota import HOUR_S

_SHIFT_S = 12 * HOUR_S


@dataclass(frozen=True)
class Lately:
    """As the matcher's query counts it: orders of other incidents, within the hour and since the duty began."""

    alerts_hour: int
    alerts_shift: int
    done_s: float | None


class Burden:
    """Grows with the run."""

    def __init__(self) -> None:
        self._offered: dict[int, list[tuple[float, int]]] = defaultdict(list)
        self._done_s: dict[int, float] = {}

    def asked(self, guard: int, incident: int, at_s: float) -> None:
        self._offered[guard].append((at_s, incident))

    def done(self, guard: int, at_s: float) -> None:
        """An order that he had gone for has ended."""
        self._done_s[guard] = at_s

    def lately(self, guard: int, incident: int, now_s: float, duty_since_s: float) -> Lately:
        offered = self._offered.get(guard, [])
        # an order of exactly then is not after then
        begin = bisect.bisect_right(offered, (max(now_s - _SHIFT_S, duty_since_s), 2**62))
        shift = [at_s for at_s, of in offered[begin:] if of != incident]
        done_s = self._done_s.get(guard)
        if done_s is not None and done_s <= max(now_s - _SHIFT_S, duty_since_s):
            done_s = None
        return Lately(sum(1 for at_s in shift if at_s > now_s - HOUR_S), len(shift), done_s)
