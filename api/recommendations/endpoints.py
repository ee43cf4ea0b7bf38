"""Whom the machine would ask, with its reasons."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from api.idempotency.service import Idempotent
from api.problems import IdempotencyKeyRequired, problems
from api.recommendations.schemas import PreviewIn, RecommendationOut, RecommendationsOut
from api.route import WorkRoute
from api.session import Now, ReadSession, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.incidents import repository as incidents
from dispatch.matching import queries, repository
from dispatch.orders.errors import IncidentNotWorkable
from dispatch.orders.previewing import preview
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["recommendations"], route_class=WorkRoute)
Recommending = Annotated[Grant, Depends(allow(Permission.RECOMMEND))]
Lang = Annotated[queries.Language, Query(description="of the sentences")]


@router.get("/incidents/{incident_id}/recommendations", summary="查看力量推荐")
def list_recommendations(
    incident_id: UUID,
    grant: Recommending,
    session: ReadSession,
    need: Annotated[UUID | None, Query()] = None,
    lang: Lang = "zh",
) -> RecommendationsOut:
    """The newest stored recommendation of every need, or of that one."""
    incident = incidents.get_visible(session, incident_id, grant)
    only = None if need is None else [need]
    shown = queries.show(session, repository.list_latest(session, incident.id, need_ids=only), lang)
    return RecommendationsOut(items=[RecommendationOut.model_validate(value) for value in shown])


@router.post(
    "/incidents/{incident_id}/recommendations",
    summary="重新推荐力量",
    status_code=201,
    responses=problems(IncidentNotWorkable, IdempotencyKeyRequired),
)
def make_recommendations(
    incident_id: UUID,
    body: PreviewIn,
    grant: Recommending,
    session: WriteSession,
    now: Now,
    command: Idempotent,
    lang: Lang = "zh",
) -> RecommendationsOut:
    """Look again, as things stand now. It is stored; nobody is told of it."""
    made = preview(session, grant=grant, incident_id=incident_id, need_id=body.need_id, at=now)
    shown = queries.show(session, made, lang)
    return RecommendationsOut(items=[RecommendationOut.model_validate(value) for value in shown])
