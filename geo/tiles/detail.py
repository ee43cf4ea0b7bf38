"""What is drawn from how near on: a city at once shows its main roads, a street its footways. Pure."""

from __future__ import annotations

#: from this zoom on, these classes of roads (OpenStreetMap's) beside those before
_ROADS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (8, ("motorway", "trunk")),
    (10, ("primary", "motorway_link", "trunk_link")),
    (12, ("secondary", "tertiary", "primary_link", "secondary_link")),
    (13, ("unclassified", "residential", "living_street", "pedestrian", "tertiary_link", "road")),
)
#: everything that is a way at all: service ways, footways, steps, cycleways
EVERY_WAY_FROM = 15
#: names of buildings, parks, shops; then every single house number
PLACES_FROM, ADDRESSES_FROM = 13, 16
ADDRESS = "address"
#: outlines by kind
_AREAS = {"jurisdiction": 8, "beat": 11, "post": 14}
POSTS_FROM, SAFE_HOUSES_FROM = 11, 11


def road_classes(zoom: int) -> tuple[str, ...] | None:
    """The classes of roads that are drawn; None: all of them."""
    if zoom >= EVERY_WAY_FROM:
        return None
    return tuple(name for since, names in _ROADS if zoom >= since for name in names)


def area_kinds(zoom: int) -> tuple[str, ...]:
    """The kinds of areas that are drawn."""
    return tuple(kind for kind, since in _AREAS.items() if zoom >= since)
