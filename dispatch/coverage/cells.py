"""The ground in cells: Uber's H3 grid, resolution 9 (a hexagon of about 0.1 km², 350 m across)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import h3
import numpy as np
from numpy.typing import NDArray

from geo.crs import Position

RESOLUTION = 9
#: more ground than this is not one station's
MOST_CELLS = 5_000


def cell_of(position: Position) -> str:
    return str(h3.latlng_to_cell(position.lat, position.lon, RESOLUTION))


def centre_of(cell: str) -> Position:
    lat, lon = h3.cell_to_latlng(cell)
    return Position(lon, lat)


def points_of(cells: Sequence[str]) -> NDArray[np.float64]:
    """Longitude and latitude of each middle."""
    return np.array([h3.cell_to_latlng(cell)[::-1] for cell in cells], dtype=np.float64).reshape(-1, 2)


def cells_within(geometry: Mapping[str, Any]) -> list[str]:
    """The cells whose centres lie in a GeoJSON polygon or multipolygon, in their order."""
    return sorted(str(cell) for cell in h3.geo_to_cells(dict(geometry), RESOLUTION))


def cells_around(positions: Iterable[Position], *, rings: int) -> list[str]:
    """The cells of these places and ``rings`` more around each, in their order."""
    return sorted({str(cell) for position in positions for cell in h3.grid_disk(cell_of(position), rings)})


def outline_of(cell: str) -> list[tuple[float, float]]:
    """A closed ring of (lon, lat), WGS-84."""
    ring = [(round(lon, 6), round(lat, 6)) for lat, lon in h3.cell_to_boundary(cell)]
    return [*ring, ring[0]]
