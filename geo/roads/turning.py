"""Turns that depend on where one comes from: a second node beside a corner for each street that must not turn there.

Whoever comes along such a street arrives at the copy, from which only the allowed streets lead on; everybody else
arrives at the corner itself. So only the corners with a restriction grow, and the search is the plain one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.roads.graph import Floats, Graph

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Steps from node to node along streets, with their seconds."""

    tail: Numbers
    head: Numbers
    seconds: Floats
    street: Numbers


class Turning:
    """The copies of a graph's corners; none where nothing is forbidden."""

    def __init__(self, graph: Graph, *, cars: bool) -> None:
        self._nodes, self._streets = graph.nodes, graph.streets
        empty = np.zeros(0, dtype=np.int64)
        into, node, out = (
            (column.astype(np.int64) if cars else empty) for column in (graph.turn_in, graph.turn_node, graph.turn_out)
        )
        #: street and corner of each copy, as one ascending key
        self._key, copy = np.unique(into * graph.nodes + node, return_inverse=True)
        self._corner = self._key % max(1, graph.nodes)
        self._forbidden = np.unique(copy.astype(np.int64) * graph.streets + out)
        self._allows_not = set(self._forbidden.tolist())
        self._copies_at: dict[int, list[int]] = defaultdict(list)
        for number, corner in enumerate(self._corner.tolist()):
            self._copies_at[corner].append(number)

    @property
    def copies(self) -> int:
        return len(self._key)

    def base(self, nodes: NDArray[Any]) -> Numbers:
        """The corner of each node, which is itself or what it is a copy of."""
        nodes = nodes.astype(np.int64)
        if not self.copies:
            return nodes
        number = np.clip(nodes - self._nodes, 0, self.copies - 1)
        return np.where(nodes < self._nodes, nodes, self._corner[number])

    def come(self, street: NDArray[Any], corner: NDArray[Any]) -> Numbers:
        """The node at which one is who came to each corner along each street."""
        corner = corner.astype(np.int64)
        if not self.copies:
            return corner
        key = street.astype(np.int64) * self._nodes + corner
        at = np.minimum(np.searchsorted(self._key, key), self.copies - 1)
        return np.where(self._key[at] == key, self._nodes + at, corner)

    def expand(self, arcs: Arcs) -> Arcs:
        """The steps with the copies among them."""
        if not self.copies:
            return arcs
        order = np.argsort(arcs.tail, kind="stable")
        tail = arcs.tail[order]
        begin, end = np.searchsorted(tail, self._corner), np.searchsorted(tail, self._corner, side="right")
        count = end - begin
        copy = np.repeat(np.arange(self.copies), count)
        own = order[np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count - begin, count)]
        allowed = ~np.isin(copy * self._streets + arcs.street[own], self._forbidden)
        copy, own = copy[allowed], own[allowed]
        street = np.concatenate([arcs.street, arcs.street[own]])
        return Arcs(
            tail=np.concatenate([arcs.tail, self._nodes + copy]),
            head=self.come(street, np.concatenate([arcs.head, arcs.head[own]])),
            seconds=np.concatenate([arcs.seconds, arcs.seconds[own]]),
            street=street,
        )

    def onto(self, street: NDArray[Any], corner: NDArray[Any]) -> tuple[Numbers, Numbers]:
        """Every node from which one may go from a corner into its street, and the number of the pair that it is for."""
        corner = corner.astype(np.int64)
        pairs = np.arange(len(corner))
        if not self.copies:
            return corner, pairs
        nodes, of = [], []
        for pair in np.flatnonzero(np.isin(corner, self._corner)).tolist():
            for copy in self._copies_at[int(corner[pair])]:
                if copy * self._streets + int(street[pair]) not in self._allows_not:
                    nodes.append(self._nodes + copy)
                    of.append(pair)
        return (
            np.concatenate([corner, np.array(nodes, dtype=np.int64)]),
            np.concatenate([pairs, np.array(of, dtype=np.int64)]),
        )

    def least_onto(self, seconds: Floats, street: NDArray[Any], corner: NDArray[Any]) -> Floats:
        """Of what a search found, the least with which one may go from each corner into its street."""
        nodes, of = self.onto(street, corner)
        least = np.full(len(corner), np.inf)
        np.minimum.at(least, of, seconds[nodes])
        return least
