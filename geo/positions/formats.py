"""What kept tracker apps send, read into fixes: the OsmAnd format (Traccar Client, OsmAnd) and OwnTracks.

Both are WGS-84: the apps hand on what the phone's receiver says. Phones send -1 for what they do not know, and
an app repeats for ever what it is not thanked for; so a member that makes no sense counts as unknown, and only a
message without a place or a time raises ValueError.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from geo.crs import CoordinateRefused, Position, check_plausible
from geo.positions.intake import RawFix

KNOT_MPS = 1852 / 3600
KMH_MPS = 1 / 3.6
#: a time in milliseconds is larger than any in seconds for ten thousand years
_MILLISECONDS_FROM = 1e11
MAX_ACCURACY_M = 1_000_000.0
MAX_SPEED_MPS = 1000.0


def read_osmand(parameters: Mapping[str, str]) -> RawFix:
    """One fix of a query or form: speed in knots, time in seconds or milliseconds since 1970 or as a date."""
    location = parameters.get("location", "").split(",")
    lat, lon = parameters.get("lat"), parameters.get("lon")
    if lat is None and lon is None and len(location) == 2:
        lat, lon = location
    speed_kn = _number(parameters.get("speed"))
    return RawFix(
        captured_at=_read_time(parameters.get("timestamp")),
        position=_read_position(lon, lat),
        accuracy_m=_bounded(parameters.get("accuracy"), MAX_ACCURACY_M),
        speed_mps=None if speed_kn is None else _bounded(speed_kn * KNOT_MPS, MAX_SPEED_MPS),
        heading_deg=_heading(parameters.get("bearing", parameters.get("heading"))),
        battery_pct=_percent(parameters.get("batt")),
    )


def read_osmand_json(body: Any) -> RawFix:
    """One fix of Traccar Client from version 9: speed in metres per second, battery from 0 to 1."""
    location = _member(body, "location")
    coords = _member(location, "coords")
    level = _number(_member(location, "battery").get("level"))
    return RawFix(
        captured_at=_read_time(location.get("timestamp")),
        position=_read_position(coords.get("longitude"), coords.get("latitude")),
        accuracy_m=_bounded(coords.get("accuracy"), MAX_ACCURACY_M),
        speed_mps=_bounded(coords.get("speed"), MAX_SPEED_MPS),
        heading_deg=_heading(coords.get("heading")),
        battery_pct=None if level is None else _percent(level * 100),
    )


def read_owntracks(message: Mapping[str, Any]) -> RawFix:
    """One message of ``_type`` location: vel in km/h, tst in seconds since 1970."""
    speed_kmh = _number(message.get("vel"))
    return RawFix(
        captured_at=_read_time(message.get("tst")),
        position=_read_position(message.get("lon"), message.get("lat")),
        accuracy_m=_bounded(message.get("acc"), MAX_ACCURACY_M),
        speed_mps=None if speed_kmh is None else _bounded(speed_kmh * KMH_MPS, MAX_SPEED_MPS),
        heading_deg=_heading(message.get("cog")),
        battery_pct=_percent(message.get("batt")),
    )


def _read_position(lon: Any, lat: Any) -> Position:
    x, y = _number(lon), _number(lat)
    if x is None or y is None:
        raise ValueError("no position")
    try:
        check_plausible(x, y)
        return Position(x, y)
    except CoordinateRefused as refused:
        raise ValueError(refused.code) from None


def _read_time(value: Any) -> datetime:
    seconds = _number(value)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds, UTC)
        if isinstance(value, str):
            instant = datetime.fromisoformat(value.strip())
            # the format has no zone of its own: the apps mean UTC
            return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError("no time")


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _bounded(value: Any, largest: float) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= largest else None


def _heading(value: Any) -> float | None:
    return _bounded(value, 360.0)


def _percent(value: Any) -> int | None:
    number = _bounded(value, 100.0)
    return None if number is None else round(number)


def _member(parent: Any, name: str) -> Mapping[str, Any]:
    child = parent.get(name) if isinstance(parent, Mapping) else None
    return child if isinstance(child, Mapping) else {}
