"""How far a pact goes: for which cases, when, whom and how many. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from geo.responders.hours import HoursRefused, check_hours, is_open

Kind = Literal["guard", "safe_house", "patrol_unit"]
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_\-]+$")]
Level = Annotated[int, Field(strict=True, ge=1, le=4)]
Interval = Annotated[list[Annotated[str, Field(max_length=5)]], Field(min_length=2, max_length=2)]


@dataclass(frozen=True, kw_only=True)
class Case:
    """For what help is wanted."""

    scenario: str
    level: int
    kinds: frozenset[str]


class Limits(BaseModel):
    """An empty list, and hours that name no day, limit nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    #: keys of scenarios (场景)
    scenarios: list[Key] = Field(default_factory=list, max_length=50)
    levels: list[Level] = Field(default_factory=list, max_length=4)
    #: local time by day, as a safe-house's opening hours
    hours: dict[str, list[Interval]] = Field(default_factory=dict)
    kinds: list[Kind] = Field(default_factory=list, max_length=3)
    #: so many of the helping station's people at once for one incident
    max_people: int = Field(default=4, strict=True, ge=1, le=50)
    #: the machine asks by itself as soon as nobody of one's own is left
    automatic: bool = Field(default=False, strict=True)

    @field_validator("hours")
    @classmethod
    def _readable(cls, value: dict[str, list[list[str]]]) -> dict[str, list[list[str]]]:
        try:
            check_hours(value)
        except HoursRefused as refused:
            raise PydanticCustomError("opening-hours", "{message}", {"message": refused.hint}) from None
        return value

    def covers(self, case: Case, at: datetime) -> bool:
        """Whether it is a yes to ``case`` at ``at``."""
        return (
            (not self.scenarios or case.scenario in self.scenarios)
            and (not self.levels or case.level in self.levels)
            and (not self.kinds or case.kinds <= set(self.kinds))
            and (not self.hours or is_open(self.hours, at))
        )
