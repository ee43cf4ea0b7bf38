"""What an incident of one kind needs: the schema of a scenario, and what the law keeps out of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from dispatch.incidents.catalogue import CATEGORIES, KINDS, VIOLENT
from dispatch.scenarios.verbs import POLICE_ONLY, VERBS

ResponderKind = Literal["guard", "safe_house", "patrol_unit"]
Mode = Literal["command", "offer"]
#: what becomes of it when somebody else would be there much sooner than the one who goes
Swapping = Literal["propose", "automatic", "never"]
Skill = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_\-]+$")]

#: nearer than this is no distance from which one can still walk away
MIN_STAND_OFF_M = 20
_TYPES = frozenset(kind.key for kind in KINDS)


def _only_what_a_civilian_may(value: list[str]) -> list[str]:
    if any(verb in POLICE_ONLY for verb in value):
        raise PydanticCustomError("verb-police-only", "搜查、扣押、盘问、限制人身自由等只能由民警实施")
    if not set(value) <= VERBS.keys():
        raise PydanticCustomError("verb-unknown", "不在允许的协助事项之内")
    return list(dict.fromkeys(value))


Verbs = Annotated[list[str], Field(min_length=1, max_length=len(VERBS)), AfterValidator(_only_what_a_civilian_may)]
Kinds = Annotated[list[ResponderKind], Field(max_length=3)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, str_strip_whitespace=True)


class NeedSpec(_Part):
    """How many responders of one kind with which skills, how far away, how long to wait.

    ``alert_factor``: how many are alerted per one needed, at most. ``radius_m``: metres of travel from the scene.
    ``target_chance``: how sure it is to be that enough accept within ``within_s`` seconds (None: as long as they have);
    as few are asked as make it so sure. 1: always as many as the factor allows.
    """

    kind: ResponderKind
    mode: Mode
    needed: int = Field(ge=1, le=20)
    skills: list[Skill] = Field(default_factory=list, max_length=5)
    alert_factor: float = Field(default=1.0, ge=1, le=20)
    radius_m: int = Field(ge=50, le=50_000)
    receipt_s: int = Field(ge=1, le=3600)
    accept_s: int = Field(ge=1, le=3600)
    #: more than this asked more people and brought the first one later (docs/simulation.md)
    target_chance: float = Field(default=0.5, ge=0.1, le=1)
    within_s: int | None = Field(default=None, ge=1, le=3600)
    #: instead of the scenario's instruction
    instruction: str | None = Field(default=None, min_length=4, max_length=2000)
    #: instead of the scenario's
    allowed_verbs: Verbs | None = None

    @model_validator(mode="after")
    def _civilians_are_asked(self) -> NeedSpec:
        if self.kind == "patrol_unit" and self.allowed_verbs is not None:
            raise PydanticCustomError("verbs-are-for-helpers", "协助事项只对社会力量设定，警力依法履职")
        if (self.kind == "patrol_unit") != (self.mode == "command"):
            raise PydanticCustomError("helpers-are-asked", "对警力下达指令，对社会力量发出协助请求，二者不能混用")
        if self.accept_s < self.receipt_s:
            raise PydanticCustomError("accept-before-receipt", "签收时限不能短于送达时限")
        if self.within_s is not None and self.within_s > self.accept_s:
            raise PydanticCustomError("within-after-accept", "期望签收时间不能长于签收时限")
        return self


class CheckItem(_Part):
    """One line of the checklist that goes with the report. ``kinds``: whose it is; nobody named: every helper's."""

    key: Skill
    text: str = Field(min_length=2, max_length=100)
    required: bool = False
    kinds: Kinds = Field(default_factory=list)


class Match(_Part):
    """Which incidents it is for: types as ``category.type``, or whole categories; neither: all the rest."""

    categories: list[str] = Field(default_factory=list)
    types: list[str] = Field(default_factory=list)

    @field_validator("categories")
    @classmethod
    def _known_categories(cls, value: list[str]) -> list[str]:
        if not set(value) <= CATEGORIES.keys():
            raise PydanticCustomError("category-unknown", "没有这个警情类别")
        return value

    @field_validator("types")
    @classmethod
    def _known_types(cls, value: list[str]) -> list[str]:
        if not set(value) <= _TYPES:
            raise PydanticCustomError("type-unknown", "没有这个警情类型")
        return value


class ScenarioSpec(_Part):
    """A scenario (场景). ``stand_off_m``: metres from the scene where helpers stop; 0: they go to the scene.

    ``barred_kinds``: not asked where the incident is of ``barred_level`` or graver (1 is the gravest).
    ``danger_skills``: whoever lacks one is not asked. ``rest_s``, ``alerts_per_hour``: instead of the station's;
    0: nobody is spared here.
    ``photo_from``: whose photo is required, where one is; nobody named: every helper's.
    """

    need: list[NeedSpec] = Field(min_length=1, max_length=8)
    instruction: str = Field(min_length=4, max_length=2000)
    allowed_verbs: Verbs
    checklist: list[CheckItem] = Field(default_factory=list, max_length=20)
    photo_required: bool = False
    photo_from: Kinds = Field(default_factory=list)
    stand_off_m: int = Field(default=0, ge=0, le=1000)
    barred_kinds: list[ResponderKind] = Field(default_factory=list, max_length=2)
    barred_level: int = Field(default=1, ge=1, le=4)
    danger_skills: list[Skill] = Field(default_factory=list, max_length=5)
    rest_s: int | None = Field(default=None, ge=0, le=86_400)
    alerts_per_hour: int | None = Field(default=None, ge=0, le=60)
    swap: Swapping = "propose"
    match: Match = Match()

    @model_validator(mode="after")
    def _consistent(self) -> ScenarioSpec:
        if not any(need.kind == "patrol_unit" for need in self.need):
            raise PydanticCustomError("police-missing", "每个场景都须派出警力")
        groups = [(need.kind, tuple(sorted(need.skills))) for need in self.need]
        if len(set(groups)) != len(groups):
            raise PydanticCustomError("need-doubled", "同一种力量、同样的技能只能列一次")
        if 0 < self.stand_off_m < MIN_STAND_OFF_M:
            raise PydanticCustomError("stand-off-too-near", "安全距离不得小于 20 米")
        if self.stand_off_m == 0 and not VIOLENT.isdisjoint(self.match.types):
            raise PydanticCustomError("stand-off-required", "暴力类警情必须设定安全距离，社会力量不得抵近现场")
        stated = [self.allowed_verbs, *(need.allowed_verbs for need in self.need if need.allowed_verbs is not None)]
        if any((self.stand_off_m > 0) != ("keep_distance" in verbs) for verbs in stated):
            raise PydanticCustomError("stand-off-needs-distance", "“保持安全距离”与安全距离（米）须同时设定")
        if "patrol_unit" in self.barred_kinds:
            raise PydanticCustomError("police-barred", "警力不受限派规定约束")
        keys = [item.key for item in self.checklist]
        if len(set(keys)) != len(keys):
            raise PydanticCustomError("checklist-doubled", "核对项编号不能重复")
        named = set(self.photo_from).union(*(item.kinds for item in self.checklist))
        if not named <= {need.kind for need in self.need}:
            raise PydanticCustomError("kind-not-needed", "核对项或照片指定的力量类别不在本场景的需求之中")
        if self.photo_from and not self.photo_required:
            raise PydanticCustomError("photo-not-required", "指定由谁拍照的，须同时要求现场照片")
        return self

    def bars(self, kind: str, level: int) -> bool:
        """Whether nobody of ``kind`` is sent to an incident of ``level``."""
        return kind in self.barred_kinds and level <= self.barred_level
