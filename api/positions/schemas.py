"""Fixes as phones send them, and what they hear."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Float, Instant, Int, Schema, View
from api.points import Crs, PointIn
from geo.positions.errors import BatchTooLarge
from geo.positions.fix import Kind, Outcome
from geo.positions.intake import RawFix
from geo.positions.pipeline import MAX_BATCH


class FixIn(Schema):
    """Where the phone was at one instant. ``seq`` comes back in the answer, for the phone's own book-keeping."""

    captured_at: Instant = Field(examples=["2026-11-24T16:00:00+08:00"])
    position: PointIn
    accuracy_m: Annotated[Float, Field(ge=0, le=1_000_000)] | None = Field(default=None, examples=[12.5])
    speed_mps: Annotated[Float, Field(ge=0, le=1000)] | None = Field(default=None, examples=[1.4])
    heading_deg: Annotated[Float, Field(ge=0, le=360)] | None = Field(default=None, examples=[270.0])
    battery_pct: Annotated[Int, Field(ge=0, le=100)] | None = Field(default=None, examples=[81])
    seq: Annotated[Int, Field(ge=0, le=2**53)] | None = Field(default=None, examples=[1017])

    def to_raw(self) -> RawFix:
        return RawFix(
            captured_at=self.captured_at,
            position=self.position.wgs84(),
            accuracy_m=self.accuracy_m,
            speed_mps=self.speed_mps,
            heading_deg=self.heading_deg,
            battery_pct=self.battery_pct,
        )


class PositionsIn(Schema):
    """Fixes in any order. ``crs`` here is that of every position that does not say its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "crs": "wgs84",
                    "fixes": [
                        {
                            "captured_at": "2026-11-24T16:00:00+08:00",
                            "position": {"lon": 121.4633, "lat": 31.0467},
                            "accuracy_m": 12.5,
                            "seq": 1017,
                        }
                    ],
                }
            ]
        }
    )

    crs: Crs | None = None
    fixes: list[FixIn] = Field(min_length=1, description=f"at most {MAX_BATCH}")

    @model_validator(mode="before")
    @classmethod
    def _one_datum_for_all(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("fixes"), list):
            return given
        if len(given["fixes"]) > MAX_BATCH:
            raise PydanticCustomError("batch-too-large", BatchTooLarge.title)
        if given.get("crs") is None:
            return given
        return {**given, "fixes": [_with_datum(fix, given["crs"]) for fix in given["fixes"]]}


def _with_datum(fix: Any, crs: Any) -> Any:
    position = fix.get("position") if isinstance(fix, dict) else None
    if not isinstance(position, dict) or "crs" in position:
        return fix
    return {**fix, "position": {**position, "crs": crs}}


class FixOut(View):
    """What became of one fix. ``suspect``: kept, but he cannot have come there so fast; not shown as his place."""

    seq: int | None = Field(examples=[1017])
    captured_at: datetime
    outcome: Kind
    code: str | None = Field(default=None, description="why it was refused", examples=["timestamp-too-old"])


class PositionsOut(View):
    """One answer for each fix, in the order of the request. What is answered here need not be sent again."""

    items: list[FixOut]
    server_time: datetime

    @classmethod
    def of(cls, fixes: list[FixIn], outcomes: list[Outcome], at: datetime) -> PositionsOut:
        return cls(
            items=[
                FixOut(seq=fix.seq, captured_at=fix.captured_at, outcome=outcome.kind, code=outcome.code)
                for fix, outcome in zip(fixes, outcomes, strict=True)
            ],
            server_time=at,
        )
