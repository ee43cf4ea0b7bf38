"""Files of places: CSV or GeoJSON, read whole before anything is stored."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from geo.crs import Bd09, CoordinateRefused, Gcj02, Position, check_plausible
from geo.places.errors import PlacesRefused
from geo.places.service import NewPlace
from kit.errors import Fault

#: columns of a CSV and properties of a GeoJSON feature, in both languages
COLUMNS = {
    "name": ("name", "名称"),
    "address": ("address", "地址"),
    "aliases": ("aliases", "别名"),
    "category": ("category", "类别"),
    "lon": ("lon", "经度"),
    "lat": ("lat", "纬度"),
    "crs": ("crs", "坐标系"),
}
MAX_LENGTH = 200
DEFAULT_CATEGORY = "other"
_DATUMS: dict[str, type[Position | Gcj02 | Bd09]] = {"wgs84": Position, "gcj02": Gcj02, "bd09": Bd09}


class _Faulty(Exception):
    def __init__(self, member: str, code: str, message: str) -> None:
        self.member, self.code, self.message = member, code, message


def read_places(raw: bytes, *, crs: str | None = None) -> list[NewPlace]:
    """The places of a CSV (UTF-8 or GB 18030) or a GeoJSON FeatureCollection of points.

    GeoJSON is WGS-84 unless ``crs`` says otherwise; a CSV says it in its column or by ``crs``. Aliases are
    separated by ";". Raises PlacesRefused with one fault for each faulty row, in Chinese.
    """
    text = _decode(raw)
    rows = _geojson_rows(text, crs or "wgs84") if text.lstrip().startswith("{") else _csv_rows(text, crs)
    places: list[NewPlace] = []
    faults: list[Fault] = []
    seen: set[tuple[str, str]] = set()
    for number, row in rows:
        try:
            place = _read(row)
            if (place.name, place.address) in seen:
                raise _Faulty("name", "name-taken", "文件中有同名同址的地点")
            seen.add((place.name, place.address))
            places.append(place)
        except _Faulty as faulty:
            message = f"第 {number} 行：{faulty.message}"
            faults.append(Fault(pointer=f"/{number}/{faulty.member}", code=faulty.code, message=message))
    if faults:
        raise PlacesRefused(faults=tuple(faults))
    if not places:
        raise _refuse_file("missing", "文件中没有任何地点")
    return places


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refuse_file("encoding", "文件须为 UTF-8 或 GB 18030 编码")


def _csv_rows(text: str, crs: str | None) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Rows by the number that a spreadsheet shows: the header is row 1."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    named = {name: next((c for c in names if c in (reader.fieldnames or ())), None) for name, names in COLUMNS.items()}
    missing = [COLUMNS[name][1] for name in ("name", "lon", "lat") if named[name] is None]
    if named["crs"] is None and crs is None:
        missing.append("坐标系")
    if missing:
        raise _refuse_file("missing", f"缺少列：{'、'.join(missing)}")
    for row in reader:
        value = {name: (row.get(column) or "").strip() if column else "" for name, column in named.items()}
        value["crs"] = value["crs"] or crs or ""
        yield reader.line_num, value


def _geojson_rows(text: str, crs: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        collection = json.loads(text)
    except ValueError:
        raise _refuse_file("invalid-json", "文件不是有效的 JSON") from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise _refuse_file("geometry-type-not-allowed", "文件须为 GeoJSON FeatureCollection")
    for number, feature in enumerate(features, start=1):
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        geometry = feature.get("geometry")
        point = geometry if isinstance(geometry, dict) and geometry.get("type") == "Point" else {}
        coordinates = point.get("coordinates")
        lon, lat = coordinates[:2] if isinstance(coordinates, list) and len(coordinates) >= 2 else (None, None)
        row = {name: next((properties[c] for c in names if properties.get(c)), "") for name, names in COLUMNS.items()}
        yield number, {**row, "lon": lon, "lat": lat, "crs": crs}


def _read(row: Mapping[str, Any]) -> NewPlace:
    name, address = _line(row, "name"), _line(row, "address")
    if not name:
        raise _Faulty("name", "missing", "缺少名称")
    aliases = row["aliases"]
    words = aliases if isinstance(aliases, list) else str(aliases).replace("；", ";").split(";")
    return NewPlace(
        name=name,
        address=address,
        aliases=tuple(dict.fromkeys(str(word).strip()[:MAX_LENGTH] for word in words if str(word).strip())),
        category=_line(row, "category") or DEFAULT_CATEGORY,
        position=_read_position(row),
    )


def _line(row: Mapping[str, Any], member: str) -> str:
    value = str(row[member]).strip()
    if len(value) > MAX_LENGTH:
        raise _Faulty(member, "too-long", f"{COLUMNS[member][1]}过长，不超过 {MAX_LENGTH} 字")
    if any(ord(char) < 32 or 0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise _Faulty(member, "control-character", f"{COLUMNS[member][1]}含有控制字符")
    return value


def _read_position(row: Mapping[str, Any]) -> Position:
    datum = _DATUMS.get(str(row["crs"]).strip().lower())
    if datum is None:
        raise _Faulty("crs", "crs-required", "须注明坐标系：wgs84、gcj02 或 bd09")
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (TypeError, ValueError):
        raise _Faulty("lon", "type", "经度、纬度须为数值") from None
    try:
        check_plausible(lon, lat)
        point = datum(lon, lat)
        return point if isinstance(point, Position) else point.to_wgs84()
    except CoordinateRefused as refused:
        raise _Faulty("lon", refused.code, refused.message) from None


def _refuse_file(code: str, message: str) -> PlacesRefused:
    return PlacesRefused(faults=(Fault(pointer="", code=code, message=message),))
