"""A network of streets as arrays, for walkers (foot, bicycle) or for cars.

A *street* is a piece of a way between two nodes where one can turn, or is delayed; it has a shape. Its time is kept
per means and direction, without the delay at its ends: whoever passes a node pays the node's delay once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

#: metres, longer than any street
STREET_KEY: Final = 1e7

#: which means move on which network
NETWORKS: Final = {"walk": ("foot", "bicycle"), "drive": ("car",)}
NETWORK_OF: Final = {means: network for network, several in NETWORKS.items() for means in several}


def _none() -> Ints:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True)
class Pace:
    """Seconds of one means: along each street, per direction (inf: closed), and at each node."""

    forward: Singles
    backward: Singles
    delay: Singles


@dataclass(frozen=True, eq=False)
class Graph:
    """``u`` to ``v`` is a street's forward direction. Coordinates are in ten millionths of a degree, WGS-84.

    ``shape_*``: the streets' points one after the other, street ``e`` has those from ``shape_start[e]`` up to
    ``shape_start[e + 1]``; ``shape_m`` is the metre along the street. ``part``: which nodes can all reach each other.
    ``cell_*``: the segments that touch each cell of a net, by the cell's key (see ``snapping``). ``turn_*``: turns that
    are forbidden: from a street at a node into a street.
    """

    node_x: Ints
    node_y: Ints
    u: Ints
    v: Ints
    metres: Singles
    way: Ints
    part: Ints
    snappable: NDArray[np.bool_]
    shape_start: Ints
    shape_x: Ints
    shape_y: Ints
    shape_m: Singles
    cell_key: NDArray[np.int64]
    cell_start: Ints
    cell_segment: Ints
    turn_in: Ints = field(default_factory=_none)
    turn_node: Ints = field(default_factory=_none)
    turn_out: Ints = field(default_factory=_none)
    paces: dict[str, Pace] = field(default_factory=dict)

    @property
    def nodes(self) -> int:
        return len(self.node_x)

    @property
    def streets(self) -> int:
        return len(self.u)

    @cached_property
    def segment_street(self) -> Ints:
        """The street of each point of the shapes, as the beginning of a segment."""
        counts = np.diff(self.shape_start)
        return np.repeat(np.arange(self.streets, dtype=np.int32), counts)

    @cached_property
    def shape_key(self) -> Floats:
        """``shape_m`` of all streets as one ascending series: street e begins at e * STREET_KEY."""
        key: Floats = self.segment_street.astype(np.float64) * STREET_KEY + self.shape_m
        return key


ARRAYS: Final = tuple(f.name for f in fields(Graph) if f.name != "paces")


def graph_to_arrays(graph: Graph, prefix: str) -> dict[str, NDArray[Any]]:
    """Flat, for a file of arrays."""
    arrays = {f"{prefix}.{name}": getattr(graph, name) for name in ARRAYS}
    for means, pace in graph.paces.items():
        arrays |= {f"{prefix}.{means}.{part}": getattr(pace, part) for part in ("forward", "backward", "delay")}
    return arrays


def graph_from_arrays(arrays: Any, prefix: str) -> Graph:
    """As ``graph_to_arrays`` laid it out; raises KeyError when one is missing. Networks that were imported before
    turns were read have none."""
    paces = {
        means: Pace(*(arrays[f"{prefix}.{means}.{part}"] for part in ("forward", "backward", "delay")))
        for means in NETWORKS[prefix]
    }
    known = [name for name in ARRAYS if not name.startswith("turn_") or f"{prefix}.{name}" in arrays]
    return Graph(**{name: arrays[f"{prefix}.{name}"] for name in known}, paces=paces)
