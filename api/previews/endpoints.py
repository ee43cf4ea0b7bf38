"""Trying a scenario on the incidents that there were."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.fields import Word
from api.figures.asked import Asking
from api.previews.schemas import PreviewIn, PreviewOut
from api.problems import problems
from api.route import WorkRoute
from api.session import ReadSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.figures.queries import usual_sort
from dispatch.figures.scope import PeriodEmpty, PeriodTooLong
from dispatch.previews import queries
from kit.actor import Grant

router = APIRouter(prefix="/api/v1/scenarios", tags=["previews"], route_class=WorkRoute)


@router.post("/{key}/preview", summary="试算处置场景", responses=problems(PeriodTooLong, PeriodEmpty))
def preview(
    key: Word,
    body: PreviewIn,
    grant: Annotated[Grant, Depends(allow(Permission.SCENARIO_WRITE))],
    session: ReadSession,
    asked: Asking,
) -> PreviewOut:
    """Whom these settings would have asked in the scenario's incidents of the last 30 days, beside who was.

    Nothing is changed and nobody is told: the very inputs of then go through the same choice once more.
    """
    scope = asked.scope(usual_sort(session, grant))
    return PreviewOut.of(scope, queries.preview(session, grant, scope, key=key, spec=body.spec))
