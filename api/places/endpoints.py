"""Places: from words to points and back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.fields import Line
from api.idempotency.service import Idempotent
from api.places.schemas import NearAsked, NearOut, PlaceIn, PlaceOut, PointAsked
from api.problems import IdempotencyKeyRequired, problems
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from geo.places import queries, service
from geo.places.errors import PlaceTaken
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/places", tags=["places"], route_class=WorkRoute)
_Read = Annotated[Grant, Depends(allow(Permission.PLACE_READ))]
_Limit = Annotated[int, Query(ge=1, le=queries.MAX_RESULTS)]


@router.get("", summary="搜索地点")
def search_places(
    grant: _Read,
    session: ReadSession,
    q: Annotated[Line, Query(description="any part of a name, alias or address", examples=["剑川路95"])],
    near: NearAsked,
    limit: _Limit = 10,
) -> list[PlaceOut]:
    """The best matches of one's district: the very name, beginnings, parts, aliases, addresses; the nearer first."""
    found = queries.search(session, queries.district_of(grant), q, limit, near=near)
    return [PlaceOut.of(place) for place in found]


@router.get("/near", summary="查询坐标点附近地点")
def name_point(grant: _Read, session: ReadSession, point: PointAsked, limit: _Limit = 5) -> NearOut:
    """How one would say where a point is, and what is around it."""
    found = queries.list_near(session, queries.district_of(grant), point, limit=limit)
    return NearOut(text=queries.describe(found[0]) if found else None, items=[PlaceOut.of(place) for place in found])


@router.post("", summary="添加地点", status_code=201, responses=problems(PlaceTaken, IdempotencyKeyRequired))
def add_place(
    body: PlaceIn,
    grant: Annotated[Grant, Depends(allow(Permission.PLACE_WRITE))],
    session: WriteSession,
    now: Now,
    command: Idempotent,
) -> PlaceOut:
    """Add a place that calls name and no map knows."""
    place = service.add(session, grant=grant, new=body.to_new(), at=now)
    return PlaceOut.of(queries.get_place(session, place.id))
