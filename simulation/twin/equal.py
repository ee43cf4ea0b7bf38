"""At as many alerts, how much earlier; at as early an arrival, how many fewer alerts. Pure.

Tossing a coin between two policies for each incident gives every point on the line between them, in alerts and in mean
wait. So several policies together are as good as the lower hull of their points, and another is measured against that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulation.twin.compare import Result
from simulation.twin.desk import PATIENCE_S

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One policy's mean alerts and wait (nobody came: the whole patience) beside the best that the others can mix.

    ``hull_wait_s``: their wait at as many alerts; None: they cannot do with so few. ``hull_alerts``: what they need for
    as short a wait; None: they never reach it.
    """

    policy: str
    alerts: float
    wait_s: float
    hull_wait_s: float | None
    hull_alerts: float | None


def stand(own: Sequence[Result], others: Sequence[Result]) -> list[Standing]:
    """Each of ``own`` against what ``others`` together can do."""
    hull = lower_hull([point_of(result) for result in others])
    standings = []
    for result in own:
        alerts, wait_s = point_of(result)
        standings.append(
            Standing(
                policy=result.figures.policy,
                alerts=round(alerts, 3),
                wait_s=round(wait_s, 1),
                hull_wait_s=_rounded(y_at(hull, alerts), 1),
                hull_alerts=_rounded(x_at(hull, wait_s), 3),
            )
        )
    return standings


def point_of(result: Result) -> Point:
    """(mean alerts, mean seconds waited)."""
    return float(result.alerts.mean()), float(np.minimum(result.first_s, PATIENCE_S).mean())


def lower_hull(points: Sequence[Point]) -> list[Point]:
    """The falling part of the lower convex hull, from the fewest alerts to the shortest wait."""
    hull: list[Point] = []
    for point in sorted(points):
        while len(hull) >= 2 and _turns_up(hull[-2], hull[-1], point) <= 0:
            hull.pop()
        hull.append(point)
    shortest = min(range(len(hull)), key=lambda n: (hull[n][1], n))
    return hull[: shortest + 1]


def y_at(hull: Sequence[Point], x: float) -> float | None:
    """The wait at so many alerts; beyond the last point no shorter one is to be had."""
    if x < hull[0][0]:
        return None
    return float(np.interp(x, [point[0] for point in hull], [point[1] for point in hull]))


def x_at(hull: Sequence[Point], y: float) -> float | None:
    """The fewest alerts for so short a wait."""
    if y < hull[-1][1]:
        return None
    falling = hull[::-1]
    return float(np.interp(y, [point[1] for point in falling], [point[0] for point in falling]))


def _turns_up(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
