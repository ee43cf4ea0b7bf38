"""Places: names and addresses with a point."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, ValidationError

from api.fields import Line, Schema, View, Word, clean_text
from api.points import Crs, PointIn, PointOut
from geo.crs import Position
from geo.places.queries import PlaceFound
from geo.places.service import NewPlace


def read_point(lon: float, lat: float, crs: str | None) -> Position:
    """A point from query parameters, by the rules of a point in a body."""
    try:
        return PointIn.model_validate({"lon": lon, "lat": lat, **({"crs": crs} if crs else {})}).wgs84()
    except ValidationError as exc:
        errors = [{**error, "loc": ("query", *error["loc"])} for error in exc.errors()]
        raise RequestValidationError(errors) from None


async def _point(
    lon: Annotated[float, Query(examples=[121.4633])],
    lat: Annotated[float, Query(examples=[31.0467])],
    crs: Annotated[Crs | None, Query(description="required")] = None,
) -> Position:
    return read_point(lon, lat, crs)


async def _near(
    near_lon: Annotated[float | None, Query(examples=[121.4633])] = None,
    near_lat: Annotated[float | None, Query(examples=[31.0467])] = None,
    near_crs: Annotated[Crs | None, Query(description="required with near_lon and near_lat")] = None,
) -> Position | None:
    if near_lon is None and near_lat is None:
        return None
    if near_lon is None or near_lat is None:
        name = "near_lon" if near_lon is None else "near_lat"
        raise RequestValidationError([{"type": "missing", "loc": ("query", name), "msg": "missing"}])
    return read_point(near_lon, near_lat, near_crs)


#: ``?lon=…&lat=…&crs=…`` as WGS-84
PointAsked = Annotated[Position, Depends(_point)]
#: ``?near_lon=…&near_lat=…&near_crs=…`` as WGS-84, if given
NearAsked = Annotated[Position | None, Depends(_near)]


Address = Annotated[str, Field(max_length=200), AfterValidator(clean_text)]


class PlaceIn(Schema):
    """A new place of one's district."""

    name: Line = Field(examples=["剑川路951号"])
    address: Annotated[str, Field(max_length=200), AfterValidator(clean_text)] = Field(
        default="", examples=["闵行区剑川路951号"]
    )
    aliases: Annotated[list[Line], Field(max_length=20)] = Field(default=[], examples=[["老吴泾影院"]])
    category: Word = Field(default="other", examples=["residence"])
    position: PointIn

    def to_new(self) -> NewPlace:
        return NewPlace(
            name=self.name,
            address=self.address,
            aliases=tuple(self.aliases),
            category=self.category,
            position=self.position.wgs84(),
        )


class PlaceOut(View):
    """A place; ``distance_m`` from the point that was asked about."""

    id: UUID
    name: str = Field(examples=["剑川路951号"])
    address: str
    aliases: list[str]
    category: str
    position: PointOut
    distance_m: float | None = None
    attribution: str | None
    demo: bool

    @classmethod
    def of(cls, place: PlaceFound) -> PlaceOut:
        return cls(
            id=place.id,
            name=place.name,
            address=place.address,
            aliases=list(place.aliases),
            category=place.category,
            position=PointOut.of(place.position),
            distance_m=place.distance_m,
            attribution=place.attribution,
            demo=place.demo,
        )


class NearOut(View):
    """``text`` says where the point is; null: nothing within 300 m has a name."""

    text: str | None = Field(examples=["剑川路951号 旁 40 米"])
    items: list[PlaceOut]
