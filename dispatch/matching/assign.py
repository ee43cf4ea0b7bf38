"""Who takes which place, all places at once: the cheapest assignment over a sparse list of edges. Pure arithmetic.

Each place has a private column more, "nobody", with what that costs, so that an answer always exists. Only the
cheapest edges of a place are looked at first; the answer's own prices say where that was too few, and those places
are given more, until no edge left out could make the answer cheaper: the result is that of the full matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: edges of a place that are looked at first
NEAREST = 20
#: nobody took the place
NOBODY = -1
#: smaller differences are rounding
_EQUAL = 1e-6


@dataclass(frozen=True, eq=False)
class Edges:
    """Who could take each place, the cheapest first: place p has the edges from ``start[p]`` up to ``start[p + 1]``.

    ``who`` are numbers of people, ``cost`` is not negative.
    """

    start: Ints
    who: Ints
    cost: Floats

    @property
    def places(self) -> int:
        return len(self.start) - 1


def assign(edges: Edges, empty: Floats, *, nearest: int = NEAREST) -> Ints:
    """Per place the number of who takes it, or NOBODY. ``empty``: what it costs to leave each place empty.

    Nobody takes two places; the sum of the costs is the least that there is.
    """
    if edges.places == 0:
        return np.zeros(0, dtype=np.int64)
    degree = np.diff(edges.start)
    width = np.minimum(degree, nearest)
    while True:
        edge = _first(edges.start, width)
        place = np.repeat(np.arange(edges.places), width)
        taken = _match(place, edges.who[edge], edges.cost[edge], empty)
        more = _worth(edges, degree, width, _prices(place, edges.who[edge], edges.cost[edge], empty, taken))
        if not more.any():
            return taken
        width = np.where(more, np.minimum(degree, 2 * width + 1), width)


def _first(start: Ints, width: Ints) -> Ints:
    """Numbers of the first ``width`` edges of each place."""
    before = np.cumsum(width) - width
    return np.repeat(start[:-1] - before, width) + np.arange(int(width.sum()))


def _match(place: Ints, who: Ints, cost: Floats, empty: Floats) -> Ints:
    places = len(empty)
    people, column = np.unique(who, return_inverse=True)
    row = np.concatenate([place, np.arange(places)])
    columns = np.concatenate([column, len(people) + np.arange(places)])
    # SciPy takes an explicit zero for no edge: one more on each changes no choice
    weight = np.concatenate([cost, empty]) + 1.0
    matrix = csr_array((weight, (row, columns)), shape=(places, len(people) + places))
    rows, chosen = min_weight_full_bipartite_matching(matrix)
    taken = np.full(places, NOBODY, dtype=np.int64)
    real = chosen < len(people)
    taken[rows[real]] = people[chosen[real]]
    return taken


def _prices(place: Ints, who: Ints, cost: Floats, empty: Floats, taken: Ints) -> Floats:
    """What one more place like each would cost: the cheapest chain of changes that ends with somebody free or nobody.

    These are the dual prices of the matching; an edge dearer than its place's price cannot improve it.
    """
    places = len(empty)
    _, column = np.unique(who, return_inverse=True)
    own = who == taken[place]
    # who holds each column, and what it pays for it
    holder = np.full(int(column.max(initial=-1)) + 1, NOBODY, dtype=np.int64)
    paid = np.zeros(len(holder))
    holder[column[own]] = place[own]
    paid[column[own]] = cost[own]
    held_by = holder[column]
    held = held_by != NOBODY
    price = np.where(taken == NOBODY, np.inf, empty)
    while True:
        beyond = np.where(held, price[held_by] - paid[column], 0.0)
        offered = np.where(own, np.inf, cost + beyond)
        next_ = price.copy()
        np.minimum.at(next_, place, offered)
        if (next_ >= price - _EQUAL).all() or places == 0:
            return next_
        price = next_


def _worth(edges: Edges, degree: Ints, width: Ints, price: Floats) -> NDArray[np.bool_]:
    """Places whose cheapest edge that was left out costs less than their price."""
    left_out = width < degree
    following = np.minimum(edges.start[:-1] + width, max(0, len(edges.cost) - 1))
    cost = edges.cost[following] if len(edges.cost) else np.full(edges.places, np.inf)
    worth: NDArray[np.bool_] = left_out & (cost < price - _EQUAL)
    return worth
