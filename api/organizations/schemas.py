"""Members of the alliance."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from api.fields import Bool, Name, Schema, View, absent

Kind = Literal["security_company", "property_manager", "merchant", "school", "police", "other"]


class OrganizationOut(View):
    """A member of the alliance (联盟单位)."""

    id: uuid.UUID
    district_id: uuid.UUID
    station_id: uuid.UUID
    name: str = Field(examples=["剑川物业"])
    kind: Kind
    active: bool
    demo: bool
    created_at: datetime
    version: int


class NewOrganizationIn(Schema):
    """A new member; ``station_id`` defaults to one's own station."""

    name: Name
    kind: Kind
    station_id: uuid.UUID | None = None
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "剑川物业", "kind": "property_manager"}]})


class OrganizationEditIn(Schema):
    """The members that change."""

    name: Name = Field(default_factory=absent)
    kind: Kind = Field(default_factory=absent)
    active: Bool = Field(default_factory=absent)
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "剑川物业服务"}]})
