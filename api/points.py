"""A point at the edge: its datum is always said, and it is WGS-84 from here on inwards."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Float, Schema, View
from geo.crs import Bd09, CoordinateRefused, Gcj02, Position, check_plausible

Crs = Literal["wgs84", "gcj02", "bd09"]
_DATUMS: dict[str, type[Position | Gcj02 | Bd09]] = {"wgs84": Position, "gcj02": Gcj02, "bd09": Bd09}


def _refusal(refused: CoordinateRefused) -> PydanticCustomError:
    return PydanticCustomError(refused.code, "{message}", {"message": refused.message})


def _check_lon(lon: float) -> float:
    return _check(lon, 0.0).lon


def _check_lat(lat: float) -> float:
    return _check(0.0, lat).lat


def _check(lon: float, lat: float) -> Position:
    try:
        return Position(lon, lat)
    except CoordinateRefused as refused:
        raise _refusal(refused) from None


def _crs_given(crs: str | None) -> str:
    if crs is None:
        raise PydanticCustomError("crs-required", "须注明坐标系：wgs84、gcj02 或 bd09")
    return crs


def _require_crs(schema: dict[str, Any]) -> None:
    """Tell readers of the OpenAPI what the validator does."""
    schema["required"] = ["lon", "lat", "crs"]
    schema["properties"]["crs"] = {"type": "string", "enum": ["wgs84", "gcj02", "bd09"], "title": "Crs"}


class PointIn(Schema):
    """Degrees, and the datum that they are in."""

    model_config = ConfigDict(
        json_schema_extra=_require_crs,
        title="PointIn",
    )

    lon: Annotated[Float, AfterValidator(_check_lon)] = Field(examples=[121.4633])
    lat: Annotated[Float, AfterValidator(_check_lat)] = Field(examples=[31.0467])
    crs: Annotated[Crs | None, AfterValidator(_crs_given)] = Field(default=None, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _plausible(cls, given: Any) -> Any:
        # before the ranges: a latitude of 116 is a longitude in the wrong place, not merely too large
        if isinstance(given, dict):
            lon, lat = given.get("lon"), given.get("lat")
            if all(isinstance(n, int | float) and not isinstance(n, bool) for n in (lon, lat)):
                try:
                    check_plausible(lon, lat)  # type: ignore[arg-type]
                except CoordinateRefused as refused:
                    raise _refusal(refused) from None
        return given

    @model_validator(mode="after")
    def _convertible(self) -> PointIn:
        try:
            self.wgs84()
        except CoordinateRefused as refused:
            raise _refusal(refused) from None
        return self

    def wgs84(self) -> Position:
        """The place, converted exactly."""
        point = _DATUMS[str(self.crs)](self.lon, self.lat)
        return point if isinstance(point, Position) else point.to_wgs84()


class PointOut(View):
    """Degrees in WGS-84."""

    lon: float = Field(examples=[121.4633])
    lat: float = Field(examples=[31.0467])
    crs: Literal["wgs84"] = "wgs84"

    @classmethod
    def of(cls, position: Position) -> PointOut:
        return cls(lon=position.lon, lat=position.lat)
