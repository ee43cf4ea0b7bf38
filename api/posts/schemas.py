"""What is sent and shown of posts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Int, Name, Schema, View
from api.points import PointIn, PointOut
from geo.crs import Position
from geo.posts.service import NewPost
from geo.responders.model import Post

Staff = Annotated[Int, Field(ge=0, le=100)]


class PostIn(Schema):
    """A post to be drawn."""

    name: Name = Field(examples=["剑川路小区东门"])
    organization_id: UUID
    position: PointIn
    minimum_staff: Staff = Field(default=1, description="who is left when others are sent away", examples=[2])

    def to_new(self) -> NewPost:
        return NewPost(
            name=self.name,
            organization_id=self.organization_id,
            position=self.position.wgs84(),
            minimum_staff=self.minimum_staff,
        )


class PostChange(Schema):
    """What is to be another way; members that are not sent stay as they are."""

    name: Name | None = Field(default=None, examples=["剑川路小区西门"])
    position: PointIn | None = None
    minimum_staff: Staff | None = Field(default=None, examples=[1])

    @model_validator(mode="after")
    def _never_null(self) -> PostChange:
        for name in self.model_fields_set:
            if getattr(self, name) is None:
                raise PydanticCustomError("null-not-allowed", "{name} 不能为空", {"name": name})
        return self

    def to_changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if self.position is not None:
            changes["position"] = self.position.wgs84()
        return changes


class PostOut(View):
    """A post, and how many stand at it now."""

    id: UUID
    name: str
    station_id: UUID
    organization_id: UUID
    position: PointOut
    minimum_staff: int
    on_post_now: int = Field(description="on duty and not away on an order")
    demo: bool
    version: int

    @classmethod
    def of(cls, post: Post, on_post_now: int) -> PostOut:
        return cls(
            id=post.id,
            name=post.name,
            station_id=post.station_id,
            organization_id=post.organization_id,
            position=PointOut.of(Position.of(post.position)),
            minimum_staff=post.minimum_staff,
            on_post_now=on_post_now,
            demo=post.demo,
            version=post.version,
        )
