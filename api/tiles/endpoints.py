"""Vector tiles: the map from our own database, without an outside service."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from api.problems import problems
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.tiles import service
from geo.tiles.address import MAX_ZOOM, MIN_ZOOM, TileAddress, TileOutOfRange
from geo.tiles.queries import Layer
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/tiles", tags=["tiles"], route_class=WorkRoute)

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_USUAL = (Layer.AREAS, Layer.ROADS, Layer.PLACES)
#: areas are redrawn a few times a year; who may see them is asked anew after a minute
_HEADERS = {"Cache-Control": "private, max-age=60", "Vary": "Authorization"}


@router.get(
    "/{z}/{x}/{y}.mvt",
    summary="查询地图矢量瓦片",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "the tile, layer by layer"},
        204: {"description": "there is nothing in this square"},
        304: {"description": "the tile that the ETag names is still the right one"},
        **problems(TileOutOfRange),
    },
)
def draw_tile(
    z: Annotated[int, Path(description=f"zoom, {MIN_ZOOM} to {MAX_ZOOM}", examples=[14])],
    x: Annotated[int, Path(description="column from 180° W", examples=[13719])],
    y: Annotated[int, Path(description="row from the north", examples=[6703])],
    grant: Annotated[Grant, Depends(allow(Permission.TILE_READ))],
    session: ReadSession,
    layers: Annotated[list[Layer] | None, Query(max_length=len(Layer))] = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Roads, places and areas of one square, in web mercator; ``layers`` also gives posts and safe-houses.

    A layer holds what the asker may list: the areas of his station, the places of his district.
    """
    tile = service.draw_tile(session, grant=grant, tile=TileAddress(z, x, y), layers=layers or _USUAL)
    if not tile:
        return Response(status_code=204, headers=_HEADERS)
    etag = f'"{hashlib.sha256(tile).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": etag}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    return Response(tile, media_type=MEDIA_TYPE, headers=headers)
