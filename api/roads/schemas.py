"""Roads as screens draw them: GeoJSON (RFC 7946, WGS-84)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import shapely
from fastapi import Depends, Query
from pydantic import Field

from api.fields import View
from api.places.schemas import read_point
from api.points import Crs
from geo.crs import Position
from geo.roads.isochrones import Area
from geo.roads.routes import Route

Mobility = Literal["foot", "bicycle", "car"]
Basis = Literal["road", "straight_line"]
MAX_MINUTES, MAX_AREAS = 30, 6


async def _start(
    from_lon: Annotated[float, Query(examples=[121.4633])],
    from_lat: Annotated[float, Query(examples=[31.0467])],
    from_crs: Annotated[Crs | None, Query(description="required")] = None,
) -> Position:
    return read_point(from_lon, from_lat, from_crs)


async def _end(
    to_lon: Annotated[float, Query(examples=[121.4688])],
    to_lat: Annotated[float, Query(examples=[31.0451])],
    to_crs: Annotated[Crs | None, Query(description="required")] = None,
) -> Position:
    return read_point(to_lon, to_lat, to_crs)


#: ``?from_lon=…&from_lat=…&from_crs=…`` and the same with ``to`` as WGS-84
StartAsked = Annotated[Position, Depends(_start)]
EndAsked = Annotated[Position, Depends(_end)]
MinutesAsked = Annotated[
    list[Annotated[int, Field(ge=1, le=MAX_MINUTES)]],
    Query(min_length=1, max_length=MAX_AREAS, description="repeat it for several areas", examples=[[3, 5, 8]]),
]


class LineOut(View):
    """A GeoJSON LineString."""

    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]] = Field(examples=[[(121.4633, 31.0467), (121.4688, 31.0451)]])


class RouteOut(View):
    """A way. ``basis`` says whether it follows roads; a straight line's metres and seconds allow for their detours."""

    basis: Basis
    geometry: LineOut
    metres: float = Field(examples=[720.5])
    seconds: float = Field(examples=[514.6])
    streets: list[str] = Field(description="names in order; without one: left out", examples=[["永德路", "剑川路"]])

    @classmethod
    def of(cls, route: Route) -> RouteOut:
        return cls(
            basis=route.basis,
            geometry=LineOut(coordinates=list(route.line)),
            metres=round(route.metres, 1),
            seconds=round(route.seconds, 1),
            streets=list(route.streets),
        )


class MultiPolygonOut(View):
    """A GeoJSON MultiPolygon; empty when nothing is reached."""

    type: Literal["MultiPolygon"] = "MultiPolygon"
    coordinates: list[list[list[tuple[float, float]]]]


class ReachOut(View):
    """What is reached in so many minutes. ``basis`` is ``road`` when nobody had to be guessed by a circle."""

    minutes: int
    basis: Basis


class AreaOut(View):
    """A GeoJSON Feature."""

    type: Literal["Feature"] = "Feature"
    properties: ReachOut
    geometry: MultiPolygonOut


class AreasOut(View):
    """A GeoJSON FeatureCollection, the smaller areas first and inside the larger ones."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaOut]

    @classmethod
    def of(cls, areas: list[Area]) -> AreasOut:
        return cls(
            features=[
                AreaOut(
                    properties=ReachOut(minutes=int(area.minutes), basis=area.basis),
                    geometry=MultiPolygonOut(coordinates=_coordinates(area.geometry)),
                )
                for area in areas
            ]
        )


class StreetOut(View):
    """A named street near a point; ``kind`` is OpenStreetMap's class."""

    name: str = Field(examples=["剑川路"])
    kind: str = Field(examples=["secondary"])
    distance_m: float = Field(examples=[12.3])


class NetworkOut(View):
    """The imported roads. ``attribution`` belongs on every map that shows them."""

    imported_at: datetime
    source: str = Field(examples=["shanghai-latest.osm.pbf"])
    attribution: str = Field(examples=["© OpenStreetMap contributors"])
    ways: int
    demo: bool


class RoadsOut(View):
    """``network`` null: nothing was imported, all is estimated by the straight line."""

    network: NetworkOut | None


def _coordinates(shape: Any) -> Any:
    found: Any = shapely.geometry.mapping(shape)["coordinates"]
    return found
