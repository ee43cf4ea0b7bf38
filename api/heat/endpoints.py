"""The heat of incidents on the map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.figures.asked import Asking
from api.heat.schemas import HeatOut
from api.problems import problems
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.figures.queries import usual_sort
from dispatch.figures.scope import PeriodEmpty, PeriodTooLong
from dispatch.heat import queries
from geo.cells import MAX_RESOLUTION, MIN_RESOLUTION
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["heat"], route_class=WorkRoute)
_Type = Annotated[str, Field(max_length=130, pattern=r"^[a-z_]+\.[a-z_]+$")]


@router.get("/incident-heat", summary="查询警情热力", responses=problems(PeriodTooLong, PeriodEmpty))
def list_heat(
    grant: Annotated[Grant, Depends(allow(Permission.FIGURE_READ))],
    session: ReadSession,
    asked: Asking,
    resolution: Annotated[int, Query(ge=MIN_RESOLUTION, le=MAX_RESOLUTION)] = 9,
    type: Annotated[list[_Type] | None, Query(max_length=50, description="category.type")] = None,
) -> HeatOut:
    """How many incidents in each hexagon; the district sees the coarsest ones."""
    scope = asked.scope(usual_sort(session, grant))
    cells, used = queries.list_heat(session, grant, scope, resolution=resolution, types=type or ())
    return HeatOut.of(scope, cells, used)
