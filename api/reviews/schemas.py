"""The leader's decisions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from api.fields import Schema, View, clean_text
from dispatch.reviews.service import Approval, Decision


class ReviewIn(Schema):
    """Approve, or return with a reason."""

    decision: Decision
    reason: Annotated[str, Field(max_length=500), AfterValidator(clean_text)] = ""
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"decision": "returned", "reason": "请补充移交单位和伤者去向。"}, {"decision": "approved"}]
        }
    )


class ReviewOut(View):
    """A decision."""

    id: uuid.UUID
    incident_id: uuid.UUID
    leader_id: uuid.UUID
    decision: str = Field(examples=["approved"])
    reason: str
    at: datetime


class ApprovalsIn(Schema):
    """Closures to approve, each on its own."""

    incident_ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=50)]


class ApprovalOut(View):
    """What became of one: a review, or the reason why not."""

    incident_id: uuid.UUID
    review: ReviewOut | None
    problem: str | None = Field(description="last part of the problem type", examples=["ratings-missing", None])
    title: str | None = Field(examples=["尚有指令未评价", None])
    order_ids: list[uuid.UUID] = Field(description="the orders that stand in the way")

    @classmethod
    def of(cls, approval: Approval) -> ApprovalOut:
        refusal = approval.refusal
        return cls(
            incident_id=approval.incident_id,
            review=None if approval.review is None else ReviewOut.model_validate(approval.review),
            problem=None if refusal is None else refusal.slug,
            title=None if refusal is None else refusal.title,
            order_ids=[] if refusal is None else refusal.extra.get("order_ids", []),
        )


class ApprovalsOut(View):
    """One result per incident."""

    items: list[ApprovalOut]
