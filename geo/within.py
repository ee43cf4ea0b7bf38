"""Rows of any table that lie near a point: for tables whose rows are not responders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, func

from geo.crs import Position
from geo.nearest import POINT


def within(column: Any, position: Position, radius_m: float) -> ColumnElement[bool]:
    """Whether the geography ``column`` lies within ``radius_m`` of the point, on the ellipsoid, by its index.

    The point is a bound constant: measured against the column of another row no index would help.
    """
    return func.ST_DWithin(column, func.ST_GeogFromText(position.ewkt), radius_m, type_=Boolean)


def near_point(column: str, metres: str) -> str:
    """The same as a fragment of SQL: the point is bound as ``point``, the distance as ``metres``."""
    return f"ST_DWithin({column}, {POINT}, :{metres})"
