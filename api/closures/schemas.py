"""What the leader sees of closures."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import Field

from api.appeals.schemas import AppealOut
from api.feedback.schemas import FormOut
from api.fields import View
from api.ratings.schemas import RatingOut
from api.reviews.schemas import ReviewOut
from dispatch.closures.completeness import Completeness, Evidence
from dispatch.closures.facts import Facts, Mark, OrderFacts
from dispatch.closures.overdue import STAGE_NAMES, Overdue
from dispatch.closures.queries import Closure, ClosureDetail

Waiting = Literal["handled", "feedback", "closed"]


class FlagOut(View):
    """A stage that passed its target; ``done_at`` null: it is overdue now."""

    stage: str = Field(examples=["feedback"])
    name: str = Field(examples=["反馈"])
    since: datetime
    due: datetime
    done_at: datetime | None
    late_s: float
    order_id: uuid.UUID | None

    @classmethod
    def of(cls, flag: Overdue) -> FlagOut:
        return cls(
            stage=flag.stage,
            name=STAGE_NAMES[flag.stage],
            since=flag.since,
            due=flag.due,
            done_at=flag.done_at,
            late_s=flag.late_s,
            order_id=flag.order_id,
        )


class ItemOut(View):
    """A milestone that a complete closure has."""

    name: str
    evidence: Evidence
    at: datetime | None
    order_id: uuid.UUID | None


class CompletenessOut(View):
    """``score``: the share of expected milestones that were measured."""

    score: float = Field(examples=[0.92])
    measured: int
    inferred: int
    stated: int
    missing: int

    @classmethod
    def of(cls, judged: Completeness) -> CompletenessOut:
        return cls(score=round(judged.score, 3), **{str(e): judged.count(e) for e in Evidence})


class ClosureOut(View):
    """One line of the queue. ``due_at``: when the next thing to do is, or was, due."""

    incident_id: uuid.UUID
    number: str
    category: str
    type: str
    level: int
    state: str = Field(examples=["feedback"])
    address: str
    received_at: datetime
    ended_at: datetime | None
    due_at: datetime
    overdue: bool
    flags: list[FlagOut]
    completeness: CompletenessOut
    ratings_missing: int
    appeals_open: int
    drill: bool
    demo: bool

    @classmethod
    def of(cls, closure: Closure) -> ClosureOut:
        incident = closure.incident
        return cls(
            incident_id=incident.id,
            number=incident.number,
            category=incident.category,
            type=incident.type,
            level=incident.level,
            state=incident.state,
            address=incident.address,
            received_at=incident.received_at,
            ended_at=incident.ended_at,
            due_at=closure.due_at,
            overdue=closure.overdue,
            flags=[FlagOut.of(flag) for flag in closure.flags],
            completeness=CompletenessOut.of(closure.completeness),
            ratings_missing=closure.unrated,
            appeals_open=closure.appeals_open,
            drill=incident.drill,
            demo=incident.demo,
        )


class MilestoneOut(View):
    """A milestone and how it is known: measured, inferred or stated."""

    name: str
    at: datetime
    how: str


class OrderCourseOut(View):
    """How one order went."""

    id: uuid.UUID
    police: bool
    state: str
    milestones: list[MilestoneOut]

    @classmethod
    def of(cls, order: OrderFacts) -> OrderCourseOut:
        return cls(id=order.id, police=order.police, state=order.state, milestones=_milestones(order))


class IntervalOut(View):
    """Seconds between two milestones; null when an end is missing or they are the wrong way round."""

    name: str = Field(examples=["signing"])
    seconds: float | None
    measured: bool = Field(description="both ends were measured; statistics use no other")
    band: str | None = Field(examples=["0–30 秒"])
    order_id: uuid.UUID | None


class ClosureDetailOut(View):
    """One closure whole."""

    closure: ClosureOut
    milestones: list[MilestoneOut]
    items: list[ItemOut]
    intervals: list[IntervalOut]
    orders: list[OrderCourseOut]
    form: FormOut | None
    ratings: list[RatingOut]
    appeals: list[AppealOut]
    reviews: list[ReviewOut]

    @classmethod
    def of(cls, detail: ClosureDetail) -> ClosureDetailOut:
        closure = detail.closure
        return cls(
            closure=ClosureOut.of(closure),
            milestones=_milestones(closure.facts),
            items=[ItemOut.model_validate(item) for item in closure.completeness.items],
            intervals=[IntervalOut.model_validate(interval) for interval in detail.intervals],
            orders=[OrderCourseOut.of(order) for order in closure.facts.orders],
            form=None if detail.form is None else FormOut.model_validate(detail.form),
            ratings=[RatingOut.model_validate(row) for row in detail.ratings],
            appeals=[AppealOut.model_validate(row) for row in detail.appeals],
            reviews=[ReviewOut.model_validate(row) for row in detail.reviews],
        )


def _milestones(course: Facts | OrderFacts) -> list[MilestoneOut]:
    def when(item: tuple[str, Mark]) -> tuple[datetime, str]:
        return item[1].at, item[0]

    return [MilestoneOut(name=name, at=mark.at, how=mark.how) for name, mark in sorted(course.marks.items(), key=when)]
