"""What can go wrong with scenarios."""

from __future__ import annotations

from kit.errors import Conflict, Invalid


class SkillUnknown(Invalid):
    """A need asks for a skill that nobody can have."""

    slug, title, hint = "skill-unknown", "没有这项技能或装备", "请从可选的技能和装备中选择，否则无人能够响应。"


class TypeAlreadyMatched(Conflict):
    """Another scenario of the station is already for one of these types."""

    slug, title = "type-already-matched", "该警情类型已归入其他场景"
    hint = "请先在另一场景中移除该类型，再保存本场景。"


class ScenarioExists(Conflict):
    """The station has a scenario of that key."""

    slug, title, hint = "scenario-exists", "场景编号已存在", "请换一个编号，或修改已有场景。"


class FallbackNeeded(Invalid):
    """The station's general scenario must stay for all that no other is for."""

    slug, title = "fallback-needed", "通用场景必须适用于其余全部警情"
    hint = "请不要为通用场景限定类别或类型。"


class OnlyOneFallback(Invalid):
    """A scenario names the categories or types that it is for."""

    slug, title, hint = "match-missing", "场景须指明适用的类别或类型", "请至少选择一个类别或类型。"
