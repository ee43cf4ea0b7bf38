"""Metres between points that lie near each other, many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_A_M = 6_378_137.0
_E2 = 1.0 - (1.0 - 1.0 / 298.257223563) ** 2


def metres_per_degree(lat: Any) -> tuple[Any, Any]:
    """(east, north) at that latitude on the WGS-84 ellipsoid."""
    phi = np.radians(lat)
    w2 = 1.0 - _E2 * np.sin(phi) ** 2
    north = _A_M * (1.0 - _E2) / (w2 * np.sqrt(w2))
    east = _A_M / np.sqrt(w2) * np.cos(phi)
    return np.radians(east), np.radians(north)


def metres_along(lon: Floats, lat: Floats) -> Floats:
    """From each point to the next; one fewer than there are points. A millionth off where they are 10 km apart."""
    east, north = metres_per_degree((lat[1:] + lat[:-1]) / 2.0)
    lengths: Floats = np.hypot((lon[1:] - lon[:-1]) * east, (lat[1:] - lat[:-1]) * north)
    return lengths
