"""Ratings and standings."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from api.fields import Bool, Schema, View, Word, clean_text
from dispatch.appeals.model import Appeal
from dispatch.ratings.model import Rating
from dispatch.ratings.queries import PersonStanding, RatingRow
from dispatch.ratings.score import Standing
from dispatch.ratings.values import Outcome, RatingValues

_SEEN: dict[str, Any] = {
    "outcome": "seen",
    "arrived": True,
    "helped": True,
    "followed_instruction": True,
    "safe": True,
    "score": 5,
    "tags": ["fast", "clear_report"],
    "text": "及时到场，协助维持秩序。",
}
Remark = Annotated[str, Field(max_length=500), AfterValidator(clean_text)]


class RatingIn(Schema):
    """A judgement. ``seen`` needs all four answers and a score; the other outcomes carry none."""

    outcome: Outcome
    arrived: Bool | None = None
    helped: Bool | None = None
    followed_instruction: Bool | None = None
    safe: Bool | None = None
    score: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    tags: Annotated[list[Word], Field(max_length=6)] = Field(default_factory=list)
    text: Remark = ""
    model_config = ConfigDict(json_schema_extra={"examples": [_SEEN, {"outcome": "not_seen"}]})

    def values(self) -> RatingValues:
        return RatingValues(
            outcome=self.outcome,
            arrived=self.arrived,
            helped=self.helped,
            followed_instruction=self.followed_instruction,
            safe=self.safe,
            score=self.score,
            tags=tuple(self.tags),
            text=self.text,
        )


class OrderRatingIn(RatingIn):
    """A judgement of one order of the incident."""

    order_id: uuid.UUID
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"order_id": "6f1c1f1e-9a0b-4f0a-8f0e-3c1d2b4a5e6f", **_SEEN}]}
    )


class RatingsIn(Schema):
    """All helpers of one incident in one go; all are taken or none."""

    ratings: Annotated[list[OrderRatingIn], Field(min_length=1, max_length=50)]


class AppealBrief(View):
    """The appeal against a rating."""

    id: uuid.UUID
    text: str
    made_at: datetime
    outcome: str | None = Field(examples=["kept", "corrected", None])
    reply: str | None
    settled_at: datetime | None


class RatingOut(View):
    """A rating (评价)."""

    id: uuid.UUID
    order_id: uuid.UUID
    incident_id: uuid.UUID
    responder_id: uuid.UUID
    officer_id: uuid.UUID
    outcome: str = Field(examples=["seen"])
    arrived: bool | None
    helped: bool | None
    followed_instruction: bool | None
    safe: bool | None
    score: int | None = Field(examples=[5])
    tags: list[str]
    text: str
    made_at: datetime
    editable_until: datetime
    version: int


class RatingLine(RatingOut):
    """A rating in a list."""

    incident_number: str | None = Field(description="null: for a company")
    responder_name: str
    appeal: AppealBrief | None

    @classmethod
    def of(cls, row: RatingRow) -> RatingLine:
        return cls(
            **RatingOut.model_validate(row.rating).model_dump(),
            incident_number=row.incident_number,
            responder_name=row.responder_name,
            appeal=brief(row.appeal),
        )


def brief(appeal: Appeal | None) -> AppealBrief | None:
    """None stays None."""
    return None if appeal is None else AppealBrief.model_validate(appeal)


def rating_out(rating: Rating | None) -> RatingOut | None:
    """None stays None."""
    return None if rating is None else RatingOut.model_validate(rating)


class StandingOut(View):
    """``n`` scores and their mean; ``shrunken`` is drawn towards the station's mean and is what one compares by."""

    n: int = Field(examples=[12])
    average: float | None = Field(examples=[4.58])
    shrunken: float | None = Field(examples=[4.41])

    @classmethod
    def of(cls, standing: Standing) -> StandingOut:
        return cls(
            n=standing.n,
            average=None if standing.average is None else round(standing.average, 2),
            shrunken=None if standing.shrunken is None else round(standing.shrunken, 2),
        )


class MyRatings(View):
    """One's own ratings, newest first, and the standing over all of them that carry a score."""

    standing: StandingOut
    items: list[RatingLine]
    next_cursor: str | None


class PersonOut(View):
    """One helper's standing."""

    responder_id: uuid.UUID
    responder_name: str
    organization_id: uuid.UUID
    standing: StandingOut

    @classmethod
    def of(cls, person: PersonStanding) -> PersonOut:
        return cls(
            responder_id=person.responder_id,
            responder_name=person.responder_name,
            organization_id=person.organization_id,
            standing=StandingOut.of(person.standing),
        )


class StandingsOut(View):
    """Everybody in reach who has a score, the best first."""

    items: list[PersonOut]


class TagOut(View):
    """A tag and its Chinese name."""

    key: str = Field(examples=["fast"])
    name: str = Field(examples=["响应迅速"])
