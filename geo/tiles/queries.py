"""Vector tiles of the map, drawn by the database. Every layer holds what its grant reaches and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geography, Geometry
from sqlalchemy import ColumnElement, LargeBinary, Select, String, cast, false, func, literal_column, select, true
from sqlalchemy.orm import Session

from geo.areas import repository as areas
from geo.areas.model import Area
from geo.places.model import Place
from geo.posts import repository as posts
from geo.responders import repository as responders
from geo.responders.model import Post, Responder
from geo.responders.rules import Kind
from geo.roads.model import RoadNetwork, RoadWay
from geo.tiles import detail
from geo.tiles.address import BUFFER, EXTENT, TileAddress
from kit.actor import Grant
from kit.reach import rows_within

_MERCATOR, _WGS84 = 3857, 4326


class Layer(StrEnum):
    """The layers of a tile, from the lowest to the topmost."""

    AREAS = "areas"  #: 辖区、警格、岗区
    ROADS = "roads"  #: 道路
    PLACES = "places"  #: 地点
    POSTS = "posts"  #: 岗位
    SAFE_HOUSES = "safe_houses"  #: 平安屋


def draw(session: Session, tile: TileAddress, layers: Mapping[Layer, Grant]) -> bytes:
    """The tile with these layers, each for its grant; empty where there is nothing."""
    return b"".join(_draw(session, tile, layer, layers[layer]) for layer in Layer if layer in layers)


def _draw(session: Session, tile: TileAddress, layer: Layer, grant: Grant) -> bytes:
    rows = _ROWS[layer](tile, grant).subquery("drawn")
    number = "feature" if "feature" in rows.c else None
    mvt = func.ST_AsMVT(literal_column("drawn"), str(layer), EXTENT, "geom", number, type_=LargeBinary)
    return bytes(session.execute(select(mvt).select_from(rows).where(rows.c.geom.is_not(None))).scalar_one())


def _roads(tile: TileAddress, grant: Grant) -> Select[Any]:
    # streets are nobody's secret: whoever may see a map sees them
    classes = detail.road_classes(tile.z)
    return (
        select(
            RoadWay.osm_id.label("feature"),
            RoadWay.name,
            RoadWay.kind.label("class"),
            RoadWay.oneway,
            RoadWay.foot,
            RoadWay.car,
            RoadWay.bridge,
            RoadWay.tunnel,
            RoadNetwork.demo,
            _geometry(RoadWay.line, tile, simplified=True),
        )
        .join(RoadNetwork, RoadNetwork.id == RoadWay.network_id)
        .where(RoadNetwork.current, RoadWay.line.op("&&")(_wide(tile)))
        .where(true() if classes is None else RoadWay.kind.in_(classes))
    )


def _places(tile: TileAddress, grant: Grant) -> Select[Any]:
    wanted = true() if tile.z >= detail.ADDRESSES_FROM else Place.category != detail.ADDRESS
    return select(
        _text(Place.id).label("id"),
        Place.name,
        Place.category.label("kind"),
        Place.demo,
        _geometry(_plane(Place.position), tile),
    ).where(
        rows_within(grant, district=Place.district_id),
        _from(detail.PLACES_FROM, tile),
        wanted,
        _is_near(Place.position, tile),
    )


def _areas(tile: TileAddress, grant: Grant) -> Select[Any]:
    return select(
        _text(Area.id).label("id"),
        _text(Area.station_id).label("station_id"),
        Area.kind,
        Area.name,
        Area.demo,
        _geometry(Area.outline, tile, simplified=True),
    ).where(areas.visible(grant), Area.kind.in_(detail.area_kinds(tile.z)), Area.outline.op("&&")(_wide(tile)))


def _posts(tile: TileAddress, grant: Grant) -> Select[Any]:
    return select(
        _text(Post.id).label("id"), Post.name, Post.minimum_staff, Post.demo, _geometry(_plane(Post.position), tile)
    ).where(posts.visible(grant), _from(detail.POSTS_FROM, tile), _is_near(Post.position, tile))


def _safe_houses(tile: TileAddress, grant: Grant) -> Select[Any]:
    return select(
        _text(Responder.id).label("id"), Responder.name, Responder.demo, _geometry(_plane(Responder.position), tile)
    ).where(
        responders.visible(grant),
        Responder.kind == Kind.SAFE_HOUSE,
        Responder.active,
        _from(detail.SAFE_HOUSES_FROM, tile),
        _is_near(Responder.position, tile),
    )


_ROWS: Mapping[Layer, Callable[[TileAddress, Grant], Select[Any]]] = {
    Layer.AREAS: _areas,
    Layer.ROADS: _roads,
    Layer.PLACES: _places,
    Layer.POSTS: _posts,
    Layer.SAFE_HOUSES: _safe_houses,
}


def _square(tile: TileAddress) -> ColumnElement[Any]:
    square: ColumnElement[Any] = func.ST_TileEnvelope(tile.z, tile.x, tile.y, type_=LargeBinary)
    return square


def _wide(tile: TileAddress) -> ColumnElement[Any]:
    """The tile with its margin, in degrees: what an index compares with."""
    wide = func.ST_Expand(_square(tile), tile.margin_m, type_=LargeBinary)
    degrees: ColumnElement[Any] = func.ST_Transform(wide, _WGS84, type_=LargeBinary)
    return degrees


def _is_near(position: Any, tile: TileAddress) -> ColumnElement[bool]:
    """Boxes on the sphere: never fewer rows than the square holds; the drawing leaves out the rest."""
    near: ColumnElement[bool] = position.op("&&")(cast(_wide(tile), Geography(srid=_WGS84)))
    return near


def _plane(position: Any) -> ColumnElement[Any]:
    return cast(position, Geometry(srid=_WGS84))


def _geometry(column: Any, tile: TileAddress, *, simplified: bool = False) -> ColumnElement[Any]:
    there: Any = func.ST_Transform(column, _MERCATOR, type_=LargeBinary)
    if simplified:
        there = func.ST_SimplifyPreserveTopology(there, tile.tolerance_m, type_=LargeBinary)
    drawn: ColumnElement[Any] = func.ST_AsMVTGeom(there, _square(tile), EXTENT, BUFFER, True, type_=LargeBinary)
    return drawn.label("geom")


def _text(column: Any) -> ColumnElement[str]:
    return cast(column, String)


def _from(zoom: int, tile: TileAddress) -> ColumnElement[bool]:
    return true() if tile.z >= zoom else false()
