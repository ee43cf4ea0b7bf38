"""What the one who answers a need is given of its scenario: what is his, and nothing that is another's. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dispatch.scenarios.spec import CheckItem, NeedSpec, ScenarioSpec

POLICE = "patrol_unit"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What stands in his order."""

    instruction: str
    allowed_verbs: tuple[str, ...]
    checklist: tuple[CheckItem, ...]
    photo_required: bool


def task_for(spec: ScenarioSpec, *, kind: str, skills: Collection[str]) -> Task:
    """The task of a responder of ``kind`` who was asked for these ``skills``.

    A need that the scenario does not state (it was opened from another one) gets what the scenario says to all.
    What names nobody is for every helper; police get only what names them.
    """
    need = find_need(spec, kind=kind, skills=skills)
    return Task(
        instruction=(need.instruction if need is not None else None) or spec.instruction,
        allowed_verbs=tuple(verbs_of(spec, need)) if kind != POLICE else (),
        checklist=tuple(item for item in spec.checklist if _is_his(item.kinds, kind)),
        photo_required=spec.photo_required and _is_his(spec.photo_from, kind),
    )


def find_need(spec: ScenarioSpec, *, kind: str, skills: Collection[str]) -> NeedSpec | None:
    """The need as the scenario states it."""
    wanted = (kind, sorted(skills))
    return next((need for need in spec.need if (need.kind, sorted(need.skills)) == wanted), None)


def verbs_of(spec: ScenarioSpec, need: NeedSpec | None) -> Sequence[str]:
    """What may be asked of those who answer ``need``."""
    stated = need.allowed_verbs if need is not None else None
    return spec.allowed_verbs if stated is None else stated


def verbs_of_kind(spec: ScenarioSpec, kind: str) -> frozenset[str]:
    """All that may be asked of helpers of this kind."""
    return frozenset(verb for need in spec.need if need.kind == kind for verb in verbs_of(spec, need))


def _is_his(kinds: Sequence[str], kind: str) -> bool:
    return kind in kinds if kinds else kind != POLICE
