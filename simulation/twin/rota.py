"""Who is on duty when: every guard keeps the same hours, one day in seven is free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.twin.values import Guard

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
#: the twin's clock on the wall is that of Shanghai, as in the decisions themselves
LOCAL_S = 8 * HOUR_S


class Rota:
    """The hours of all guards as arrays: one question, one answer for everybody."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._start = np.array([guard.shift[0] for guard in guards], dtype=np.float64) * HOUR_S
        end = np.array([guard.shift[1] for guard in guards], dtype=np.float64) * HOUR_S
        self._length = np.where(end > self._start, end - self._start, end + DAY_S - self._start)
        self._off = np.array([-1 if guard.day_off is None else guard.day_off for guard in guards], dtype=np.int64)
        self._asked_s, self._answer = np.nan, np.zeros(len(guards), dtype=bool)

    def on_duty(self, at_s: float) -> NDArray[np.bool_]:
        """Of every guard."""
        if at_s != self._asked_s:
            day, since = self._since(at_s)
            self._asked_s, self._answer = at_s, (since < self._length) & (day % 7 != self._off)
        return self._answer

    def is_on_duty(self, number: int, at_s: float) -> bool:
        return bool(self.on_duty(at_s)[number])

    def end_s(self, number: int, at_s: float) -> float:
        """When the shift ends in which he is at ``at_s``; infinite for who never leaves."""
        if self._length[number] >= DAY_S and self._off[number] < 0:
            return np.inf
        _, since = self._since(at_s)
        return float(at_s + self._length[number] - since[number])

    def began_s(self, number: int, at_s: float) -> float:
        """When the shift began in which he is at ``at_s``."""
        _, since = self._since(at_s)
        return float(at_s - since[number])

    def hours_within(self, spans: Sequence[tuple[float, float]], step_s: float = 600.0) -> NDArray[np.float64]:
        """Hours on duty of every guard within ``spans``, to the step."""
        total = np.zeros(len(self._start))
        for begin, end in spans:
            steps = max(1, round((end - begin) / step_s))
            for n in range(steps):
                total += self.on_duty(begin + (n + 0.5) * (end - begin) / steps) * ((end - begin) / steps / HOUR_S)
        return total

    def _since(self, at_s: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(number of the day on which the latest shift began, seconds since), of every guard."""
        local = at_s + LOCAL_S - self._start
        day = np.floor(local / DAY_S)
        return day.astype(np.int64), local - day * DAY_S
