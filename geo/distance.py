"""Metres between two places without a database, for pure decisions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geo.crs import Position

_A_M = 6_378_137.0
_F = 1.0 / 298.257223563


def metres_between(one: Position, other: Position) -> float:
    """Along the WGS-84 ellipsoid by Lambert's formula (1942): two millionths off within a district, about
    10 m across thousands of kilometres. Not for antipodes, where it may be kilometres off."""
    beta_1 = math.atan((1.0 - _F) * math.tan(math.radians(one.lat)))
    beta_2 = math.atan((1.0 - _F) * math.tan(math.radians(other.lat)))
    half_chord = (
        math.sin((beta_2 - beta_1) / 2.0) ** 2
        + math.cos(beta_1) * math.cos(beta_2) * math.sin(math.radians(other.lon - one.lon) / 2.0) ** 2
    )
    sigma = 2.0 * math.asin(math.sqrt(min(1.0, half_chord)))
    if sigma == 0.0 or half_chord >= 1.0:
        return _A_M * sigma
    mean, half = (beta_1 + beta_2) / 2.0, (beta_2 - beta_1) / 2.0
    x = (sigma - math.sin(sigma)) * (math.sin(mean) * math.cos(half) / math.cos(sigma / 2.0)) ** 2
    y = (sigma + math.sin(sigma)) * (math.cos(mean) * math.sin(half) / math.sin(sigma / 2.0)) ** 2
    return _A_M * (sigma - _F / 2.0 * (x + y))


def metres_to(target: Position, origins: Sequence[Position]) -> list[float]:
    """``metres_between`` each of them and one place, at once; the last digits may differ."""
    if not origins:
        return []
    lons, lats = np.radians(np.array([(origin.lon, origin.lat) for origin in origins])).T
    beta_1 = np.arctan((1.0 - _F) * np.tan(lats))
    beta_2 = math.atan((1.0 - _F) * math.tan(math.radians(target.lat)))
    half_lon = np.sin((math.radians(target.lon) - lons) / 2.0)
    half_chord = np.sin((beta_2 - beta_1) / 2.0) ** 2 + np.cos(beta_1) * math.cos(beta_2) * half_lon**2
    sigma = 2.0 * np.arcsin(np.sqrt(np.minimum(1.0, half_chord)))
    # where the formula divides by nothing the correction is nothing, too
    plain = (sigma == 0.0) | (half_chord >= 1.0)
    cos_half, sin_half = np.where(plain, 1.0, np.cos(sigma / 2.0)), np.where(plain, 1.0, np.sin(sigma / 2.0))
    mean, half = (beta_1 + beta_2) / 2.0, (beta_2 - beta_1) / 2.0
    x = (sigma - np.sin(sigma)) * (np.sin(mean) * np.cos(half) / cos_half) ** 2
    y = (sigma + np.sin(sigma)) * (np.cos(mean) * np.sin(half) / sin_half) ** 2
    metres: list[float] = (_A_M * (sigma - np.where(plain, 0.0, _F / 2.0 * (x + y)))).tolist()
    return metres
