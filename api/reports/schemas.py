"""What a helper sends from the scene."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from api.fields import Bool, Schema, Text, View, Word, clean_text
from dispatch.reports.service import Answer

Note = Annotated[str, Field(max_length=200), AfterValidator(clean_text)]


class AnswerIn(Schema):
    """One item of the order's checklist."""

    key: Word
    done: Bool
    note: Note = ""

    def value(self) -> Answer:
        return Answer(key=self.key, done=self.done, note=self.note)


class ReportIn(Schema):
    """A report (现场反馈)."""

    text: Text
    checklist: Annotated[list[AnswerIn], Field(max_length=20)] = Field(default_factory=list)
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "已在北门找到走失老人，情绪稳定，正陪同等候民警。",
                    "checklist": [{"key": "stayed_with_person", "done": True, "note": "在门卫室休息"}],
                }
            ]
        }
    )


class AnswerOut(View):
    """One answered item."""

    key: str
    done: bool
    note: str


class ReportOut(View):
    """A report as it was written."""

    id: uuid.UUID
    order_id: uuid.UUID
    at: datetime
    text: str
    checklist: list[AnswerOut]


class PhotoOut(View):
    """A photo that is kept; its content under ``GET /api/v1/photos/{id}``."""

    id: uuid.UUID
    order_id: uuid.UUID
    incident_id: uuid.UUID
    at: datetime
    media_type: str = Field(examples=["image/jpeg"])
    width_px: int = Field(examples=[2048])
    height_px: int = Field(examples=[1536])


class ReportsOut(View):
    """All that was sent from one order, oldest first."""

    reports: list[ReportOut]
    photos: list[PhotoOut]


class SosOut(View):
    """The alarm that the command room hears."""

    id: uuid.UUID
    incident_id: uuid.UUID
    order_id: uuid.UUID
    raised_at: datetime
    acknowledged_at: datetime | None = Field(description="when somebody in the command room took it up")
