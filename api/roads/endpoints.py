"""Roads: the way, the street, and who gets where in how many minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from api.places.schemas import PointAsked
from api.roads.schemas import (
    AreasOut,
    EndAsked,
    MinutesAsked,
    Mobility,
    NetworkOut,
    RoadsOut,
    RouteOut,
    StartAsked,
    StreetOut,
)
from api.route import WorkRoute
from api.session import Now, ReadSession
from api.who import allow
from dispatch.access.table import Permission
from geo.roads import isochrones, queries, routes
from kit.actor import Grant
from kit.settings import get_settings

router = APIRouter(prefix="/api/v1", tags=["roads"], route_class=WorkRoute)
_Read = Annotated[Grant, Depends(allow(Permission.ROAD_READ))]


@router.get("/roads", summary="查看路网来源")
def get_roads(grant: _Read, session: ReadSession) -> RoadsOut:
    """Which roads are in use, and whose data they are."""
    network = queries.find_network(session)
    return RoadsOut(network=NetworkOut.model_validate(network) if network else None)


@router.get("/roads/near", summary="查询坐标点附近道路")
def name_street(
    grant: _Read,
    session: ReadSession,
    point: PointAsked,
    limit: Annotated[int, Query(ge=1, le=queries.MAX_RESULTS)] = 3,
) -> list[StreetOut]:
    """The named streets around a point, the nearest first."""
    return [StreetOut.model_validate(street) for street in queries.list_streets_near(session, point, limit=limit)]


@router.get("/routes", summary="查询行进路线")
def find_route(
    grant: _Read,
    session: ReadSession,
    now: Now,
    start: StartAsked,
    end: EndAsked,
    mobility: Annotated[Mobility, Query()] = "foot",
) -> RouteOut:
    """The fastest way at this hour."""
    return RouteOut.of(routes.find_route(session, start, end, means=mobility, at=now))


@router.get("/isochrones", summary="绘制坐标点可达范围")
def draw_reach(
    grant: _Read,
    session: ReadSession,
    now: Now,
    point: PointAsked,
    minutes: MinutesAsked,
    mobility: Annotated[Mobility, Query()] = "foot",
    direction: Annotated[
        Literal["to", "from"], Query(description="to: from where one is there in time; from: where one gets in time")
    ] = "to",
) -> AreasOut:
    """The area around a point that lies within so many minutes at this hour."""
    return AreasOut.of(isochrones.list_areas(session, [(point, mobility)], minutes, towards=direction == "to", at=now))


@router.get("/isochrones/responders", summary="绘制本所力量可达范围")
def draw_cover(
    grant: Annotated[Grant, Depends(allow(Permission.REACH_READ))],
    session: ReadSession,
    now: Now,
    kind: Annotated[Literal["guard", "safe_house", "patrol_unit"], Query()],
    minutes: MinutesAsked,
) -> AreasOut:
    """Where at least one of one's station's free responders of a kind is within so many minutes, each in his way."""
    places = queries.list_free_places(
        session,
        grant,
        kind=kind,
        fresh_since=now - timedelta(seconds=get_settings().position_fresh_s),
    )
    return AreasOut.of(isochrones.list_areas(session, places, minutes, towards=False, at=now))
