"""GeoJSON outlines (RFC 7946), read strictly: what PostGIS would silently mend is refused here.

Whether a well-formed outline also encloses an area is PostGIS' judgement: see ``repository.find_invalidity``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.areas.errors import (
    CrsNotAllowed,
    GeometryEmpty,
    GeometryTooComplex,
    GeometryTypeNotAllowed,
    OutlineRefused,
    PolygonInvalid,
    RingNotClosed,
)
from geo.crs import CoordinateRefused, Position, check_plausible

MAX_VERTICES = 5000

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Outline:
    """Polygons as rings of (lon, lat) in WGS-84; the first ring of each is its shell."""

    polygons: tuple[tuple[Ring, ...], ...]

    @property
    def ewkt(self) -> str:
        """For a bound parameter of a geometry column."""
        polygons = ", ".join(
            "(" + ", ".join("(" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in ring) + ")" for ring in rings) + ")"
            for rings in self.polygons
        )
        return f"SRID=4326;MULTIPOLYGON({polygons})"


@dataclass(frozen=True)
class Feature:
    """One named outline of a file, with where in the file it stands."""

    number: int
    name: str
    properties: Mapping[str, Any]
    outline: Outline


def read_outline(geometry: Any, *, pointer: str = "/geometry") -> Outline:
    """A Polygon or MultiPolygon; raises a kind of OutlineRefused that says what is wrong, in Chinese."""
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise GeometryTypeNotAllowed("边界须为 Polygon 或 MultiPolygon", pointer=pointer)
    if "crs" in geometry:
        raise CrsNotAllowed("GeoJSON 按 WGS-84 读取，不得带 crs", pointer=f"{pointer}/crs")
    coordinates = geometry.get("coordinates")
    members: Any = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    at = f"{pointer}/coordinates"
    if not _is_list(members) or not members or not all(_is_list(m) and m for m in members):
        raise GeometryEmpty("边界没有任何点", pointer=at)
    if sum(len(ring) for member in members for ring in member if _is_list(ring)) > MAX_VERTICES:
        raise GeometryTooComplex(f"边界顶点超过 {MAX_VERTICES} 个", pointer=at)
    return Outline(tuple(tuple(_read_ring(ring, at) for ring in member) for member in members))


def _read_ring(ring: Any, pointer: str) -> Ring:
    if not _is_list(ring) or not ring:
        raise GeometryEmpty("边界没有任何点", pointer=pointer)
    points = tuple(_read_point(point, pointer) for point in ring)
    if points[0] != points[-1]:
        raise RingNotClosed("边界没有闭合：最后一个点须与第一个点相同", pointer=pointer)
    if len(points) < 4:
        raise PolygonInvalid("边界至少需要三个不同的点", pointer=pointer)
    return points


def _read_point(point: Any, pointer: str) -> tuple[float, float]:
    if not _is_list(point) or not 2 <= len(point) <= 3 or not all(_is_number(n) for n in point):
        raise OutlineRefused("坐标须为 [经度, 纬度] 数值", pointer=pointer)
    lon, lat = float(point[0]), float(point[1])
    try:
        Position(lon, lat)
        check_plausible(lon, lat)
    except CoordinateRefused as refused:
        raise OutlineRefused(refused.message, pointer=pointer) from None
    return lon, lat


def iter_features(collection: Any) -> Iterator[tuple[int, Any]]:
    """(number from 1, feature) of a FeatureCollection; raises OutlineRefused when it is none."""
    if not isinstance(collection, Mapping) or collection.get("type") != "FeatureCollection":
        raise GeometryTypeNotAllowed("文件须为 GeoJSON FeatureCollection", pointer="")
    if "crs" in collection:
        raise CrsNotAllowed("GeoJSON 按 WGS-84 读取，不得带 crs", pointer="/crs")
    features = collection.get("features")
    if not _is_list(features) or not features:
        raise GeometryEmpty("文件中没有任何区域", pointer="/features")
    yield from enumerate(features, start=1)


def read_feature(number: int, feature: Any, *, name_properties: Sequence[str]) -> Feature:
    """One feature with the first of ``name_properties`` that it has as its name; raises OutlineRefused."""
    pointer = f"/features/{number - 1}"
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise GeometryTypeNotAllowed("须为 GeoJSON Feature", pointer=pointer)
    properties = feature.get("properties") or {}
    found = (properties.get(key) for key in name_properties) if isinstance(properties, Mapping) else iter(())
    name = next((value.strip() for value in found if isinstance(value, str) and value.strip()), None)
    if name is None:
        raise OutlineRefused(f"缺少名称（属性 {'、'.join(name_properties)}）", pointer=f"{pointer}/properties")
    return Feature(number, name, properties, read_outline(feature.get("geometry"), pointer=f"{pointer}/geometry"))


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
