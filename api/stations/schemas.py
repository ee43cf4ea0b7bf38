"""Stations."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.fields import Name, Schema, View


class StationOut(View):
    """A police station (派出所)."""

    id: uuid.UUID
    district_id: uuid.UUID
    name: str = Field(examples=["吴泾派出所"])
    code: str = Field(examples=["310112-wujing"])
    demo: bool
    created_at: datetime
    version: int


class NewStationIn(Schema):
    """A new station of one's district."""

    name: Name
    code: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_\-]+$")]
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "吴泾派出所", "code": "310112-wujing"}]})


class StationEditIn(Schema):
    """A station's new name."""

    name: Name
