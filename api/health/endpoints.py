"""Is it alive, can it work, what has it measured."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from api.fields import View
from api.route import WorkRoute
from api.session import ReadSession
from api.who import Public

router = APIRouter(
    tags=["health"],
    route_class=WorkRoute,
    dependencies=[Depends(Public("a load balancer has no account; nothing personal is said"))],
)


class Health(View):
    """``ok`` or a refusal."""

    status: str


@router.get("/health/live", summary="进程存活检查")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/health/ready", summary="服务就绪检查")
def ready(session: ReadSession) -> Health:
    """The database answers and is migrated; 503 when not."""
    session.execute(text("SELECT 1 FROM stations LIMIT 1"))
    return Health(status="ok")


@router.get("/metrics", summary="运行指标", include_in_schema=False, response_model=None)
async def metrics() -> Response:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
