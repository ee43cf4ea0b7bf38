"""Appeals."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import ConfigDict, Field

from api.fields import Schema, Text, View
from api.ratings.schemas import RatingIn, RatingOut
from dispatch.appeals.queries import AppealRow
from dispatch.appeals.service import Settlement


class AppealIn(Schema):
    """Why the rating is not right."""

    text: Text
    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "我 16:10 已在北门值守，有照片为证。"}]})


class SettlementIn(Schema):
    """``corrected`` needs the corrected rating, ``kept`` has none; the reply goes to the helper."""

    outcome: Settlement
    reply: Text
    corrected: RatingIn | None = None
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "kept", "reply": "经调取现场记录，维持原评价。"}]}
    )


class AppealOut(View):
    """An appeal (申诉)."""

    id: uuid.UUID
    rating_id: uuid.UUID
    account_id: uuid.UUID
    text: str
    made_at: datetime
    outcome: str | None = Field(examples=["corrected", None])
    reply: str | None
    settled_by: uuid.UUID | None
    settled_at: datetime | None


class AppealLine(AppealOut):
    """An appeal with the rating that it is about."""

    responder_name: str
    rating: RatingOut

    @classmethod
    def of(cls, row: AppealRow) -> AppealLine:
        return cls(
            **AppealOut.model_validate(row.appeal).model_dump(),
            responder_name=row.responder_name,
            rating=RatingOut.model_validate(row.rating),
        )
