"""The datum is a type: a WGS-84 position, a GCJ-02 and a BD-09 coordinate cannot be mistaken for each other.

Everything stored and computed is ``Position`` (WGS-84). The other two exist to be converted at the edge.

GCJ-02 was never published officially. The formula here is the obfuscation polynomial that has circulated
publicly since 2010 (described on Wikipedia, "Restrictions on geographic data in China") on the ellipsoid
of Krasovsky 1940; BD-09 adds Baidu's published second twist on top of it. Both are inverted by fixed-point
iteration on the same formula instead of by the usual approximation, which is off by a metre or two.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from geoalchemy2 import WKBElement

from kit.errors import Invalid

_KRASOVSKY_A_M = 6_378_245.0
_KRASOVSKY_EE = 0.006_693_421_622_965_943_23
#: the rectangle in which the obfuscation applies, as the circulating formula has it
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
#: no shift is larger than this in degrees, BD-09's included
_LARGEST_SHIFT_DEG = 0.03
_BD_RADIANS = math.pi * 3000.0 / 180.0
_NULL_ISLAND_DEG = 0.1


class CoordinateRefused(Invalid):
    """This is not a place on the earth where somebody could be."""

    slug, title, hint = "coordinate-out-of-range", "坐标有误", "请核对经度、纬度和坐标系后重新提交。"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code=code)
        #: stable code, and the Chinese sentence for the person who typed it
        self.code, self.message = code, message


@dataclass(frozen=True)
class _LonLat:
    """Degrees, longitude first. Raises CoordinateRefused unless finite and on the earth."""

    crs: ClassVar[str]

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise CoordinateRefused("coordinate-not-finite", "坐标须为有限数值")
        if not -180.0 <= self.lon <= 180.0:
            raise CoordinateRefused("coordinate-out-of-range", "经度应在 -180 到 180 之间")
        if not -90.0 <= self.lat <= 90.0:
            raise CoordinateRefused("coordinate-out-of-range", "纬度应在 -90 到 90 之间")


@dataclass(frozen=True)
class Position(_LonLat):
    """A place in WGS-84, degrees."""

    crs: ClassVar[str] = "wgs84"

    @property
    def ewkt(self) -> str:
        """For a bound parameter of a geography column."""
        return f"SRID=4326;POINT({float(self.lon)!r} {float(self.lat)!r})"

    @property
    def element(self) -> WKBElement:
        """As it is read from a geography column."""
        return WKBElement(struct.pack("<BIIdd", 1, 0x2000_0001, 4326, self.lon, self.lat), srid=4326, extended=True)

    @classmethod
    def of(cls, element: WKBElement) -> Position:
        """The point that was read from a geography or geometry column; raises ValueError when it is no point."""
        raw = bytes.fromhex(element.desc)
        order = "<" if raw[0] == 1 else ">"
        (kind,) = struct.unpack_from(order + "I", raw, 1)
        if kind & 0xFF != 1:
            raise ValueError("not a point")
        lon, lat = struct.unpack_from(order + "dd", raw, 9 if kind & 0x2000_0000 else 5)
        return cls(lon, lat)

    def to_gcj02(self) -> Gcj02:
        """Where this place is drawn on a map of 高德 or 腾讯; outside China the same numbers."""
        if not _in_china(self.lon, self.lat):
            return Gcj02(self.lon, self.lat)
        return Gcj02(*_obfuscate(self.lon, self.lat))

    def to_bd09(self) -> Bd09:
        """Where this place is drawn on a map of 百度."""
        return self.to_gcj02().to_bd09()


@dataclass(frozen=True)
class Gcj02(_LonLat):
    """A coordinate in GCJ-02 (火星坐标系), degrees."""

    crs: ClassVar[str] = "gcj02"

    def to_wgs84(self) -> Position:
        """The exact inverse, within 1e-9 degrees.

        On the few hundred metres along the rectangle's edge two places share one coordinate; the one
        inside the rectangle is meant then.
        """
        if not _in_china(self.lon, self.lat, margin=_LARGEST_SHIFT_DEG):
            return Position(self.lon, self.lat)
        lon, lat = _invert(_obfuscate, self.lon, self.lat)
        return Position(lon, lat) if _in_china(lon, lat) else Position(self.lon, self.lat)

    def to_bd09(self) -> Bd09:
        return Bd09(*_twist(self.lon, self.lat))


@dataclass(frozen=True)
class Bd09(_LonLat):
    """A coordinate in BD-09 (百度坐标系), degrees."""

    crs: ClassVar[str] = "bd09"

    def to_gcj02(self) -> Gcj02:
        """The exact inverse, within 1e-9 degrees."""
        return Gcj02(*_invert(_twist, self.lon, self.lat))

    def to_wgs84(self) -> Position:
        return self.to_gcj02().to_wgs84()


def check_plausible(lon: float, lat: float) -> None:
    """Refuse what a person or a phone sends by mistake: 0/0, longitude and latitude in each other's place.

    A place abroad is not refused: recorded calls of other cities are replayed through the same door.
    Raises CoordinateRefused.
    """
    if abs(lon) < _NULL_ISLAND_DEG and abs(lat) < _NULL_ISLAND_DEG:
        raise CoordinateRefused("coordinate-implausible", "坐标为 0，定位可能未成功，请重新定位")
    if not _in_china(lon, lat) and _in_china(lat, lon):
        raise CoordinateRefused("coordinate-swapped", "经度和纬度可能填反，请核对")


def _in_china(lon: float, lat: float, margin: float = 0.0) -> bool:
    return _WEST - margin <= lon <= _EAST + margin and _SOUTH - margin <= lat <= _NORTH + margin


def _obfuscate(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02 by the polynomial, wherever it is."""
    x, y = lon - 105.0, lat - 35.0
    pi, sin = math.pi, math.sin
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north_m = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + common
        + (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
        + (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y / 30.0 * pi)) * 2.0 / 3.0
    )  # fmt: skip
    east_m = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + common
        + (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
        + (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    )  # fmt: skip
    phi = math.radians(lat)
    w2 = 1.0 - _KRASOVSKY_EE * sin(phi) ** 2
    meridian_m = _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_EE) / (w2 * math.sqrt(w2))
    parallel_m = _KRASOVSKY_A_M / math.sqrt(w2) * math.cos(phi)
    return lon + math.degrees(east_m / parallel_m), lat + math.degrees(north_m / meridian_m)


def _twist(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 to BD-09."""
    radius = math.hypot(lon, lat) + 0.000_02 * math.sin(lat * _BD_RADIANS)
    angle = math.atan2(lat, lon) + 0.000_003 * math.cos(lon * _BD_RADIANS)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _invert(forward: Callable[[float, float], tuple[float, float]], lon: float, lat: float) -> tuple[float, float]:
    """The argument whose image is (lon, lat). Both formulas move neighbours almost alike, so each step
    leaves less than a fortieth of the error of the one before."""
    x, y = lon, lat
    for _ in range(20):
        image_x, image_y = forward(x, y)
        step_x, step_y = lon - image_x, lat - image_y
        x, y = x + step_x, y + step_y
        if abs(step_x) < 1e-12 and abs(step_y) < 1e-12:
            break
    return x, y
