"""Which square of the map a tile is (the usual z/x/y scheme of web maps). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kit.errors import Fault, Invalid

#: farther out a station is a dot; nearer a screen enlarges the last tile by itself
MIN_ZOOM, MAX_ZOOM = 8, 18
#: units of a tile's own grid, and how many of them it reaches beyond its edge, so that lines meet without a seam
EXTENT, BUFFER = 4096, 64
#: the equator in metres of web mercator
_WORLD_M = 40_075_016.685_578_5
#: screens draw a tile in so many points
_POINTS = 512


class TileOutOfRange(Invalid):
    """There is no such tile."""

    slug, title, hint = "tile-out-of-range", "地图瓦片编号超出范围", "请刷新地图页面；仍不行请更新应用。"


@dataclass(frozen=True)
class TileAddress:
    """``x`` counts from 180° W, ``y`` from the north; both below 2 ** ``z``."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        side = 1 << self.z if MIN_ZOOM <= self.z <= MAX_ZOOM else 0
        wrong = [name for name, n in (("x", self.x), ("y", self.y)) if not 0 <= n < side]
        if not side:
            wrong = ["z"]
        if wrong:
            message = f"缩放级别应在 {MIN_ZOOM} 到 {MAX_ZOOM} 之间，行列号应在该级别范围内"
            raise TileOutOfRange(
                faults=tuple(
                    Fault(pointer=f"/path/{name}", code=TileOutOfRange.slug, message=message) for name in wrong
                )
            )

    @property
    def tolerance_m(self) -> float:
        """Half a point of the screen, in metres of web mercator: what nobody sees is left out."""
        return _WORLD_M / (1 << self.z) / _POINTS / 2

    @property
    def margin_m(self) -> float:
        """How far the tile reaches beyond its square, in metres of web mercator."""
        return _WORLD_M / (1 << self.z) * BUFFER / EXTENT
