"""The leader approves closures or returns them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.idempotency.service import Idempotent
from api.problems import problems
from api.reviews.schemas import ApprovalOut, ApprovalsIn, ApprovalsOut, ReviewIn, ReviewOut
from api.route import WorkRoute
from api.session import Now, WriteSession
from api.who import allow
from dispatch.access.table import Permission
from dispatch.reviews import service
from kit.actor import Grant

router = APIRouter(prefix="/api/v1", tags=["reviews"], route_class=WorkRoute)
Review = Annotated[Grant, Depends(allow(Permission.REVIEW_WRITE))]


@router.post(
    "/incidents/{incident_id}/review",
    summary="审核办结",
    status_code=201,
    responses=problems(service.NotUnderReview, service.RatingsMissing, service.OrdersOpen),
)
def review(
    incident_id: UUID, body: ReviewIn, grant: Review, session: WriteSession, now: Now, command: Idempotent
) -> ReviewOut:
    """Approve: the incident is closed. Return: the officer is told why, and writes the form again."""
    made = service.review(
        session, grant=grant, incident_id=incident_id, decision=body.decision, reason=body.reason, at=now
    )
    return ReviewOut.model_validate(made)


@router.post("/closures/approvals", summary="批量审核通过")
def approve_all(body: ApprovalsIn, grant: Review, session: WriteSession, now: Now, command: Idempotent) -> ApprovalsOut:
    """Approve up to fifty; each has its own result, one refusal does not hold up the others."""
    done = service.approve_all(session, grant=grant, incident_ids=body.incident_ids, at=now)
    return ApprovalsOut(items=[ApprovalOut.of(approval) for approval in done])
