"""A past that nobody had: calls and streets for a city without a file of its own."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Sequence

import numpy as np

from geo.crs import Position
from geo.roads.access import judge_way
from geo.roads.build import build_graph
from geo.roads.graph import NETWORKS
from geo.roads.hours import DEFAULT_HOURS
from geo.roads.lengths import metres_per_degree
from geo.roads.network import Network
from geo.roads.osm import DEGREE, Way
from simulation.twin.arrivals import WEEK_HOURS, Process
from simulation.twin.scenarios import needs_for
from simulation.twin.values import Call

#: the demo town's centre
CENTRE = Position(121.4633, 31.0467)
#: calls an hour by hour of the day: few at night, most in the evening; a large town station has 100 a day
_BY_HOUR = (2, 1.5, 1, 1, 1, 1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 7, 7, 6, 4, 3)
_TYPES = (
    ("help", "lost_person", 2), ("help", "illness", 3), ("help", "property_service", 3), ("help", "move_car", 5),
    ("dispute", "consumer", 4), ("public_order", "fight", 3), ("traffic", "crash", 6), ("fire", "building", 1),
    ("help", "other", 4),
)  # fmt: skip
#: streets: a block's side, how far crossings are moved, shares of missing and of one-way streets
_BLOCK_M, _MOVED, _MISSING, _ONE_WAY = 110.0, 0.3, 1 / 8, 0.2
#: a river between two rows of blocks, with a bridge every so many columns
_BRIDGE_EVERY = 9


def invent_process(seed: int, *, places: int = 300, across_m: float = 4000.0) -> Process:
    """A town of some squares kilometres: calls gather around a dozen centres."""
    chance = random.Random(f"town:{seed}")
    east, north = (float(value) for value in metres_per_degree(CENTRE.lat))
    centres = [(chance.uniform(-0.5, 0.5) * across_m, chance.uniform(-0.5, 0.5) * across_m) for _ in range(12)]
    past = []
    for number in range(places):
        x, y = chance.choice(centres)
        # most near a centre, some anywhere
        spread = across_m / 16 if chance.random() < 0.75 else across_m / 4
        place = Position(
            CENTRE.lon + chance.gauss(x, spread) / east, CENTRE.lat + chance.gauss(y, spread) / north
        )  # fmt: skip
        category, type_, _ = chance.choices(_TYPES, [weight for *_, weight in _TYPES])[0]
        scenario, needs = needs_for(category, type_)
        past.append(Call(number=number, at_s=0.0, position=place, scenario=scenario, needs=needs))
    per_hour = np.array([_BY_HOUR[hour % 24] for hour in range(WEEK_HOURS)], dtype=np.float64)
    return Process(per_hour=per_hour, watched_hours=np.zeros(WEEK_HOURS), past=tuple(past), bandwidth_m=60.0)


def invent_streets(places: Sequence[Position], seed: int, *, margin_m: float = 1500.0) -> Network:
    """Blocks of unequal size over all the places: missing streets, one-ways, and a river with few bridges."""
    chance = random.Random(f"streets:{seed}")
    south, north = min(p.lat for p in places), max(p.lat for p in places)
    west, east = min(p.lon for p in places), max(p.lon for p in places)
    east_m, north_m = (float(value) for value in metres_per_degree((south + north) / 2))
    columns = math.ceil(((east - west) * east_m + 2 * margin_m) / _BLOCK_M) + 1
    rows = math.ceil(((north - south) * north_m + 2 * margin_m) / _BLOCK_M) + 1
    lons, lats = [], []
    for row in range(rows):
        for column in range(columns):
            x = (column + chance.uniform(-_MOVED, _MOVED)) * _BLOCK_M - margin_m
            y = (row + chance.uniform(-_MOVED, _MOVED)) * _BLOCK_M - margin_m
            lons.append(round((west + x / east_m) * DEGREE))
            lats.append(round((south + y / north_m) * DEGREE))
    ways: list[Way] = []
    for across, lines, length in ((True, rows, columns), (False, columns, rows)):
        for line in range(lines):
            nodes = [line * columns + n if across else n * columns + line for n in range(length)]
            for piece in _pieces(nodes, line, across, rows, chance):
                ways.append(_way(len(ways) + 1, piece, lons, lats, chance))
    return Network(
        graphs={name: build_graph(ways, {}, name) for name in NETWORKS}, names=[""] * len(ways), hours=DEFAULT_HOURS
    )


def _pieces(nodes: list[int], line: int, across: bool, rows: int, chance: random.Random) -> list[list[int]]:
    """The line, broken where a street is missing or the river has no bridge."""
    river = rows // 2
    pieces, piece = [], [nodes[0]]
    for n, node in enumerate(nodes[1:], start=1):
        bridged = across or n != river or line % _BRIDGE_EVERY == 0
        if bridged and (line % 10 == 0 or chance.random() > _MISSING):
            piece.append(node)
            continue
        pieces.append(piece)
        piece = [node]
    return [piece for piece in [*pieces, piece] if len(piece) > 1]


def _way(number: int, nodes: list[int], lons: list[int], lats: list[int], chance: random.Random) -> Way:
    tags = {"highway": "residential"}
    if chance.random() < _ONE_WAY:
        tags["oneway"] = chance.choice(("yes", "-1"))
    rules = judge_way(tags)
    assert rules is not None
    return Way(
        osm_id=number, piece=0, kind="residential", name=None, rules=rules, bridge=False, tunnel=False,
        nodes=array("q", nodes), lons=array("i", [lons[n] for n in nodes]), lats=array("i", [lats[n] for n in nodes]),
    )  # fmt: skip
