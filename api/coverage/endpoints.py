"""Where no helper is in time, and what would change that."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.coverage.schemas import CoverageOut, ProposalsOut, SummaryOut, summary_of
from api.route import WorkRoute
from api.session import Now, ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.coverage import service
from dispatch.coverage.service import Asked
from kit.actor import Grant
from kit.settings import get_settings

router = APIRouter(prefix="/api/v1", tags=["coverage"], route_class=WorkRoute)
Seeing = Annotated[Grant, Depends(allow(Permission.REACH_READ))]


async def _asked(
    minutes: Annotated[int, Query(ge=1, le=30, description="the target: the way on foot, without turnout")] = 3,
    hour: Annotated[
        int | None,
        Query(ge=0, le=23, description="local hour, as the past four weeks were; without it: as things stand now"),
    ] = None,
) -> Asked:
    return Asked(target_s=minutes * 60.0, hour=hour, fresh_s=float(get_settings().position_fresh_s))


WhatIsAsked = Annotated[Asked, Depends(_asked)]


@router.get("/coverage", summary="查看力量覆盖情况")
def get_coverage(grant: Seeing, session: ReadSession, now: Now, asked: WhatIsAsked) -> CoverageOut:
    """The station's ground in cells: where a guard or safe-house is within the target, and how much happened there."""
    return CoverageOut.of(service.cover(session, grant, asked, at=now))


@router.get("/coverage/hours", summary="查看各时段力量覆盖情况")
def list_hours(grant: Seeing, session: ReadSession, now: Now, asked: WhatIsAsked) -> list[SummaryOut]:
    """The share reached in time at each hour of the day, 0 to 23, as the past four weeks were."""
    return [summary_of(coverage) for coverage in service.cover_day(session, grant, asked, at=now)]


@router.get("/coverage/proposals", summary="查看平安屋选址建议")
def list_proposals(
    grant: Seeing,
    session: ReadSession,
    now: Now,
    asked: WhatIsAsked,
    count: Annotated[int, Query(ge=1, le=20)] = 5,
) -> ProposalsOut:
    """Where new safe-houses (平安屋) would reach most of what nobody reaches in time, each with its gain."""
    return ProposalsOut.of(*service.propose(session, grant, asked, count, at=now))
