"""Who is spared, and who soon will be."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.budgets.schemas import BudgetsOut
from api.route import WorkRoute
from api.session import Now, ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.budgets import queries
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["budgets"], route_class=WorkRoute)


@router.get("/alert-budgets", summary="查看请求上限和休整情况")
def list_budgets(
    grant: Annotated[Grant, Depends(allow(Permission.RECOMMEND))], session: ReadSession, now: Now
) -> BudgetsOut:
    """The station's rules for sparing helpers, and how often each of those on duty was asked."""
    policy, found = queries.list_budgets(session, grant=grant, at=now)
    return BudgetsOut.of(policy, found)
