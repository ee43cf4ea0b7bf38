"""The officer's form."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.fields import Instant, Line, Schema, Text, View, Word
from api.ratings.schemas import RatingOut, rating_out
from api.reviews.schemas import ReviewOut
from dispatch.feedback.queries import FormSheet
from dispatch.feedback.service import FormContent
from dispatch.feedback.times import FormTimes
from dispatch.ratings.queries import ToRate

Count = Annotated[int, Field(strict=True, ge=0, le=1000)]


class FormIn(Schema):
    """A feedback form (反馈单). Times that are left out are taken from what was measured."""

    result_code: Word
    text: Text
    departed_at: Instant | None = None
    arrived_at: Instant | None = None
    handled_at: Instant | None = None
    officers: Count = 1
    vehicles: Count = 0
    people_helped: Count = 0
    people_injured: Count = 0
    people_dead: Count = 0
    people_caught: Count = 0
    handed_over_to: Line | None = None
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "result_code": "found",
                    "text": "走失老人已由平安联盟保安员在剑川路北门找到，家属到场接回。",
                    "arrived_at": "2026-11-24T16:12:00+08:00",
                    "people_helped": 1,
                }
            ]
        }
    )

    def content(self) -> FormContent:
        return FormContent(
            result_code=self.result_code,
            text=self.text,
            times=FormTimes(departed_at=self.departed_at, arrived_at=self.arrived_at, handled_at=self.handled_at),
            officers=self.officers,
            vehicles=self.vehicles,
            people_helped=self.people_helped,
            people_injured=self.people_injured,
            people_dead=self.people_dead,
            people_caught=self.people_caught,
            handed_over_to=self.handed_over_to,
        )


class FormOut(View):
    """A form as it was handed in. ``submitted_at`` is the last time that it was handed in."""

    id: uuid.UUID
    incident_id: uuid.UUID
    officer_id: uuid.UUID
    result_code: str = Field(examples=["found"])
    text: str
    departed_at: datetime | None
    arrived_at: datetime | None
    handled_at: datetime
    officers: int
    vehicles: int
    people_helped: int
    people_injured: int
    people_dead: int
    people_caught: int
    handed_over_to: str | None
    submitted_at: datetime
    editable_until: datetime
    version: int


class TimesOut(View):
    """What was measured: shown where the officer states nothing."""

    departed_at: datetime | None
    arrived_at: datetime | None
    handled_at: datetime | None


class ToRateOut(View):
    """A helper who finished; ``rating`` null: he is still to be rated."""

    order_id: uuid.UUID
    responder_id: uuid.UUID
    responder_name: str
    kind: str = Field(examples=["guard"])
    rating: RatingOut | None

    @classmethod
    def of(cls, line: ToRate) -> ToRateOut:
        return cls(
            order_id=line.order_id,
            responder_id=line.responder_id,
            responder_name=line.responder_name,
            kind=line.kind,
            rating=rating_out(line.rating),
        )


class SheetOut(View):
    """One screen: the form, who is to be rated, and why the leader returned it."""

    incident_id: uuid.UUID
    incident_state: str
    form: FormOut | None
    editable: bool
    measured: TimesOut
    orders: list[ToRateOut]
    reviews: list[ReviewOut]

    @classmethod
    def of(cls, sheet: FormSheet) -> SheetOut:
        return cls(
            incident_id=sheet.incident_id,
            incident_state=sheet.incident_state,
            form=None if sheet.form is None else FormOut.model_validate(sheet.form),
            editable=sheet.editable,
            measured=TimesOut.model_validate(sheet.measured),
            orders=[ToRateOut.of(line) for line in sheet.orders],
            reviews=[ReviewOut.model_validate(row) for row in sheet.reviews],
        )


class ResultOut(View):
    """A result that the form may state."""

    code: str = Field(examples=["handed_over"])
    name: str = Field(examples=["移交其他单位"])
    hands_over: bool = Field(description="``handed_over_to`` is then required")


class ChoicesOut(View):
    """What the form and the ratings offer to tick."""

    results: list[ResultOut]
    rating_tags: list[ChoiceOut]
    outcomes: list[ChoiceOut]


class ChoiceOut(View):
    """A key and its Chinese name."""

    key: str = Field(examples=["fast"])
    name: str = Field(examples=["响应迅速"])
