"""What a page must know before it shows anything."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.fields import View


class RasterOut(View):
    """An outside map under our own layers. ``crs``: the datum that its pictures are in; ours are shifted to it."""

    url: str = Field(examples=["https://t0.tianditu.gov.cn/vec_w/wmts?…&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"])
    crs: Literal["wgs84", "gcj02"]
    attribution: str


class ScreenSettingsOut(View):
    """``build``: the pages that this server has; a page of another build loads itself anew."""

    build: str | None
    raster: RasterOut | None
