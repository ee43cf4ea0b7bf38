"""Stations."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.fields import Int, Name, Schema, View
from dispatch.closures.overdue import MAX_TARGET_S, Targets
from dispatch.matching.policy import Policy, PostRule
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


class MatchingIn(Schema):
    """How helpers are spared, and when a phone counts as there; null or left out: the default. 0: no such rule."""

    rest_s: Annotated[Int, Field(ge=0, le=86_400)] | None = Field(default=None, description="完成后休整")
    alerts_per_hour: Annotated[Int, Field(ge=0, le=60)] | None = Field(default=None, description="每小时请求上限")
    alerts_per_shift: Annotated[Int, Field(ge=0, le=500)] | None = Field(default=None, description="每班请求上限")
    proven_s: Annotated[Int, Field(ge=0, le=86_400)] | None = Field(default=None, description="设备失联判定")
    post_rule: PostRule | None = Field(
        default=None, description="forbid: a post never goes below its minimum; price: it may, and costs; one stays"
    )


class MatchingOut(View):
    """What holds of it."""

    rest_s: int
    alerts_per_hour: int
    alerts_per_shift: int
    proven_s: int
    post_rule: PostRule


class StationSettingsIn(Schema):
    """All settings of a station."""

    zone: Zone = Field(description="city 城区: 5 minutes to arrive, suburb 郊区: 10, where no target is stated")
    targets: TargetsIn = TargetsIn()
    duty_phone: PhoneText | None = Field(
        default=None, description="值班电话 of the command room; null takes it away, left out it stays"
    )
    matching: MatchingIn | None = Field(default=None, description="null or left out: it stays")
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "zone": "suburb",
                    "targets": {"sign_s": 60},
                    "duty_phone": "021-64500110",
                    "matching": {"alerts_per_hour": 4},
                }
            ]
        }
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
    """What was stated, which can be sent back, and what therefore holds."""

    zone: Zone
    targets: TargetsIn
    targets_in_force: TargetsOut
    matching: MatchingIn
    matching_in_force: MatchingOut
    duty_phone: str | None
    version: int

    @classmethod
    def of(cls, station: Station) -> StationSettingsOut:
        stated = {"zone": "city", "targets": {}, "matching": {}, **station.settings}
        return cls(
            zone=stated["zone"],
            targets=TargetsIn(**stated["targets"]),
            targets_in_force=TargetsOut.model_validate(Targets.of(station.settings)),
            matching=MatchingIn(**stated["matching"]),
            matching_in_force=MatchingOut.model_validate(Policy.of(station.settings)),
            duty_phone=station.duty_phone,
            version=station.version,
        )
