"""How often somebody may speak."""

from __future__ import annotations


class Budget:
    """A token bucket: ``per_s`` on average, ``burst`` at once. Times are seconds of any steady clock."""

    def __init__(self, *, per_s: float, burst: float, now: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._left, self._at = burst, now

    def spend(self, now: float) -> bool:
        """Take one; False when nothing is left."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
