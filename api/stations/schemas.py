"""Stations."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.fields import Int, Name, Schema, View
from dispatch.closures.overdue import MAX_TARGET_S, Targets
from dispatch.tenancy.settings import Zone
from kit.tenancy import Station

#: as people write it
PhoneText = Annotated[str, Field(min_length=1, max_length=40, examples=["021-64500110"])]


class StationOut(View):
    """A police station (派出所)."""

    id: uuid.UUID
    district_id: uuid.UUID
    name: str = Field(examples=["吴泾派出所"])
    code: str = Field(examples=["310112-wujing"])
    duty_phone: str | None = Field(description="值班电话 of the command room", examples=["+862164500110"])
    demo: bool
    created_at: datetime
    version: int


class NewStationIn(Schema):
    """A new station of one's district."""

    name: Name
    code: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_\-]+$")]
    duty_phone: PhoneText | None = Field(default=None, description="值班电话 of the command room")
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "吴泾派出所", "code": "310112-wujing"}]})


class StationEditIn(Schema):
    """A station's new name."""

    name: Name = Field(examples=["吴泾派出所"])


Seconds = Annotated[Int, Field(ge=1, le=MAX_TARGET_S)]


class TargetsIn(Schema):
    """Seconds that a stage may take before it counts as overdue; null or left out: the default."""

    sign_s: Seconds | None = Field(default=None, description="签收")
    depart_s: Seconds | None = Field(default=None, description="出警")
    arrive_s: Seconds | None = Field(default=None, description="到场; the default depends on the zone")
    feedback_s: Seconds | None = Field(default=None, description="反馈")
    rating_s: Seconds | None = Field(default=None, description="评价")
    review_s: Seconds | None = Field(default=None, description="审核")


class StationSettingsIn(Schema):
    """All settings of a station."""

    zone: Zone = Field(description="city 城区: 5 minutes to arrive, suburb 郊区: 10, where no target is stated")
    targets: TargetsIn = TargetsIn()
    duty_phone: PhoneText | None = Field(
        default=None, description="值班电话 of the command room; null takes it away, left out it stays"
    )
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"zone": "suburb", "targets": {"sign_s": 60}, "duty_phone": "021-64500110"}]}
    )


class TargetsOut(View):
    """Seconds that each stage may take."""

    sign_s: int
    depart_s: int
    arrive_s: int
    feedback_s: int
    rating_s: int
    review_s: int


class StationSettingsOut(View):
    """What was stated, which can be sent back, and the targets that therefore hold."""

    zone: Zone
    targets: TargetsIn
    targets_in_force: TargetsOut
    duty_phone: str | None
    version: int

    @classmethod
    def of(cls, station: Station) -> StationSettingsOut:
        stated = {"zone": "city", "targets": {}, **station.settings}
        return cls(
            zone=stated["zone"],
            targets=TargetsIn(**stated["targets"]),
            targets_in_force=TargetsOut.model_validate(Targets.of(station.settings)),
            duty_phone=station.duty_phone,
            version=station.version,
        )
