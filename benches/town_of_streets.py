"""An invented city as a file of OpenStreetMap: blocks of unequal size, main roads, one-ways, lights, dead ends.

Not a grid of equal squares, which would have many equally short ways: every crossing is moved, one street in twelve is
missing, one in five is one-way.
"""

from __future__ import annotations

import math
import random
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

LON, LAT = 121.40, 31.00
EAST, NORTH = 1 / 95_500.0, 1 / 110_860.0
BLOCK_M = 90.0


def write_city(path: Path, crossings: int, seed: int = 1) -> int:
    """Write a city of about so many crossings; how many there are."""
    chance = random.Random(seed)
    side = round(math.sqrt(crossings))
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    for row in range(side):
        for column in range(side):
            x = (column + chance.uniform(-0.3, 0.3)) * BLOCK_M
            y = (row + chance.uniform(-0.3, 0.3)) * BLOCK_M
            main = row % 10 == 0 and column % 10 == 0
            tags = {"highway": "traffic_signals"} if main else {}
            writer.add_node(Node(id=row * side + column + 1, location=(LON + x * EAST, LAT + y * NORTH), tags=tags))
    number = 0
    for line in range(side):
        for across in (True, False):
            nodes = [line * side + k + 1 if across else k * side + line + 1 for k in range(side)]
            name = f"{'纬' if across else '经'}{line}路"
            for piece in _pieces(nodes, line % 10 == 0, chance):
                number += 1
                writer.add_way(Way(id=number, nodes=piece, tags={"name": name, **_tags(line, chance)}))
    writer.close()
    return side * side


def _pieces(nodes: list[int], main: bool, chance: random.Random) -> list[list[int]]:
    """The line, broken where a street is missing; main roads are whole."""
    pieces, piece = [], [nodes[0]]
    for node in nodes[1:]:
        if main or chance.random() > 1 / 12:
            piece.append(node)
            continue
        pieces.append(piece)
        piece = [node]
    return [piece for piece in [*pieces, piece] if len(piece) > 1]


def _tags(line: int, chance: random.Random) -> dict[str, str]:
    if line % 50 == 0:
        return {"highway": "trunk", "sidewalk": "both"}
    if line % 10 == 0:
        return {"highway": chance.choice(["primary", "secondary"])}
    tags = {"highway": chance.choice(["tertiary", "residential", "residential", "unclassified"])}
    if chance.random() < 0.2:
        tags["oneway"] = chance.choice(["yes", "-1"])
    return tags
