"""What the app records of a person, for himself to read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.own_data.schemas import OwnDataOut
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.own_data import queries
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/me/data", tags=["me"], route_class=WorkRoute)


@router.get("", summary="查询系统记录的本人数据")
def describe(grant: Annotated[Grant, Depends(allow(Permission.SELF))], session: ReadSession) -> OwnDataOut:
    """How much of what is kept, since when, for how long; and who looked at one's positions or number, and why."""
    return OwnDataOut.model_validate(queries.describe(session, grant.actor))
