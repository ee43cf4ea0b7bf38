"""Scenarios at the edge."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from api.fields import Name, Schema, View, Word, clean_text
from dispatch.scenarios.model import Scenario
from dispatch.scenarios.service import spec_of
from dispatch.scenarios.spec import ScenarioSpec
from dispatch.scenarios.verbs import VERBS


def _clean(value: Any) -> Any:
    """Every text within is one that a screen can show and the database can hold."""
    match value:
        case str():
            clean_text(value)
        case dict():
            for each in value.values():
                _clean(each)
        case list():
            for each in value:
                _clean(each)
    return value


def _clean_spec(spec: ScenarioSpec) -> ScenarioSpec:
    _clean(spec.model_dump())
    return spec


EXAMPLE = {
    "need": [
        {"kind": "patrol_unit", "mode": "command", "needed": 1, "radius_m": 5000, "receipt_s": 10, "accept_s": 30},
        {
            "kind": "guard", "mode": "offer", "needed": 2, "skills": [], "alert_factor": 2.0,
            "radius_m": 800, "receipt_s": 15, "accept_s": 40,
        },
    ],
    "instruction": "请在岗位周边查看有无走失人员，发现后陪同等候民警到场。",
    "allowed_verbs": ["guide", "observe"],
    "checklist": [{"key": "stayed", "text": "陪同至民警到场", "required": True}],
    "photo_required": False,
    "stand_off_m": 0,
    "match": {"categories": [], "types": ["help.lost_person"]},
}  # fmt: skip
CleanSpec = Annotated[ScenarioSpec, AfterValidator(_clean_spec)]


class ScenarioEditIn(Schema):
    """The next version."""

    name: Name = Field(examples=["迷途走失"])
    spec: CleanSpec = Field(examples=[EXAMPLE])


class ScenarioIn(ScenarioEditIn):
    """A scenario of a new key."""

    key: Word = Field(examples=["night_lost_person"])


class VerbOut(View):
    """What a helper may be asked to do."""

    code: str
    name: str


class ScenarioOut(View):
    """One version of a scenario."""

    id: uuid.UUID
    station_id: uuid.UUID
    key: str
    version: int
    name: str
    current: bool
    made_by: uuid.UUID | None
    made_by_name: str | None = Field(description="null: given to the station at its founding")
    made_at: datetime
    spec: ScenarioSpec
    verb_names: list[str] = Field(examples=[["协助寻找", "陪同看护"]])

    @classmethod
    def of(cls, scenario: Scenario, makers: Mapping[uuid.UUID, str]) -> ScenarioOut:
        spec = spec_of(scenario)
        return cls(
            id=scenario.id,
            station_id=scenario.station_id,
            key=scenario.key,
            version=scenario.version,
            name=scenario.name,
            current=scenario.current,
            made_by=scenario.made_by,
            made_by_name=makers.get(scenario.made_by) if scenario.made_by else None,
            made_at=scenario.made_at,
            spec=spec,
            verb_names=[VERBS[verb] for verb in spec.allowed_verbs],
        )
