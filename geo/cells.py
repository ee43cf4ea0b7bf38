"""Hexagonal cells (H3) for counting where things happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import h3

from geo.crs import Position

#: about 460 m, 170 m, 65 m and 25 m from the middle to a corner
MIN_RESOLUTION, MAX_RESOLUTION = 8, 11


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``outline``: corners in WGS-84, the first again at the end."""

    id: str
    count: int
    centre: Position
    outline: tuple[tuple[float, float], ...]


def count_in_cells(positions: Iterable[Position], *, resolution: int) -> list[Cell]:
    """The cells in which something is, the fullest first."""
    counts = Counter(h3.latlng_to_cell(position.lat, position.lon, resolution) for position in positions)
    return [_cell(id_, count) for id_, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _cell(id_: str, count: int) -> Cell:
    lat, lon = h3.cell_to_latlng(id_)
    corners = [(round(lon, 7), round(lat, 7)) for lat, lon in h3.cell_to_boundary(id_)]
    return Cell(id=id_, count=count, centre=Position(round(lon, 7), round(lat, 7)), outline=(*corners, corners[0]))
