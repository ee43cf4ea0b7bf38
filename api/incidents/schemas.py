"""What is sent about incidents."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Bool, Instant, Int, Line, Name, Schema, Text, Word, clean_text
from api.points import PointIn
from dispatch.incidents.caller import Caller
from dispatch.incidents.editing import UNSET, Edit
from dispatch.incidents.reception import NewIncident
from kit.phones import find_phone

Level = Annotated[Int, Field(ge=1, le=4, description="1 gravest, 4 least", examples=[2])]
Reason = Annotated[str, Field(min_length=4, max_length=500), AfterValidator(clean_text)]
Number = Annotated[str, Field(min_length=4, max_length=40, pattern=r"^[0-9A-Za-z\-]+$", examples=["JJ202611240001"])]


def _phone(text: str) -> str:
    number = find_phone(text)
    if number is None:
        raise PydanticCustomError("phone-format", "电话号码格式不正确")
    return number


Phone = Annotated[str, Field(max_length=32, examples=["13800000001"]), AfterValidator(_phone)]


class CallerIn(Schema):
    """Who called; sealed at once, never shown in clear again without a reason."""

    name: Name | None = Field(default=None, examples=["王某"])
    phone: Phone | None = None


class IncidentIn(Schema):
    """A call taken at the desk. Give a position, an address, or both."""

    category: Word = Field(examples=["help"])
    type: Word = Field(examples=["lost_person"])
    subtype: Word | None = Field(default=None, examples=["child"])
    level: Level | None = None
    summary: Text = Field(examples=["一名七岁男童在剑川路龙吴路口与家人走散，身穿黄色外套。"])
    address: Line | None = Field(default=None, examples=["剑川路龙吴路口"])
    position: PointIn | None = None
    place_id: uuid.UUID | None = None
    station_id: uuid.UUID | None = Field(default=None, description="one's own, when the place is not to decide")
    number: Number | None = Field(default=None, description="接警单编号; made here when not given")
    occurred_at: Instant | None = Field(default=None, examples=["2026-11-24T15:55:00+08:00"])
    received_at: Instant | None = Field(
        default=None,
        description="when it was received elsewhere; counts as stated",
        examples=["2026-11-24T15:59:30+08:00"],
    )
    caller: CallerIn | None = None
    confidential_caller: Bool = False
    scenario_key: Word | None = Field(default=None, examples=["lost_person"])
    drill: Bool = False
    replay: Bool = Field(
        default=False, description="a past call played again at a demonstration station; left out of statistics"
    )
    dispatch: Bool = Field(
        default=False, description="接警即派: send police and ask helpers in the same moment, as the machine advises"
    )

    def new(self) -> NewIncident:
        """As the service takes it."""
        caller = self.caller or CallerIn()
        return NewIncident(
            source="replay" if self.replay else "manual",
            position=self.position.wgs84() if self.position else None,
            caller=Caller(name=caller.name, phone=caller.phone),
            **self.model_dump(exclude={"position", "caller", "replay", "dispatch"}),
        )


class EditIn(Schema):
    """What to change; members left out stay."""

    category: Word | None = Field(default=None, examples=["help"])
    type: Word | None = Field(default=None, examples=["lost_person"])
    subtype: Word | None = Field(default=None, examples=["child"])
    level: Level | None = None
    summary: Text | None = Field(default=None, examples=["一名七岁男童走失，身穿黄色外套，最后出现在龙吴路公交站。"])
    address: Line | None = Field(default=None, examples=["龙吴路公交站"])
    position: PointIn | None = None
    occurred_at: Instant | None = Field(default=None, examples=["2026-11-24T15:55:00+08:00"])
    confidential_caller: Bool | None = None
    scenario_key: Word | None = Field(default=None, examples=["lost_person"])

    @model_validator(mode="after")
    def _null_only_where_it_means_something(self) -> EditIn:
        nulled = {name for name in self.model_fields_set if getattr(self, name) is None}
        if nulled - {"subtype", "occurred_at"}:
            raise PydanticCustomError("not-empty", "此项不能清空")
        return self

    def edit(self) -> Edit:
        """As the service takes it."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if self.position is not None:
            given["position"] = self.position.wgs84()
        return Edit(**{name: given.get(name, UNSET) for name in Edit.__dataclass_fields__})


class LevelIn(Schema):
    """Another level, and why."""

    level: Level
    reason: Reason = Field(examples=["现场有人受伤"])


class ReasonIn(Schema):
    """Why."""

    reason: Reason = Field(examples=["报警人来电称已自行解决"])


class MergeIn(Schema):
    """The incident that goes on."""

    into_id: uuid.UUID
    reason: Reason | None = Field(default=None, examples=["同一起走失，重复报警"])


class NoteIn(Schema):
    """A remark."""

    text: Text = Field(examples=["报警人补充：男童带有儿童手表，现无法接通。"])


class ProgressIn(Schema):
    """What was heard over the radio."""

    event: Literal["dispatch", "arrive", "handle"]
    reason: Reason = Field(examples=["电台报告：吴泾2号车已到场"])


class PanicIn(Schema):
    """Where one is, if the phone knows."""

    position: PointIn | None = None
    drill: Bool = False
