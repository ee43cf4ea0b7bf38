"""What the machine expects of people, and whether it is right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.calibrations.schemas import CalibrationOut
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.calibrations import queries
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["calibrations"], route_class=WorkRoute)
Recommending = Annotated[Grant, Depends(allow(Permission.RECOMMEND))]


@router.get("/calibration", summary="查看签收与到场校准")
def read_calibration(grant: Recommending, session: ReadSession) -> CalibrationOut:
    """Chances to accept and turnouts of the own station, by scenario, hours and person; predicted beside observed."""
    return CalibrationOut.model_validate(queries.show(session, grant=grant))
