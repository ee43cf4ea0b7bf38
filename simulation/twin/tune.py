"""Which parameters a scenario should have: how many alerts buy how much time, and where more stops to pay. Pure
but for the runs themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from simulation.twin.compare import Case, Result, compare
from simulation.twin.desk import PATIENCE_S
from simulation.twin.measures import Floats
from simulation.twin.run import Run

#: what is tried: the wanted chance beside the radius, and then around the best of these the other two
TARGETS = (0.1, 0.3, 0.5, 0.65, 0.8, 0.9, 0.97)
RADII = (300, 500, 800)
FACTORS = (2.0, 3.0, 5.0, 8.0)
WITHIN_S = (15, 20, 30)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Parameters of a scenario's need; None: as the scenario has them."""

    target: float
    radius_m: int
    factor: float | None = None
    within_s: int | None = None

    @property
    def policy(self) -> str:
        """As one writes it."""
        parts = [f"target={self.target:g}", f"radius={self.radius_m}"]
        parts += [f"factor={self.factor:g}"] if self.factor is not None else []
        parts += [f"within={self.within_s}"] if self.within_s is not None else []
        return "ours:" + ",".join(parts)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One setting and what came of it. ``p90_s``: first arrival, who came to nobody counting as the whole patience.
    ``on_front``: nothing else was quicker with as few alerts; ``knee``: of these the one to choose."""

    setting: Setting
    alerts: float
    p50_s: float
    p90_s: float
    unserved: int
    on_front: bool = False
    knee: bool = False


def tune(case: Case, *, progress: Callable[[str, Run], None] = lambda name, run: None) -> list[Tried]:
    """Every setting that was tried, by alerts; exactly one is the knee."""
    grid = [Setting(target=target, radius_m=radius_m) for target, radius_m in product(TARGETS, RADII)]
    tried = _try(case, grid, progress)
    best = next(one for one in mark(tried) if one.knee).setting
    around = [Setting(target=best.target, radius_m=best.radius_m, factor=factor) for factor in FACTORS]
    around += [Setting(target=best.target, radius_m=best.radius_m, within_s=within_s) for within_s in WITHIN_S]
    return mark([*tried, *_try(case, around, progress)])


def mark(tried: Sequence[Tried]) -> list[Tried]:
    """The same, sorted by alerts, with the front and its knee marked.

    The knee is the point of the front farthest below the straight line between the front's ends, both axes scaled to
    the front's extent (Satopää et al., "Finding a Kneedle in a Haystack", 2011).
    """
    ordered = sorted(tried, key=lambda one: (one.alerts, one.p90_s, one.setting.policy))
    front: list[int] = []
    for n, one in enumerate(ordered):
        if not front or one.p90_s < ordered[front[-1]].p90_s:
            front.append(n)
    knee = front[find_knee([ordered[n].alerts for n in front], [ordered[n].p90_s for n in front])]
    return [
        Tried(
            setting=one.setting, alerts=one.alerts, p50_s=one.p50_s, p90_s=one.p90_s, unserved=one.unserved,
            on_front=n in front, knee=n == knee,
        )
        for n, one in enumerate(ordered)
    ]  # fmt: skip


def find_knee(x: Sequence[float], y: Sequence[float]) -> int:
    """Number of the knee of a falling curve."""
    across, down = x[-1] - x[0], y[0] - y[-1]
    if len(x) < 3 or across <= 0 or down <= 0:
        return 0
    below = [1 - (one - x[0]) / across - (two - y[-1]) / down for one, two in zip(x, y, strict=True)]
    return int(np.argmax(below))


def _try(case: Case, settings: Sequence[Setting], progress: Callable[[str, Run], None]) -> list[Tried]:
    results = compare(case, [setting.policy for setting in settings], progress=progress)
    return [_tried(setting, result) for setting, result in zip(settings, results, strict=True)]


def _tried(setting: Setting, result: Result) -> Tried:
    waited: Floats = np.minimum(result.first_s, PATIENCE_S)
    p50, p90 = np.quantile(waited, [0.5, 0.9], method="inverted_cdf")
    return Tried(
        setting=setting,
        alerts=result.figures.alerts,
        p50_s=round(float(p50), 1),
        p90_s=round(float(p90), 1),
        unserved=result.figures.unserved,
    )
