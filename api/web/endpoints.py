"""Settings of this installation that pages need."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.route import WorkRoute
from api.web.schemas import RasterOut, ScreenSettingsOut
from api.who import allow
from dispatch.access.table import Permission
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["screens"], route_class=WorkRoute)


@router.get("/screen-settings", summary="查询界面设置")
def read_screen_settings(
    grant: Annotated[Grant, Depends(allow(Permission.SELF))], request: Request
) -> ScreenSettingsOut:
    """The build of the pages that lie on this server, and the outside map that is set, if any."""
    settings = request.app.state.settings
    raster = None
    if settings.map_raster_url:
        raster = RasterOut(
            url=settings.map_raster_url, crs=settings.map_raster_crs, attribution=settings.map_raster_attribution
        )
    return ScreenSettingsOut(build=request.app.state.web.build, raster=raster)
