"""Areas as GeoJSON (RFC 7946, WGS-84)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.fields import Line, Schema, View

AreaKind = Literal["jurisdiction", "beat", "post"]
_OUTLINE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[121.46, 31.04], [121.47, 31.04], [121.47, 31.05], [121.46, 31.05], [121.46, 31.04]]],
}
Geometry = Annotated[
    dict[str, Any],
    Field(
        description="GeoJSON Polygon or MultiPolygon in WGS-84, at most 5 000 points; rings closed",
        examples=[_OUTLINE],
    ),
]


class AreaChange(Schema):
    """The area as it is to be."""

    name: Line = Field(examples=["吴泾派出所辖区"])
    geometry: Geometry
    attribution: Line | None = Field(default=None, examples=["© OpenStreetMap contributors"])


class AreaIn(AreaChange):
    """A new area. ``station_id`` is needed from a district admin only."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "beat", "name": "永德路巡区", "geometry": _OUTLINE}]}
    )

    kind: AreaKind
    station_id: UUID | None = None


class AreaOut(View):
    """An area of a station."""

    id: UUID
    station_id: UUID
    kind: AreaKind
    name: str = Field(examples=["吴泾派出所辖区"])
    geometry: Geometry
    attribution: str | None
    demo: bool
    version: int


class OwnerOut(View):
    """The station that owns a point; ``tie``: another one claims it too, choose by hand. Null: nobody's."""

    station_id: UUID | None
    tie: bool


class SketchIn(Schema):
    """An outline that nobody has saved yet; ``area_id``: the area that it is to replace."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "beat", "geometry": _OUTLINE}]})

    kind: AreaKind
    geometry: Geometry
    area_id: UUID | None = None


class SketchCallOut(View):
    """A past incident; ``move``: it stays within the outline, comes into it or goes out of it."""

    incident_id: UUID
    number: str
    category: str
    type: str
    received_at: datetime
    lon: float
    lat: float
    move: Literal["stays", "comes", "goes"]


class SketchOut(View):
    """What the outline would hold. ``fault`` in Chinese when it encloses no proper area; all else is empty then.

    ``calls``: the latest 500, for the station itself; the district gets the numbers.
    """

    fault: str | None = Field(examples=["边界自相交"])
    fault_at: list[float] | None = Field(description="longitude and latitude, WGS-84")
    area_m2: float
    since: datetime
    stays: int
    comes: int
    goes: int
    calls: list[SketchCallOut]
    posts: list[str]
    overlaps: list[str] = Field(description="areas of the same kind whose ground it shares")
