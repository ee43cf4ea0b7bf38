"""How long to wait before the next try: longer each time, and never all clients at once."""

from __future__ import annotations

import random


def pause_s(attempt: int, *, base_s: float = 0.5, cap_s: float = 30.0, chance: random.Random | None = None) -> float:
    """Full jitter: anything between 0 and ``base_s`` × 2^attempt, at most ``cap_s``."""
    ceiling = min(cap_s, base_s * 2 ** min(attempt, 16))
    return (chance or random).uniform(0, ceiling)
