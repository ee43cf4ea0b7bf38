"""Forbidden turns: from the numbers of OpenStreetMap to streets and nodes of a network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.roads.graph import Ints, Pace
from geo.roads.osm import Turn

_EMPTY: Final = np.zeros(0, dtype=np.int32)
NO_TURNS: Final = (_EMPTY, _EMPTY, _EMPTY)


@dataclass(frozen=True)
class Ends:
    """Per street the numbers of its way and of its two nodes, as OpenStreetMap has them."""

    way: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]


@dataclass(frozen=True)
class _Arm:
    """A street at a node: whether one may come by it, and go into it."""

    street: int
    way: int
    node: int
    comes: bool
    goes: bool


def find_turns(
    turns: Sequence[Turn], ends: Ends, u: NDArray[Any], v: NDArray[Any], pace: Pace
) -> tuple[Ints, Ints, Ints]:
    """(street, node, street) of every turn that is forbidden, in this order. ``u`` and ``v`` are the streets' nodes.

    A restriction whose way passes through the node instead of ending there does not say from which side, and one that
    leads into a closed street says nothing: both are left out.
    """
    if not turns:
        return NO_TURNS
    arms = _arms({turn.node for turn in turns}, ends, u, v, pace)
    forbidden: set[tuple[int, int, int]] = set()
    for turn in turns:
        here = arms.get(turn.node, [])
        come = {(arm.street, arm.node) for arm in here if arm.way == turn.way and arm.comes}
        into = {arm.street for arm in here if arm.way == turn.to and arm.goes}
        if len(come) != 1 or not into:
            continue
        closed = {arm.street for arm in here if arm.goes} - into if turn.only else into
        ((own, corner),) = come
        forbidden |= {(own, corner, street) for street in closed}
    if not forbidden:
        return NO_TURNS
    columns = np.array(sorted(forbidden), dtype=np.int32).T
    return columns[0], columns[1], columns[2]


def _arms(nodes: set[int], ends: Ends, u: NDArray[Any], v: NDArray[Any], pace: Pace) -> dict[int, list[_Arm]]:
    wanted = np.array(sorted(nodes), dtype=np.int64)
    there, back = np.isfinite(pace.forward), np.isfinite(pace.backward)
    arms: dict[int, list[_Arm]] = defaultdict(list)
    for own, number, comes, goes in ((ends.u, u, back, there), (ends.v, v, there, back)):
        for street in np.flatnonzero(np.isin(own, wanted)).tolist():
            arm = _Arm(street, int(ends.way[street]), int(number[street]), bool(comes[street]), bool(goes[street]))
            arms[int(own[street])].append(arm)
    return {node: found for node, found in arms.items() if len({arm.node for arm in found}) == 1}
