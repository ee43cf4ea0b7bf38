"""What a rating says, and which combinations make sense. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from kit.errors import Fault, Invalid


class Outcome(StrEnum):
    """What the officer can say about a helper at all. Only ``seen`` is a judgement."""

    SEEN = "seen"  #: 现场见到
    NOT_SEEN = "not_seen"  #: 未见到
    NOT_NEEDED = "not_needed"  #: 无需其协助


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.SEEN: "现场见到",
    Outcome.NOT_SEEN: "未见到本人",
    Outcome.NOT_NEEDED: "到场但无需协助",
}

TAGS: dict[str, str] = {
    "fast": "响应迅速",
    "calm": "沉着稳妥",
    "clear_report": "反馈清楚",
    "kept_order": "秩序维护到位",
    "knows_the_area": "熟悉周边情况",
    "gave_first_aid": "实施急救",
    "well_equipped": "装备携带齐全",
    "late": "到场偏晚",
    "hard_to_reach": "联络不畅",
    "left_early": "擅自离开",
    "unclear_report": "反馈不清",
    "overstepped": "超出职责权限",
    "unequipped": "未携带装备",
}

_JUDGEMENTS = ("arrived", "helped", "followed_instruction", "safe", "score")


@dataclass(frozen=True, kw_only=True)
class RatingValues:
    """The content of a rating; the five judgements are None unless ``outcome`` is ``seen``."""

    outcome: Outcome
    arrived: bool | None = None
    helped: bool | None = None
    followed_instruction: bool | None = None
    safe: bool | None = None
    score: int | None = None
    tags: tuple[str, ...] = ()
    text: str = ""

    def columns(self) -> dict[str, Any]:
        """As columns of the table."""
        return asdict(self) | {"outcome": str(self.outcome), "tags": list(self.tags)}

    def codes(self) -> dict[str, Any]:
        """What the record may hold of it: no free text."""
        return {name: value for name, value in self.columns().items() if name != "text"}


def check(values: RatingValues, *, pointer: str = "") -> None:
    """Raises Invalid with every fault. ``pointer`` is where the values stand in the input."""
    faults = []
    for name in _JUDGEMENTS:
        given = getattr(values, name) is not None
        if values.outcome is Outcome.SEEN and not given:
            faults.append(Fault(pointer=f"{pointer}/{name}", code="missing", message="现场见到本人时此项必填"))
        if values.outcome is not Outcome.SEEN and given:
            faults.append(Fault(pointer=f"{pointer}/{name}", code="not-judged", message="未见到本人时不作评分"))
    if values.score is not None and not 1 <= values.score <= 5:
        faults.append(Fault(pointer=f"{pointer}/score", code="out-of-range", message="评分为 1 至 5 的整数"))
    if len(set(values.tags)) != len(values.tags):
        faults.append(Fault(pointer=f"{pointer}/tags", code="repeated", message="标签重复"))
    faults += [
        Fault(pointer=f"{pointer}/tags/{n}", code="not-an-option", message="没有这个标签")
        for n, tag in enumerate(values.tags)
        if tag not in TAGS
    ]
    if faults:
        raise Invalid(faults=tuple(faults))
