"""Areas as GeoJSON (RFC 7946, WGS-84)."""

from __future__ import annotations

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
