"""What is sent and shown of responders."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Bool, Instant, Int, Line, Name, Schema, View, Word
from api.points import PointIn, PointOut
from geo.crs import Position
from geo.responders.queries import ResponderRow
from geo.responders.rules import MAX_CREW, Kind, NewResponder
from geo.responders.vocabulary import CAPABILITIES, SKILLS

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Interval = Annotated[list[Annotated[str, Field(max_length=5)]], Field(min_length=2, max_length=2)]
OpeningHours = Annotated[
    dict[Day, Annotated[list[Interval], Field(max_length=4)]],
    Field(
        description="local time; an end at or before its start is past midnight",
        examples=[{"mon": [["08:00", "22:00"]], "sat": [["18:00", "02:00"]]}],
    ),
]
Words = Annotated[list[Word], Field(max_length=20)]
_SKILLS, _CAPABILITIES = ", ".join(SKILLS), ", ".join(CAPABILITIES)
Mobility = Literal["foot", "bicycle", "car"]
Crew = Annotated[Int, Field(ge=1, le=MAX_CREW)]


class ResponderIn(Schema):
    """A guard, safe-house or patrol unit to be registered."""

    kind: Kind
    name: Name = Field(examples=["王建国"])
    organization_id: UUID
    account_id: UUID | None = Field(default=None, description="who answers for it")
    call_sign: Name | None = Field(default=None, examples=["剑川3"])
    skills: Words = Field(default=[], description=f"what he can do, of: {_SKILLS}", examples=[["first_aid"]])
    capabilities: Words = Field(
        default=[], description=f"what stands ready there, of: {_CAPABILITIES}", examples=[["aed"]]
    )
    post_id: UUID | None = Field(default=None, description="guards: their own gate")
    position: PointIn | None = Field(default=None, description="safe-houses: where it stands")
    address: Line | None = Field(default=None, examples=["剑川路951号"])
    opening_hours: OpeningHours | None = None
    mobility: Mobility | None = Field(default=None, description="patrol units")
    auxiliary: Bool = Field(default=False, description="patrol units: 辅警")
    crew: Crew | None = Field(default=None, description="patrol units: how many", examples=[2])

    def to_new(self) -> NewResponder:
        values = self.model_dump(exclude={"position", "skills", "capabilities", "opening_hours"})
        return NewResponder(
            **values,
            skills=tuple(self.skills),
            capabilities=tuple(self.capabilities),
            opening_hours=cast("dict[str, Any] | None", self.opening_hours),
            position=self.position.wgs84() if self.position is not None else None,
        )


_NEVER_NULL = ("name", "organization_id", "skills", "capabilities", "auxiliary", "active")


class ResponderChange(Schema):
    """What is to be another way; members that are not sent stay as they are."""

    name: Name | None = Field(default=None, examples=["王建国"])
    organization_id: UUID | None = None
    account_id: UUID | None = None
    call_sign: Name | None = Field(default=None, examples=["剑川3"])
    skills: Words | None = Field(default=None, description=f"of: {_SKILLS}", examples=[["first_aid"]])
    capabilities: Words | None = Field(default=None, description=f"of: {_CAPABILITIES}", examples=[["aed"]])
    post_id: UUID | None = None
    position: PointIn | None = None
    address: Line | None = Field(default=None, examples=["剑川路951号"])
    opening_hours: OpeningHours | None = None
    mobility: Mobility | None = None
    auxiliary: Bool | None = None
    crew: Crew | None = Field(default=None, examples=[2])
    active: Bool | None = Field(default=None, description="false: no longer sent, found or shown")

    @model_validator(mode="after")
    def _null_only_where_it_means_something(self) -> ResponderChange:
        for name in _NEVER_NULL:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("null-not-allowed", "{name} 不能为空", {"name": name})
        return self

    def to_changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        for name in ("skills", "capabilities"):
            if name in changes:
                changes[name] = tuple(changes[name])
        if self.position is not None:
            changes["position"] = self.position.wgs84()
        return changes


class ResponderOut(View):
    """A responder. ``position`` only of a safe-house; where people are is on the live map alone."""

    id: UUID
    kind: Kind
    name: str
    call_sign: str | None
    station_id: UUID
    organization_id: UUID
    organization_name: str
    account_id: UUID | None
    skills: list[str]
    capabilities: list[str]
    post_id: UUID | None
    post_name: str | None
    position: PointOut | None
    address: str | None
    opening_hours: dict[str, list[list[str]]] | None
    mobility: Mobility | None
    auxiliary: bool
    crew: int | None
    on_duty: bool
    engaged: bool
    position_suspect: bool = Field(description="可疑定位: the last fixes are places he cannot have come to")
    active: bool
    demo: bool
    created_at: Instant
    version: int

    @classmethod
    def of(cls, row: ResponderRow) -> ResponderOut:
        responder = row.responder
        own = {
            name: getattr(responder, name)
            for name in cls.model_fields
            if name not in ("organization_name", "post_name", "position", "on_duty", "engaged", "position_suspect")
        }
        return cls(
            **own,
            organization_name=row.organization_name,
            post_name=row.post_name,
            position=_point(row.position),
            on_duty=row.on_duty,
            engaged=row.engaged,
            position_suspect=row.position_suspect,
        )


def _point(position: Position | None) -> PointOut | None:
    return PointOut.of(position) if position is not None else None
