"""Which layers of the map somebody may see: each by the permission that also lists its things."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from dispatch.access.table import Permission, find_grant
from geo.tiles import queries
from geo.tiles.address import TileAddress
from geo.tiles.queries import Layer
from kit.actor import Grant

_PERMISSIONS: Mapping[Layer, Permission] = {
    Layer.AREAS: Permission.AREA_READ,
    Layer.ROADS: Permission.TILE_READ,
    Layer.PLACES: Permission.PLACE_READ,
    Layer.POSTS: Permission.POST_READ,
    Layer.SAFE_HOUSES: Permission.SAFE_HOUSE_READ,
}


def draw_tile(session: Session, *, grant: Grant, tile: TileAddress, layers: Collection[Layer]) -> bytes:
    """The tile; a layer that the asker may not see is left out as if it were empty."""
    grants = {layer: find_grant(grant.actor, _PERMISSIONS[layer]) for layer in layers}
    return queries.draw(session, tile, {layer: given for layer, given in grants.items() if given is not None})
