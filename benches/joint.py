"""Many incidents and responders at once: our sparse answer beside the dense optimum of the same costs.

Places and people are drawn at random over a town, denser in some quarters; a cost is the way at walking pace plus the
turnout. Ours is timed from the positions on: a tree over the people, the nearest of each incident, the assignment.
``values`` is what the worker runs, ``solve_jointly`` over values with options of the same length. The oracle is
SciPy's ``linear_sum_assignment`` over the full matrix with a column of nobody for each incident; our answer must
serve as many and cost at most 1.01 times as much, or nothing is timed.
"""

from __future__ import annotations

import statistics
import time
import uuid
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree

from dispatch.matching.assign import NOBODY, Edges, assign
from dispatch.matching.joint import Contender, JointInputs, JointRules, Option, solve_jointly
from geo.travel import DETOUR_FACTOR, SPEED_MPS

#: more than the longest way and any sum of ways
_NOBODY_S = 1e8
_TURNOUT_S = 102.0
_TOWN_M = 20_000.0
#: of each incident's people; the matcher looks at so many who are free
_OPTIONS = 40
_MOST_RATIO = 1.01
Points = NDArray[np.float64]


def draw(incidents: int, responders: int, seed: int = 5) -> tuple[Points, Points]:
    """Metres east and north: half anywhere, half around a dozen crowded places."""
    rng = np.random.default_rng(seed)
    crowded = rng.uniform(0, _TOWN_M, (12, 2))

    def points(count: int) -> Points:
        anywhere = rng.uniform(0, _TOWN_M, (count - count // 2, 2))
        around = crowded[rng.integers(0, len(crowded), count // 2)] + rng.normal(0, 800, (count // 2, 2))
        return np.vstack([anywhere, around])

    return points(incidents), points(responders)


def find_edges(places: Points, people: Points, options: int) -> Edges:
    """The nearest people of each place and what each costs."""
    metres, who = KDTree(people).query(places, k=min(options, len(people)))
    metres, who = metres.reshape(len(places), -1), who.reshape(len(places), -1)
    start = np.arange(len(places) + 1, dtype=np.int64) * who.shape[1]
    return Edges(start=start, who=who.ravel().astype(np.int64), cost=_seconds(metres).ravel())


def dense(places: Points, people: Points) -> tuple[int, float, float]:
    """Unserved, cost, and seconds that it took: the optimum over everybody."""
    costs = _seconds(np.linalg.norm(places[:, None] - people[None], axis=2))
    nobody = np.full((len(places), len(places)), 2 * _NOBODY_S)
    np.fill_diagonal(nobody, _NOBODY_S)
    full = np.hstack([costs, nobody])
    before = time.perf_counter()
    rows, chosen = linear_sum_assignment(full)
    took_s = time.perf_counter() - before
    served = chosen < len(people)
    return int((~served).sum()), float(full[rows, chosen][served].sum()), took_s


def judge(edges: Edges, taken: NDArray[np.int64]) -> tuple[int, float]:
    """Unserved, and the cost of the others."""
    place = np.repeat(np.arange(edges.places), np.diff(edges.start))
    chosen = edges.who == taken[place]
    served = taken[taken != NOBODY]
    assert len(np.unique(served)) == len(served), "somebody was sent to two places"
    return int((taken == NOBODY).sum()), float(edges.cost[chosen].sum())


def as_values(edges: Edges) -> JointInputs:
    """The same question as the worker asks it."""
    ids = [uuid.UUID(int=n + 1) for n in range(int(edges.who.max()) + 1)]
    needs = []
    for n in range(edges.places):
        part = slice(int(edges.start[n]), int(edges.start[n + 1]))
        pairs = zip(edges.who[part].tolist(), edges.cost[part].tolist(), strict=True)
        options = tuple(Option(responder_id=ids[who], score_s=cost) for who, cost in pairs)
        needs.append(Contender(need_id=uuid.UUID(int=n + 1), level=3, places=1, asks=1, options=options))
    return JointInputs(contenders=tuple(needs), rules=JointRules())


def run(incidents: int, responders: int, rounds: int) -> dict[str, Any]:
    """Check once, then time ours."""
    places, people = draw(incidents, responders)
    empty = np.full(incidents, _NOBODY_S)
    edges = find_edges(places, people, _OPTIONS)
    unserved, cost = judge(edges, assign(edges, empty))
    oracle_unserved, best, dense_s = dense(places, people)
    assert unserved == oracle_unserved, f"{unserved} are unserved, {oracle_unserved} need be"
    assert cost <= _MOST_RATIO * best, f"cost {cost:.0f}, the optimum is {best:.0f}"
    values = as_values(edges)
    assert solve_jointly(values).unserved == oracle_unserved
    finding, solving, whole, valued = [], [], [], []
    for _ in range(rounds):
        start = time.perf_counter()
        edges = find_edges(places, people, _OPTIONS)
        found = time.perf_counter()
        assign(edges, empty)
        solved = time.perf_counter()
        solve_jointly(values)
        done = time.perf_counter()
        finding.append(found - start)
        solving.append(solved - found)
        whole.append(solved - start)
        valued.append(done - solved)
    return {
        "incidents": incidents,
        "responders": responders,
        "joint_ms": _ms(whole),
        "joint_find_ms": _ms(finding),
        "joint_solve_ms": _ms(solving),
        "joint_values_ms": _ms(valued),
        "dense_ms": round(dense_s * 1000, 1),
        "joint_cost_ratio": round(cost / best, 5) if best else 1.0,
        "joint_unserved": unserved,
        "oracle_unserved": oracle_unserved,
    }


def _seconds(metres: NDArray[Any]) -> Points:
    return np.asarray(metres * (DETOUR_FACTOR / SPEED_MPS["foot"]) + _TURNOUT_S, dtype=np.float64)


def _ms(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1000, 2)
